import type { Config } from '../../config/config.ts'
import { DatabaseError } from '../../db/failures.ts'
import type { Target } from '../../db/target.ts'
import { DbtoolError } from '../../errors.ts'
import { serverPaths, type ServerPaths } from '../../server/home.ts'
import { readPortAccess } from '../../server/port.ts'
import { withSession } from '../../server/session.ts'
import { type DoctorInput, type Failure, type Gathered, known, unknown } from '../facts.ts'
import { serverFacts } from './server.ts'
import { shopFacts } from './shop.ts'

const noEntry = 1044

/** Logs in and asks the server; if only the database is missing, without one. */
export async function inspectServer(around: DoctorInput, config: Config): Promise<Partial<Gathered>> {
  const name = config.target.database ?? ''
  try {
    return { database: known({ name }), ...(await look(around, config, config.target)) }
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'UNKNOWN_DATABASE' && failure.errno !== noEntry)
      return loginFailed(around, config.target, failure)
    const database = known({ name, failure })
    const nowhere = unknown('there is no database to look into')
    const facts = await look(around, config, { ...config.target, database: undefined }).catch((again: unknown) =>
      loginFailed(around, config.target, failureOf(again)),
    )
    return { ...facts, database, databaseDefaults: nowhere, migrations: nowhere, invariants: nowhere }
  }
}

function look({ connect, env, now }: DoctorInput, { limits }: Config, target: Target): Promise<Partial<Gathered>> {
  return connect(target, async (connection) => {
    const facts = await serverFacts(connection, serverPaths(env), now)
    return { login: known({}), ...facts, ...(await shopFacts(connection, limits.statementTimeoutMs)) }
  })
}

/** Nobody is let in: what failed decides which check says so. */
async function loginFailed({ env }: DoctorInput, target: Target, failure: Failure): Promise<Partial<Gathered>> {
  // BAD_CONFIG: the certificate to trust cannot be read.
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
 * The hosts of the accounts with the name of this user, on the private server, where its owner can look: elsewhere
 * nobody tells.
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
