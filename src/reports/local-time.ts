import type { Database } from '../db/database.ts'
import { firstRow } from '../db/queries.ts'
import { dayMs, type OffsetFrom, offsetsBetween, utc } from '../time-zone.ts'
import type { Asked } from './report.ts'
import { sql, type Sql } from './sql.ts'

/**
 * The SQL of an order's time by the clocks of a zone. Many servers have no tables of time zones, so that the statement
 * itself names each offset during the orders.
 */
export async function localTime(db: Database, placed: Sql, { zone, ...period }: LocalPeriod): Promise<Sql> {
  if (zone === utc) return placed
  const { first, last } = (await extremes(db, period)) ?? {}
  if (!first || !last) return placed
  // An order may be placed before the next statement.
  return shifted(placed, offsetsBetween(zone, first.getTime(), last.getTime() + dayMs))
}

type LocalPeriod = Pick<Asked, 'zone' | 'since' | 'until'>

/** The times of the first and the last order of a period. */
function extremes(db: Database, { since, until }: Omit<LocalPeriod, 'zone'>) {
  const from = since === undefined ? sql`` : sql` AND o.created_at >= ${since}`
  const before = until === undefined ? sql`` : sql` AND o.created_at < ${until}`
  const { text, values } = sql`
    SELECT MIN(o.created_at) AS first, MAX(o.created_at) AS last FROM orders o WHERE TRUE${from}${before}`
  return firstRow<{ first: Date | null; last: Date | null }>(db, text, values)
}

function shifted(placed: Sql, offsets: readonly OffsetFrom[]): Sql {
  const latest = offsets.at(-1)?.offset ?? 0
  const earlier = offsets.slice(0, -1).map(({ offset }, at) => {
    const end = new Date(offsets[at + 1]?.from ?? 0)
    return sql`WHEN ${placed} < ${end} THEN ${offset / 1_000} `
  })
  const cases = earlier.reduce((all, one) => sql`${all}${one}`, sql``)
  return sql`DATE_ADD(${placed}, INTERVAL CASE ${cases}WHEN TRUE THEN ${latest / 1_000} END SECOND)`
}
