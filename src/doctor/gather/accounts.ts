import type { Target } from '../../db/target.ts'
import type { ServerPaths } from '../../server/home.ts'
import { readPortAccess } from '../../server/port.ts'
import { withSession } from '../../server/session.ts'

/**
 * The hosts of the accounts with the name of this user, on the private server, where its owner can look: elsewhere
 * nobody tells.
 */
export async function accountsOf(paths: ServerPaths, target: Target): Promise<readonly string[] | undefined> {
  if (!isPrivateServer(paths, target)) return undefined
  const find = 'SELECT Host AS host FROM mysql.global_priv WHERE User = ? ORDER BY Host'
  return withSession(paths, (db) => db.rows<{ host: string }>(find, [target.user])).then(
    (rows) => rows.map(({ host }) => host),
    () => undefined,
  )
}

function isPrivateServer(paths: ServerPaths, { host, port, socket }: Target): boolean {
  if (socket !== undefined) return socket === paths.socket
  return ['localhost', '127.0.0.1'].includes(host) && port === readPortAccess(paths)?.port
}
