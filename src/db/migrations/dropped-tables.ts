import { quoted } from '../privileges/accounts.ts'
import type { BackStep } from './migrate.ts'
import { firstRow, type Queries } from '../queries.ts'

/** A table that goes, with what is in it. */
export interface DroppedTable {
  readonly table: string
  readonly rows: number
}

const drop = /^DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?`?([\w$]+)`?$/i

/** The tables that these steps of a rollback drop and that are there, in the order in which they were made. */
export async function droppedTables(queries: Queries, steps: readonly BackStep[]): Promise<DroppedTable[]> {
  const tables = steps.flatMap(({ statements }) => statements).flatMap((statement) => drop.exec(statement)?.[1] ?? [])
  const existing = await queries.rows<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  )
  const lost: DroppedTable[] = []
  for (const table of tables.reverse().filter((one) => existing.some(({ name }) => name === one))) {
    const counted = await firstRow<{ rows: number }>(queries, `SELECT COUNT(*) AS \`rows\` FROM ${quoted(table)}`)
    lost.push({ table, rows: counted?.rows ?? 0 })
  }
  return lost
}
