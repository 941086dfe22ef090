import type { Config } from '../../config/config.ts'
import { DatabaseError } from '../../db/failures.ts'
import type { Target } from '../../db/target.ts'
import { DbtoolError } from '../../errors.ts'
import { serverPaths, type ServerPaths } from '../../server/home.ts'
import { readPortAccess } from '../../server/port.ts'
import { withSession } from '../../server/session.ts'
import { type DoctorInput, type Failure, type Gathered, known, unknown } from '../facts.ts'
import { serverFacts } from './server.ts'
import { reachedServers } from './reached-servers.ts'
import { shopFacts } from './shop.ts'

const noEntry = 1044

/**
 * Logs in and gathers the facts about the server and the shop. If the database is missing or not accessible, logs in
 * without one. A failed login is part of the facts.
 */
export async function inspectServer(input: DoctorInput, config: Config): Promise<Partial<Gathered>> {
  const name = config.target.database ?? ''
  try {
    return { database: known({ name }), ...(await gatherOver(input, config, config.target)) }
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'UNKNOWN_DATABASE' && failure.errno !== noEntry)
      return loginFailed(input, config.target, failure)
    const database = known({ name, failure })
    const noDatabase = unknown('the database cannot be used')
    const facts = await gatherOver(input, config, { ...config.target, database: undefined }).catch((cause: unknown) =>
      loginFailed(input, config.target, failureOf(cause)),
    )
    return { ...facts, database, databaseDefaults: noDatabase, migrations: noDatabase, invariants: noDatabase }
  }
}

function gatherOver(
  { connect, env, now }: DoctorInput,
  { limits }: Config,
  target: Target,
): Promise<Partial<Gathered>> {
  const started = performance.now()
  return connect(target, async (connection) => {
    const tcpProbe = known({ ms: performance.now() - started })
    const facts = await serverFacts(connection, serverPaths(env), now)
    return {
      tcpProbe,
      login: known({}),
      reached: known(await reachedServers(connect, target, connection.reached)),
      ...facts,
      ...(await shopFacts(connection, limits.statementTimeoutMs, connect)),
    }
  })
}

/** The facts after a failed login. The code of the error decides which check reports it. */
async function loginFailed({ env }: DoctorInput, target: Target, failure: Failure): Promise<Partial<Gathered>> {
  // BAD_CONFIG: the trusted certificate cannot be read.
  if (failure.code === 'TLS_FAILED' || failure.code === 'BAD_CONFIG')
    return { encryption: known({ cipher: null, failure }) }
  if (failure.code === 'NOT_MARIADB') return { login: known({}), product: known({ failure }) }
  return { login: known({ failure, accounts: await accountsOf(serverPaths(env), target) }) }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof DbtoolError)) throw error
  const { code, message, hint = '' } = error
  return { code, message, hint, errno: error instanceof DatabaseError ? error.errno : undefined }
}

/**
 * The hosts of the accounts with the name of this user. Known only on the private server, whose owner may read them;
 * undefined elsewhere.
 */
async function accountsOf(paths: ServerPaths, target: Target): Promise<readonly string[] | undefined> {
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
