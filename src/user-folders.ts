import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import envPaths from 'env-paths'

/** On Linux and other Unix systems: https://specifications.freedesktop.org/basedir-spec/latest/ */
const xdg = {
  data: { variable: 'XDG_DATA_HOME', below: join('.local', 'share') },
  config: { variable: 'XDG_CONFIG_HOME', below: '.config' },
  cache: { variable: 'XDG_CACHE_HOME', below: '.cache' },
} as const

/** This user's home folder. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return resolve(env['HOME'] || homedir())
}

/**
 * This user's folder for the data, the configuration or the cache of dbtool: where the XDG variable says, otherwise
 * where the system has such folders.
 */
export function userFolder(kind: keyof typeof xdg, env: NodeJS.ProcessEnv): string {
  const { variable, below } = xdg[kind]
  const named = env[variable]
  if (named) return join(named, 'dbtool')
  if (process.platform === 'darwin' || process.platform === 'win32') return envPaths('dbtool', { suffix: '' })[kind]
  return join(homeOf(env), below, 'dbtool')
}

/** This user's folder for files that can be lost, such as compiled code; `DBTOOL_HOME` moves it. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env['DBTOOL_HOME'] ? join(env['DBTOOL_HOME'], 'cache') : userFolder('cache', env)
}
