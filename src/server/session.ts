import { statSync } from 'node:fs'
import type { Connection } from '../db/connection/connection.ts'
import { DbtoolError, messageOf } from '../errors.ts'
import type { ServerPaths } from './home.ts'
import { loginName } from './login.ts'

const limits = { connectTimeoutMs: 5_000, statementTimeoutMs: 20_000, lockWaitMs: 10_000 }

/**
 * Resolves to true if a server listens on the socket of the private server. It logs in and out: the server counts and
 * logs a connection that closes without a login. A refused login is an answer, and so is silence until the time limit.
 * Never rejects.
 */
export async function answers(paths: ServerPaths, timeoutMs = limits.connectTimeoutMs): Promise<boolean> {
  const open = await logIn(paths, timeoutMs).catch(() => 'refused' as const)
  if (open === undefined || open === 'refused') return open !== undefined
  await open.close()
  return true
}

/**
 * Runs `work` on a connection of this user over the socket, and resolves to undefined if no server listens there.
 * @throws DbtoolError SERVER_FAILED if the server listens but rejects the login.
 */
export async function ifRunning<T>(
  paths: ServerPaths,
  work: (connection: Connection) => Promise<T>,
): Promise<T | undefined> {
  const connection = await logIn(paths, limits.connectTimeoutMs)
  if (connection === undefined) return undefined
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

/** Like {@link ifRunning}. @throws DbtoolError SERVER_FAILED also if no server listens. */
export async function withSession<T>(paths: ServerPaths, work: (connection: Connection) => Promise<T>): Promise<T> {
  const result = await ifRunning(paths, async (connection) => ({ value: await work(connection) }))
  if (result === undefined)
    throw new DbtoolError('SERVER_FAILED', 'the private server is not running', {
      hint: `start it with dbtool server start; its log is ${paths.log}`,
    })
  return result.value
}

/** The only function here that loads the driver. A socket that is missing needs none. */
async function logIn(paths: ServerPaths, connectTimeoutMs: number): Promise<Connection | undefined> {
  if (!isSocket(paths.socket)) return undefined
  const [{ connect }, { socketTarget }] = await Promise.all([
    import('../db/connection/connect.ts'),
    import('../db/target.ts'),
  ])
  return connect(socketTarget(paths.socket, loginName()), { ...limits, connectTimeoutMs }).catch((cause: unknown) => {
    if (isDeserted(cause)) return undefined
    throw new DbtoolError('SERVER_FAILED', `the private server runs but rejects the login: ${messageOf(cause)}`, {
      hint: `stop it with dbtool server stop; its log is ${paths.log}`,
      cause,
    })
  })
}

/** No server listens, as behind a socket that a crash left behind, or a server is shutting down. */
function isDeserted(error: unknown): boolean {
  if (!(error instanceof DbtoolError)) return false
  const hasAnswered = 'errno' in error && error.errno !== undefined
  return error.code === 'CONNECTION_LOST' || (error.code === 'UNREACHABLE' && !hasAnswered)
}

/** Never throws: this user may be unable to enter a directory above it. */
export function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket()
  } catch {
    return false
  }
}
