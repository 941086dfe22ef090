import { DbtoolError } from '../../errors.ts'
import { accountSql, accountText, type Account } from './accounts.ts'
import { DatabaseError } from '../failures.ts'
import type { Queries } from '../queries.ts'

/** The errors "no such grant" and "no matching row in the user table". */
const unknownAccountErrnos = new Set<number | undefined>([1141, 1133])

/**
 * Resolves to the GRANT statements of an account, with password hashes as stars. Rejects with NOT_FOUND if there is no
 * such account, and with ACCESS_DENIED if this user cannot read its grants.
 */
export async function showGrants(queries: Queries, account: Account): Promise<string[]> {
  const rows = await queries
    .rows<Record<string, string>>(`SHOW GRANTS FOR ${accountSql(account)}`)
    .catch((error: unknown) => {
      throw explained(account, error)
    })
  return rows.flatMap(Object.values<string>).map(withoutHash)
}

/**
 * Runs GRANT statements in sequence. Each of them is atomic, and repeating one changes nothing. Rejects as `showGrants`
 * does.
 */
export async function grant(queries: Queries, account: Account, statements: readonly string[]): Promise<void> {
  await showGrants(queries, account)
  // If the account were dropped at this moment, GRANT would create one without a password.
  await queries.execute("SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',NO_AUTO_CREATE_USER')")
  for (const statement of statements) {
    await queries.execute(statement).catch((error: unknown) => {
      throw explained(account, error)
    })
  }
}

function withoutHash(statement: string): string {
  return statement.replace(/\b(PASSWORD|USING) '[^']*'/g, "$1 '********'")
}

function unknownAccount(account: Account, cause: unknown): DbtoolError {
  const sql = accountSql(account)
  return new DbtoolError('NOT_FOUND', `there is no account ${accountText(account)} on this server`, {
    cause,
    hint: `create it first, in a client: CREATE USER ${sql} IDENTIFIED BY '…'`,
  })
}

function explained(account: Account, error: unknown): unknown {
  if (error instanceof DatabaseError && unknownAccountErrnos.has(error.errno)) return unknownAccount(account, error)
  if (!(error instanceof DatabaseError) || error.code !== 'ACCESS_DENIED') return error
  const hint =
    'log in as an administrator (GRANT OPTION on the database, SELECT on mysql), ' +
    'or send the statements to one: dbtool db grants'
  return new DbtoolError('ACCESS_DENIED', `this user cannot grant privileges: ${error.message}`, { cause: error, hint })
}
