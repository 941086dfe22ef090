import { noSuchColumn, noSuchTable, syntaxError } from '../db/error-numbers.ts'
import { DatabaseError } from '../db/failures.ts'
import { firstRow, type Queries } from '../db/queries.ts'
import { serverFigures } from '../db/server-side.ts'
import { DbtoolError } from '../errors.ts'
import { counted } from '../in-words.ts'
import { quoteValue } from '../values.ts'
import type { Statement } from './statement.ts'

/** An unknown or inaccessible table, column, function or database. */
const unknown = [noSuchColumn, 1049, noSuchTable, 1305, 1142, 1143]

/**
 * Prepares each statement on the server without running it: a statement with a syntax error would fail in every
 * iteration. Rejects with USAGE. An unknown table or column is an error only for a single statement: of several
 * statements, one may create the table that another one uses.
 */
export async function assertPreparable(queries: Queries, statements: readonly Statement[]): Promise<void> {
  const mistakes = statements.length === 1 ? [syntaxError, ...unknown] : [syntaxError]
  for (const { text, sql } of statements) {
    await queries.execute('SET @dbtool_statement = ?', [sql])
    try {
      await queries.execute('PREPARE dbtool_statement FROM @dbtool_statement')
      await queries.execute('DEALLOCATE PREPARE dbtool_statement')
    } catch (error) {
      if (error instanceof DatabaseError && mistakes.includes(error.errno ?? 0))
        throw new DbtoolError('USAGE', `--sql ${quoteValue(text)}: ${error.message}`, {
          cause: error,
          hint: 'nothing was run',
        })
      // The server can run some statements that it cannot prepare.
    }
  }
}

/** The server's connection limit, the connections in use by other sessions, and its version. */
export interface ConnectionHeadroom {
  readonly max: number
  readonly used: number
  readonly version: string
}

/**
 * Resolves to the headroom of the server; the connection that asks does not count. Rejects with USAGE if `wanted`
 * connections exceed the headroom, because other clients may need the rest.
 */
export async function headroomFor(queries: Queries, wanted: number): Promise<ConnectionHeadroom> {
  const { max_connections: max, threads_connected } = await serverFigures(queries)
  const server = await firstRow<{ version: string }>(queries, 'SELECT VERSION() AS version')
  const used = threads_connected - 1
  if (wanted <= max - used) return { max, used, version: server?.version ?? '' }
  throw new DbtoolError(
    'USAGE',
    `${counted(wanted, 'connection')} exceed the headroom of the server: max_connections is ${max}, ${used} are in use`,
    { hint: 'use a smaller pool, or raise max_connections' },
  )
}
