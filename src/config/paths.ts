import { homedir } from 'node:os'
import { join, resolve, sep } from 'node:path'

/** This user's home folder. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return resolve(env['HOME'] || homedir())
}

/** A path as a file has it: from the folder of that file, and `~` is the home folder. */
export function pathIn(folder: string, home: string, text: string): string {
  return text === '~' || text.startsWith('~/') ? join(home, text.slice(1)) : resolve(folder, text)
}

/** A path as it is told: short where somebody works or is at home. */
export function shortPath(path: string, cwd: string, home: string): string {
  const inside = (folder: string): string | undefined => (folder !== sep && path.startsWith(`${folder}${sep}`) ? path.slice(folder.length + 1) : undefined)
  const here = inside(cwd)
  const atHome = inside(home)
  return here ?? (atHome === undefined ? path : join('~', atHome))
}
