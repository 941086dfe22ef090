import { lstatSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { homeOf, userFolder } from '../user-folders.ts'

/** The inputs that determine where dbtool looks for files. */
export interface PathContext {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

/** Resolves a path from a file: relative to the folder of that file, with `~` for the home folder. */
export function pathIn(folder: string, home: string, text: string): string {
  return text === '~' || text.startsWith('~/') ? join(home, text.slice(1)) : resolve(folder, text)
}

/** The shortest form of a path for messages: absolute, relative to the working directory, or with `~`. */
export function shortPath(path: string, cwd: string, home: string): string {
  const fromHome = relative(home, path)
  const [shortest = path] = [
    path,
    relative(cwd, path),
    ...(fromHome.startsWith('..') ? [] : [join('~', fromHome)]),
  ].sort((a, b) => a.length - b.length)
  return shortest
}

const projectFile = '.dbtool.json'

/** A file with profiles: that of the project is found, that of this user has a fixed place. */
export interface ProfilePath {
  readonly path: string
  readonly isFound: boolean
}

/** The existing files with profiles: the ones of projects, the nearest first, and then that of this user. */
export function profilePaths({ env, cwd }: PathContext): ProfilePath[] {
  const found = foldersUp(resolve(cwd), homeOf(env)).map((folder) => ({
    path: join(folder, projectFile),
    isFound: true,
  }))
  const own = { path: join(userFolder('config', env), 'config.json'), isFound: false }
  return [...found, own].filter(({ path }) => exists(path))
}

/** This folder and those above it, up to the home folder. */
function foldersUp(folder: string, home: string): string[] {
  const isLast = folder === home || folder === dirname(folder)
  return isLast ? [folder] : [folder, ...foldersUp(dirname(folder), home)]
}

/** Whether there is a file or a link, wherever that leads. */
export function exists(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}
