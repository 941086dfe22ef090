import { noSuchTable } from './error-numbers.ts'
import { DatabaseError } from './failures.ts'
import { loggingByStatement } from './translations/translations.ts'
import { firstRow, type Queries } from './queries.ts'

/**
 * Rejects with READ_ONLY if the server cannot log a change of dbtool. With binlog_format STATEMENT, it refuses every
 * change under READ COMMITTED (error 1665), but not DDL. Call it before work of several steps. Changes nothing.
 */
export async function assertLoggable(queries: Queries): Promise<void> {
  const row = await firstRow<{ by_statement: number }>(
    queries,
    "SELECT @@log_bin AND @@sql_log_bin AND @@binlog_format = 'STATEMENT' AS by_statement",
  )
  if (row?.by_statement !== 1) return
  // Only a statement tells whether the log omits this database.
  await queries.execute('DELETE FROM schema_migrations WHERE FALSE').catch((error: unknown) => {
    throw error instanceof DatabaseError && error.errno === noSuchTable ? notLoggable(error) : error
  })
}

/** As the server would say: a new database has no table yet to ask with. */
function notLoggable(cause: DatabaseError): DatabaseError {
  const { code, message, hint } = loggingByStatement
  return new DatabaseError(code, message, { hint, cause })
}
