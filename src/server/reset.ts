import { discard } from './fresh-folder.ts'
import type { ServerPaths } from './home.ts'
import { hasData } from './install.ts'
import { assertOwnHome } from './ownership.ts'
import { discardPrevious, returnPrevious } from './previous-data.ts'
import { removeTree } from './remove-tree.ts'
import { stopServer } from './stop.ts'

/**
 * Stops the private server and deletes its data, its log and its password permanently.
 * @returns deleted: false if there was no data.
 * @throws DbtoolError SERVER_FAILED if dbtool did not create the data directory; nothing is changed then.
 */
export async function resetServer(paths: ServerPaths): Promise<{ deleted: boolean }> {
  assertOwnHome(paths)
  returnPrevious(paths)
  const deleted = hasData(paths)
  await stopServer(paths)
  if (deleted) await discard(paths, paths.data)
  if (deleted) await discardPrevious(paths)
  for (const path of [paths.run, paths.log, paths.portFile]) removeTree(path)
  return { deleted }
}
