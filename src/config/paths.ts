import { homedir } from 'node:os'
import { join, relative, resolve } from 'node:path'

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
  const [shortest = path] = [path, relative(cwd, path), ...(fromHome.startsWith('..') ? [] : [join('~', fromHome)])].sort((one, other) => one.length - other.length)
  return shortest
}
