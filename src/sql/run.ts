import { syntaxError } from '../db/error-numbers.ts'
import type { Connection } from '../db/connection/connection.ts'
import type { ResultItem } from '../db/connection/result-items.ts'
import { DatabaseError } from '../db/failures.ts'
import type { OnRows } from '../db/queries.ts'
import { dryRun as rolledBack } from '../db/transaction.ts'
import { vectorColumns } from '../db/vectors.ts'
import { DbtoolError } from '../errors.ts'
import type { BoundStatement } from './parameters.ts'
import { hasSeveral } from '../db/sql-text.ts'

export type StatementMode = 'read' | 'write' | 'dry run'

export interface Warning {
  readonly code: number
  readonly message: string
}

interface WarningRow {
  readonly Code: number
  readonly Message: string
}

/** The server's warning that rows of a table without transactions were changed. */
const notRolledBack = 1196

/**
 * Runs one statement of the user, and resolves to the server's warnings. In mode `read`, the transaction is read-only:
 * the server refuses every change.
 */
export async function runStatement(
  connection: Connection,
  { sql, values }: BoundStatement,
  { mode, onItems }: { readonly mode: StatementMode; readonly onItems: OnRows<ResultItem> },
): Promise<readonly Warning[]> {
  let isSent = false
  const run = async (): Promise<readonly Warning[]> => {
    await connection.rows(forgetWarnings)
    const vectors = await vectorColumns(connection, values[0] ?? sql)
    isSent = true
    await connection.results(sql, values, onItems, vectors)
    return warningsOf(connection)
  }
  if (mode === 'write')
    return run().catch((error: unknown) => {
      throw isSent ? maybeApplied(error) : error
    })
  if (mode === 'dry run') {
    const warnings = await rolledBack(connection, run)
    return [...warnings, ...(await warningsOf(connection)).filter(({ code }) => code === notRolledBack)]
  }
  // The time of a slow reader must not count; the connection itself limits each wait for the server.
  await connection.execute('SET max_statement_time = 0')
  await connection.execute('START TRANSACTION READ ONLY')
  return run()
}

/** A statement that commits by itself can take effect although its answer is lost. */
function maybeApplied(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || (error.code !== 'CONNECTION_LOST' && error.code !== 'NODE_NOT_READY'))
    return error
  return new DbtoolError('OUTCOME_UNKNOWN', `${error.message}: the statement may have taken effect, or still do so`, {
    hint: 'look at the data before you run it again',
    cause: error,
  })
}

/** A statement without a table keeps the warnings of the one before, such as those of the session's set-up. */
const forgetWarnings = 'SELECT 1 FROM (SELECT 1) AS nothing'

async function warningsOf(connection: Connection): Promise<readonly Warning[]> {
  const rows = await connection.rows<WarningRow>('SHOW WARNINGS')
  return rows.map(({ Code, Message }) => ({ code: Code, message: Message }))
}

/** Names of the file that a statement comes from, for errors. */
export interface StatementOrigin {
  /** The path, or undefined for an argument. */
  readonly file: string | undefined
  readonly text: string
}

/** Adds the file to the line that the server names, and replaces hints that are about dbtool's own statements. */
export function explained(error: unknown, { file, text }: StatementOrigin, mode: StatementMode): unknown {
  if (!(error instanceof DatabaseError)) return error
  if (error.code === 'READ_ONLY' && mode === 'read')
    return withHint(error, 'dbtool sql only reads; add --write to allow changes')
  if (error.code !== 'QUERY_FAILED') return error
  const [, line] = /at line (\d+)$/.exec(error.message) ?? []
  const place = file === undefined || line === undefined ? '' : ` of ${file}`
  const several = error.errno === syntaxError && hasSeveral(text)
  const isParameter = error.errno === syntaxError && /near '\?/.test(error.message)
  const hint = several
    ? 'dbtool sql runs one statement; use dbtool db shell for several'
    : isParameter
      ? 'the server takes no parameter there; write the value itself'
      : undefined
  return withHint(error, hint, `${error.message}${place}`)
}

const withHint = (error: DatabaseError, hint: string | undefined, message = error.message): DbtoolError =>
  new DatabaseError(error.code, message, { hint, cause: error.cause, errno: error.errno })
