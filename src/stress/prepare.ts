import { DatabaseError } from '../db/failures.ts'
import { firstRow, type Queries } from '../db/queries.ts'
import { serverFigures } from '../db/server-side.ts'
import { DbtoolError } from '../errors.ts'
import { counted, quoteValue } from '../values.ts'
import type { Statement } from './statement.ts'

const syntax = 1064
/** No such table, column, function or database; or none for this user. */
const unknown = [1054, 1049, 1146, 1305, 1142, 1143]

/**
 * Has the server read each statement, and run none: what it cannot understand would fail in every iteration. Rejects
 * with USAGE. What a
 * statement needs may be made by another one of them, so only of a single one what is not there is a mistake.
 */
export async function mustBeUnderstood(queries: Queries, statements: readonly Statement[]): Promise<void> {
  const mistakes = statements.length === 1 ? [syntax, ...unknown] : [syntax]
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
      // There are statements that the server does not prepare, and runs.
    }
  }
}

/** How many connections the server takes, how many others have, and what it is. */
export interface ConnectionHeadroom {
  readonly max: number
  readonly used: number
  readonly version: string
}

/**
 * The room that there is, without the connection that asks. Rejects with USAGE where a load test would take connections
 * that others may need.
 */
export async function headroomFor(queries: Queries, wanted: number): Promise<ConnectionHeadroom> {
  const { max_connections: max, threads_connected } = await serverFigures(queries)
  const server = await firstRow<{ version: string }>(queries, 'SELECT VERSION() AS version')
  const used = threads_connected - 1
  if (wanted <= max - used) return { max, used, version: server?.version ?? '' }
  throw new DbtoolError(
    'USAGE',
    `${counted(wanted, 'connection')} would not leave anybody else any: the server takes ${max} (max_connections), and ${used} are in use`,
    { hint: 'use a smaller pool, or raise max_connections' },
  )
}
