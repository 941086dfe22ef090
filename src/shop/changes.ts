import type { Condition } from './filters.ts'
import type { Value } from '../db/queries.ts'

/** What somebody wants to be different; undefined stays as it is, null empties. */
export type Wishes = Readonly<Record<string, Value | undefined>>

/** The wishes that are not true yet, by column. Compares as the database stores: strings, numbers and booleans. */
export function unmet(wishes: Wishes, now: Readonly<Record<string, unknown>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(wishes).flatMap(([column, value]) => (value === undefined || value === now[column] ? [] : [[column, value]])))
}

/** `SET` of an update. The columns are names of our own, never from outside. */
export function assignments(changes: Readonly<Record<string, Value>>): Condition {
  const columns = Object.keys(changes)
  return { sql: [...columns.map((column) => `${column} = ?`), 'updated_at = UTC_TIMESTAMP()'].join(', '), values: Object.values(changes) }
}
