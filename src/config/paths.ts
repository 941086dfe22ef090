import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'

export interface Desk {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

/** This user's home folder. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return resolve(env['HOME'] || homedir())
}

/** A path as a file has it: from the folder of that file, and `~` is the home folder. */
export function pathIn(folder: string, home: string, text: string): string {
  return text === '~' || text.startsWith('~/') ? join(home, text.slice(1)) : resolve(folder, text)
}

/** A path as it is told: from where somebody works, or from home; whichever is shorter. */
export function shortPath(path: string, cwd: string, home: string): string {
  const fromHome = relative(home, path)
  const [shortest = path] = [
    path,
    relative(cwd, path),
    ...(fromHome.startsWith('..') ? [] : [join('~', fromHome)]),
  ].sort((one, other) => one.length - other.length)
  return shortest
}

const projectFile = '.dbtool.json'

/** The files of profiles that there are: of the project, then of this user. */
export function profilePaths({ env, cwd }: Desk): string[] {
  const home = homeOf(env)
  const own = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'dbtool', 'config.json')
  return [nearest(cwd, home), existsSync(own) ? own : undefined].filter((path) => path !== undefined)
}

/** In this folder or the nearest one above it, but no further than home. */
function nearest(cwd: string, home: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, projectFile)
    if (existsSync(path)) return path
    if (folder === home || folder === dirname(folder)) return undefined
  }
}
