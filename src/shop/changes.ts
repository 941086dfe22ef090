import type { Condition } from './filters.ts'
import type { Value } from '../db/queries.ts'

/** What somebody wants to be different; undefined stays as it is, null empties. */
export type Patch = Readonly<Record<string, Value | undefined>>

/** The wishes that are not true yet, by column. Compares as the database stores: strings, numbers and booleans. */
export function diff(patch: Patch, now: Readonly<Record<string, unknown>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(patch).flatMap(([column, value]) =>
      value === undefined || value === now[column] ? [] : [[column, value]],
    ),
  )
}

/** `SET` of an update. The columns are names of our own, never from outside; `stamps` is what a table notes besides. */
export function assignments(
  changes: Readonly<Record<string, Value>>,
  stamps: readonly string[] = ['updated_at = UTC_TIMESTAMP()'],
): Condition {
  const columns = Object.keys(changes)
  return { sql: [...columns.map((column) => `${column} = ?`), ...stamps].join(', '), values: Object.values(changes) }
}

/**
 * For the log and for people: `price 4.50 → 4.75, description`. Of a column in `unsaid`, too long or secret, there is
 * only its name.
 */
export function describeChanges(changes: Patch, before: Patch, withoutValue: readonly string[] = []): string {
  const word = (value: Value | undefined): string => (value === null || value === undefined ? 'NULL' : String(value))
  return Object.entries(changes)
    .map(([column, value]) =>
      withoutValue.includes(column) ? column : `${column} ${word(before[column])} → ${word(value)}`,
    )
    .join(', ')
}

/** What became of an update. */
export interface Updated<T> {
  readonly thing: T
  /** Zero where every wish was true already; then there is no row in the log either. */
  readonly rowsChanged: 0 | 1
  /** In words; empty where nothing changed. */
  readonly changes: string
}
