import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isNodeError } from '../errors.ts'
import { giveTo, traversable } from './directories.ts'
import type { ServerPaths } from './home.ts'
import { processState, readPid } from './process.ts'
import { removeTree } from './remove-tree.ts'
import type { ServerUser } from './user.ts'

const pollMs = 20
const unfinished = /^new-(\d+)-/

interface FreshFolder {
  readonly paths: ServerPaths
  readonly user: ServerUser
  /** Folders to create in it, which belong to the user of the server. */
  readonly folders: readonly string[]
  /** Runs before they are given away: their new owner could place a link there. */
  readonly prepare: (fresh: string) => void
}

/** Runs `work` on a new folder beside the data, and removes what it leaves there. */
export async function withFreshFolder<T>(
  { paths, user, folders, prepare }: FreshFolder,
  work: (fresh: string) => Promise<T>,
): Promise<T> {
  await removeUnfinished(paths)
  const fresh = mkdtempSync(join(paths.directory, `new-${process.pid}-`))
  try {
    for (const name of folders) mkdirSync(join(fresh, name), { mode: 0o700 })
    prepare(fresh)
    chmodSync(fresh, traversable)
    for (const name of folders) giveTo(join(fresh, name), user)
    return await work(fresh)
  } finally {
    await remove(fresh)
  }
}

/** Moves a folder away in one step and deletes it, so that a kill does not leave a part of it in its place. */
export async function discard(paths: ServerPaths, path: string): Promise<void> {
  const doomed = join(paths.directory, `new-${process.pid}-deleted`)
  mkdirSync(doomed, { recursive: true })
  chmodSync(doomed, traversable)
  renameSync(path, join(doomed, 'data'))
  await remove(doomed)
}

/** Deletes the folders of killed processes, but not those of others that run. */
export async function removeUnfinished({ directory }: ServerPaths): Promise<void> {
  for (const name of readdirSync(directory)) {
    const pid = unfinished.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) await remove(join(directory, name))
  }
}

/** Another process may remove it at the same time. */
async function remove(folder: string): Promise<void> {
  await killTrial(folder)
  try {
    for (const part of readdirSync(folder)) removeTree(join(folder, part))
    removeTree(folder)
  } catch (error) {
    if (!isNodeError(error) || error.code !== 'ENOENT') throw error
  }
}

/** The files of a server that runs in such a folder for a trial. */
export function trialPaths(paths: ServerPaths, fresh: string): ServerPaths {
  const temporary = join(fresh, 'tmp')
  return {
    ...paths,
    data: join(fresh, 'data'),
    temporary,
    pidFile: pidFileIn(temporary),
    // No longer than the usual one, because its length is limited.
    socket: join(paths.run, `${process.pid.toString(36)}.sock`),
  }
}

const pidFileIn = (temporary: string): string => join(temporary, 'mariadb.pid')

/** A server that a killed process has started there. Its files are of no use to anybody. */
async function killTrial(folder: string): Promise<void> {
  const trial = { pidFile: pidFileIn(join(folder, 'tmp')) }
  const pid = await readPid(trial)
  if (pid === undefined || (await processState(pid, trial)) !== 'server') return
  process.kill(pid, 'SIGKILL')
  while ((await processState(pid, trial)) === 'server') await sleep(pollMs)
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return isNodeError(error) && error.code === 'EPERM'
  }
}
