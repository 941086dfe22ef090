import type { Config } from '../../config/config.ts'
import type { Target } from '../../db/target.ts'
import { DatabaseError } from '../../db/failures.ts'
import { DbtoolError } from '../../errors.ts'
import { serverPaths } from '../../server/home.ts'
import { known, unknown, type DoctorInput, type Failure, type Gathered } from '../facts.ts'
import { accountsOf } from './accounts.ts'
import { serverFacts } from './server.ts'
import { shopFacts } from './shop.ts'

const noEntry = 1044

/** Logs in and asks the server; if only the database is missing, without one. */
export async function visitServer(around: DoctorInput, config: Config): Promise<Partial<Gathered>> {
  const name = config.target.database ?? ''
  try {
    return { database: known({ name }), ...(await look(around, config, config.target)) }
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'UNKNOWN_DATABASE' && failure.errno !== noEntry) return shutOut(around, config.target, failure)
    const database = known({ name, failure })
    const nowhere = unknown('there is no database to look into')
    const facts = await look(around, config, { ...config.target, database: undefined }).catch((again: unknown) =>
      shutOut(around, config.target, failureOf(again)),
    )
    return { ...facts, database, databaseDefaults: nowhere, migrations: nowhere, invariants: nowhere }
  }
}

function look({ visit, env, now }: DoctorInput, { limits }: Config, target: Target): Promise<Partial<Gathered>> {
  return visit(target, async (connection) => {
    const facts = await serverFacts(connection, serverPaths(env), now)
    return { login: known({}), ...facts, ...(await shopFacts(connection, limits.statementTimeoutMs)) }
  })
}

/** Nobody is let in: what failed decides which check says so. */
async function shutOut({ env }: DoctorInput, target: Target, failure: Failure): Promise<Partial<Gathered>> {
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
