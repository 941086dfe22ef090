import { noSuchTable } from '../error-numbers.ts'
import { allFaults } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import { quoted } from '../privileges/accounts.ts'
import type { Queries } from '../queries.ts'
import type { AddedCheck, Migration } from './migration-files.ts'

const rowsShown = 20

/**
 * Rejects with CONSTRAINT if existing rows violate a CHECK that the migration adds. The server would say so only at
 * that statement, without naming a row, and the migration would stop half-way.
 */
export async function assertRowsFit(queries: Queries, { version, name, checks }: Migration): Promise<void> {
  const faults: string[] = []
  for (const check of checks) {
    const rows = await violating(queries, check)
    const [first] = rows
    if (first !== undefined)
      faults.push(`migration ${version} (${name}) cannot add ${sentence(check, rows, first.total)}`)
  }
  if (faults.length === 0) return
  throw allFaults('CONSTRAINT', `migration ${version} (${name}) cannot be applied`, faults, {
    hint: 'correct these rows, then run: dbtool db migrate',
    hintInCode: 'correct these rows, then call migrate(pool) again',
  })
}

interface ViolatingRow {
  readonly id: number
  readonly total: number
}

async function violating(queries: Queries, { table, condition }: AddedCheck): Promise<ViolatingRow[]> {
  try {
    return await queries.rows<ViolatingRow>(
      `SELECT id, COUNT(*) OVER () AS total FROM ${quoted(table)}
        WHERE NOT (${condition}) ORDER BY id LIMIT ${rowsShown}`,
    )
  } catch (error) {
    // The migration creates the table itself.
    if (error instanceof DatabaseError && error.errno === noSuchTable) return []
    throw error
  }
}

function sentence({ table, constraint, condition }: AddedCheck, rows: readonly ViolatingRow[], total: number): string {
  const ids = rows.map(({ id }) => id).join(', ')
  const which = `${ids}${total > rows.length ? ' and others' : ''}`
  const what = total === 1 ? `1 row of ${table} violates` : `${total} rows of ${table} violate`
  return `${constraint}: ${what} ${condition} (id ${which})`
}
