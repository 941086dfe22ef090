import { chmodSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { traversable } from './directories.ts'
import type { ServerPaths } from './home.ts'
import { hasData } from './install.ts'
import { assertOwnHome } from './ownership.ts'
import { removeTree } from './remove-tree.ts'
import { stopServer } from './stop.ts'

/**
 * Stops the private server and deletes its data, its log and its password permanently.
 * @returns deleted: false if there was no data.
 * @throws DbtoolError SERVER_FAILED if dbtool did not create the data directory; nothing is changed then.
 */
export async function resetServer(paths: ServerPaths): Promise<{ deleted: boolean }> {
  assertOwnHome(paths)
  const deleted = hasData(paths)
  await stopServer(paths)
  if (deleted) remove(paths)
  for (const path of [paths.run, paths.log, paths.portFile]) removeTree(path)
  return { deleted }
}

/** Renames the directory first, so that a kill during deletion does not leave an incomplete data directory. */
function remove(paths: ServerPaths): void {
  const doomed = join(paths.directory, `new-${process.pid}-deleted`)
  mkdirSync(doomed, { recursive: true })
  chmodSync(doomed, traversable)
  renameSync(paths.data, join(doomed, 'data'))
  removeTree(join(doomed, 'data'))
  removeTree(doomed)
}
