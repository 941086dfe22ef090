import type { Condition } from './filters.ts'
import type { Value } from '../db/queries.ts'

/** A partial update by column: undefined leaves a value unchanged, null clears it. */
export type Patch = Readonly<Record<string, Value | undefined>>

/**
 * The changes that differ from the current values, by column. Values compare as the database stores them: strings,
 * numbers and booleans.
 */
export function diff(patch: Patch, now: Readonly<Record<string, unknown>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(patch).flatMap(([column, value]) =>
      value === undefined || value === now[column] ? [] : [[column, value]],
    ),
  )
}

/**
 * The `SET` clause of an update. The columns are dbtool's own names, never input; `stamps` are assignments that the
 * table adds to every update.
 */
export function assignments(
  changes: Readonly<Record<string, Value>>,
  stamps: readonly string[] = ['updated_at = UTC_TIMESTAMP()'],
): Condition {
  const columns = Object.keys(changes)
  return { sql: [...columns.map((column) => `${column} = ?`), ...stamps].join(', '), values: Object.values(changes) }
}

/**
 * Describes changes for messages and for the audit log: `price 4.50 → 4.75, description`. A column in `nameOnly`
 * appears without its values.
 */
export function describeChanges(changes: Patch, before: Patch, nameOnly: readonly string[] = []): string {
  const word = (value: Value | undefined): string => (value === null || value === undefined ? 'NULL' : String(value))
  return Object.entries(changes)
    .map(([column, value]) =>
      nameOnly.includes(column) ? column : `${column} ${word(before[column])} → ${word(value)}`,
    )
    .join(', ')
}

/** The result of an update. */
export interface Updated<T> {
  readonly thing: T
  /** Zero if every value already matched; then there is no row in the audit log either. */
  readonly rowsChanged: 0 | 1
  /** A description of the changes; empty if nothing changed. */
  readonly changes: string
}
