import type { Connection } from '../db/connection/connection.ts'
import { DbtoolError, messageOf } from '../errors.ts'
import type { ServerPaths } from './home.ts'
import { loginName } from './login.ts'

const limits = { connectTimeoutMs: 5_000, statementTimeoutMs: 20_000, lockWaitMs: 10_000 }

/**
 * Runs `work` on a connection of this user over the socket. Only this function loads the driver; most of this folder
 * does not need it.
 * @throws DbtoolError SERVER_FAILED if the server listens but rejects the login.
 */
export async function withSession<T>(paths: ServerPaths, work: (connection: Connection) => Promise<T>): Promise<T> {
  const [{ connect }, { socketTarget }] = await Promise.all([
    import('../db/connection/connect.ts'),
    import('../db/target.ts'),
  ])
  const connection = await connect(socketTarget(paths.socket, loginName()), limits).catch((cause: unknown) => {
    throw new DbtoolError('SERVER_FAILED', `the private server runs but rejects the login: ${messageOf(cause)}`, {
      hint: `stop it with dbtool server stop; its log is ${paths.log}`,
      cause,
    })
  })
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}
