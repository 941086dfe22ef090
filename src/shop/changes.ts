import type { Condition } from './filters.ts'
import type { Value } from '../db/queries.ts'
import { shown } from '../values.ts'

/** What somebody wants to be different; undefined stays as it is, null empties. */
export type Wishes = Readonly<Record<string, Value | undefined>>

/** The wishes that are not true yet, by column. Compares as the database stores: strings, numbers and booleans. */
export function unmet(wishes: Wishes, now: Readonly<Record<string, unknown>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(wishes).flatMap(([column, value]) => (value === undefined || value === now[column] ? [] : [[column, value]])))
}

/** `SET` of an update. The columns are names of our own, never from outside; `stamps` is what a table notes besides. */
export function assignments(changes: Readonly<Record<string, Value>>, stamps: readonly string[] = ['updated_at = UTC_TIMESTAMP()']): Condition {
  const columns = Object.keys(changes)
  return { sql: [...columns.map((column) => `${column} = ?`), ...stamps].join(', '), values: Object.values(changes) }
}

/** For the log: `email to 'ada@example.com', first_name to NULL`. */
export function inWords(changes: Readonly<Record<string, Value>>): string {
  const word = (value: Value): string => (value === null ? 'NULL' : typeof value === 'string' ? shown(value) : String(value))
  return Object.entries(changes).map(([column, value]) => `${column} to ${word(value)}`).join(', ')
}

/** What became of an update. */
export interface Updated<T> {
  readonly thing: T
  readonly rowsChanged: 0 | 1
}
