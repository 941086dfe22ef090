import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DbtoolError, isNodeError } from '../errors.ts'
import { discard, isRunning, removeUnfinished } from './fresh-folder.ts'
import type { ServerPaths } from './home.ts'

/**
 * The data directory that this process replaces. It keeps this name until the server has answered with the new one.
 * After a kill, the next start finds it by its name.
 */
export const previousData = ({ directory }: ServerPaths, pid = process.pid): string =>
  join(directory, `previous-${pid}`)

const previousName = /^previous-(\d+)$/

function pidsOfPrevious({ directory }: ServerPaths): number[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .flatMap((name) => previousName.exec(name)?.[1] ?? [])
    .map(Number)
}

/**
 * Returns the earlier data if a process was killed before the new data was in its place.
 * @throws DbtoolError SERVER_FAILED if a process is replacing the data now.
 */
export function returnPrevious(paths: ServerPaths): void {
  if (existsSync(paths.data)) return
  const [pid] = pidsOfPrevious(paths).filter((one) => one !== process.pid)
  if (pid === undefined) return
  const previous = previousData(paths, pid)
  if (isRunning(pid))
    throw new DbtoolError('SERVER_FAILED', `process ${pid} is replacing the data of the private server`, {
      hint: `wait for its end; if it is another program, rename ${previous} to ${paths.data}`,
    })
  try {
    renameSync(previous, paths.data)
  } catch (error) {
    // Another start was faster.
    if (!isNodeError(error) || error.code !== 'ENOENT') throw error
  }
}

/** Deletes earlier data, and other folders, of killed processes. The server has answered with the new data. */
export async function discardPrevious(paths: ServerPaths): Promise<void> {
  const dead = pidsOfPrevious(paths).filter((pid) => !isRunning(pid))
  for (const pid of dead) await discard(paths, previousData(paths, pid))
  await removeUnfinished(paths)
}
