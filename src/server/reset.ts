import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerPaths } from './home.ts'
import { hasData } from './install.ts'
import { stopServer } from './stop.ts'

/**
 * Stops the private server and deletes its data, its log and its password permanently.
 * @returns deleted: false if there was no data.
 * @throws DbtoolError SERVER_FAILED if dbtool did not create the data directory; nothing is changed then.
 */
export async function resetServer(paths: ServerPaths): Promise<{ deleted: boolean }> {
  const deleted = hasData(paths)
  await stopServer(paths)
  if (deleted) remove(paths)
  for (const path of [paths.run, paths.log, paths.portFile]) rmSync(path, { recursive: true, force: true })
  return { deleted }
}

/** Renames the directory first, so that a kill during deletion does not leave an incomplete data directory. */
function remove(paths: ServerPaths): void {
  const doomed = join(paths.directory, `new-${process.pid}-deleted`)
  mkdirSync(doomed, { recursive: true })
  renameSync(paths.data, join(doomed, 'data'))
  rmSync(doomed, { recursive: true, force: true })
}
