import { quoted } from '../privileges/accounts.ts'
import type { RollbackStep } from './migrate.ts'
import { firstRow, type Queries } from '../queries.ts'

/** A table that a rollback drops, with the number of its rows. */
export interface DroppedTable {
  readonly table: string
  readonly rows: number
}

const drop = /^DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?`?([\w$]+)`?$/i

/** Resolves to the existing tables that these rollback steps drop, in the order of their creation. */
export async function droppedTables(queries: Queries, steps: readonly RollbackStep[]): Promise<DroppedTable[]> {
  const tables = steps.flatMap(({ statements }) => statements).flatMap((statement) => drop.exec(statement)?.[1] ?? [])
  const existing = await queries.rows<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  )
  const dropped: DroppedTable[] = []
  for (const table of tables.reverse().filter((name) => existing.some((row) => row.name === name))) {
    const counted = await firstRow<{ rows: number }>(queries, `SELECT COUNT(*) AS \`rows\` FROM ${quoted(table)}`)
    dropped.push({ table, rows: counted?.rows ?? 0 })
  }
  return dropped
}
