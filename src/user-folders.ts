import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

type Kind = 'data' | 'config' | 'cache'

/** https://specifications.freedesktop.org/basedir-spec/latest/, and the folders of Linux and other Unix systems. */
const xdg: Readonly<Record<Kind, { readonly variable: string; readonly below: string }>> = {
  data: { variable: 'XDG_DATA_HOME', below: join('.local', 'share') },
  config: { variable: 'XDG_CONFIG_HOME', below: '.config' },
  cache: { variable: 'XDG_CACHE_HOME', below: '.cache' },
}

/** https://developer.apple.com/library/archive/documentation/FileManagement/Conceptual/FileSystemProgrammingGuide/ */
const apple: Readonly<Record<Kind, string>> = { data: 'Application Support', config: 'Preferences', cache: 'Caches' }

/** Windows has a folder for data that moves with the user, and one for data that stays on the machine. */
const windows: Readonly<Record<Kind, { readonly variable: string; readonly place: string; readonly below: string }>> = {
  data: { variable: 'LOCALAPPDATA', place: 'Local', below: 'Data' },
  config: { variable: 'APPDATA', place: 'Roaming', below: 'Config' },
  cache: { variable: 'LOCALAPPDATA', place: 'Local', below: 'Cache' },
}

/**
 * This user's home folder. A user without an entry in the list of users, as in a container, has none unless `HOME` is
 * set. Then it is the root folder.
 */
export function homeOf(env: NodeJS.ProcessEnv): string {
  if (env['HOME']) return resolve(env['HOME'])
  try {
    return resolve(homedir() || '/')
  } catch {
    return resolve('/')
  }
}

/**
 * This user's folder for the data, the configuration or the cache of dbtool: where the XDG variable says, otherwise
 * where the system has such folders.
 */
export function userFolder(kind: Kind, env: NodeJS.ProcessEnv): string {
  const named = env[xdg[kind].variable]
  if (named) return join(named, 'dbtool')
  if (process.platform === 'darwin') return join(homeOf(env), 'Library', apple[kind], 'dbtool')
  if (process.platform !== 'win32') return join(homeOf(env), xdg[kind].below, 'dbtool')
  const { variable, place, below } = windows[kind]
  return join(env[variable] || join(homeOf(env), 'AppData', place), 'dbtool', below)
}

/** This user's folder for files that can be lost, such as compiled code; `DBTOOL_HOME` moves it. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env['DBTOOL_HOME'] ? join(env['DBTOOL_HOME'], 'cache') : userFolder('cache', env)
}
