import { Secret, type Value } from './queries.ts'
import type { DriverQuery } from './connection/driver.ts'
import { writeInstant } from './utc.ts'

/** A bound value as the connector takes it. */
export function forDriver(value: Value): Exclude<Value, Secret | Date> {
  if (value instanceof Secret) return value.reveal()
  return value instanceof Date ? writeInstant(value) : value
}

/**
 * A compound statement answers with [rows, status], a plain one with its rows, one that has no result set with its
 * status.
 */
export function firstResultSet<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return []
  return (Array.isArray(result[0]) ? result[0] : result) as T[]
}

/** What a bulk statement answers: one result set, or one for each row where the server takes them one by one. */
export function resultSets<T>(result: unknown): T[] {
  return Array.isArray(result) ? (result.flat() as T[]) : []
}

/** Without the function that would be asked about every cell. */
export const unconverted: Omit<DriverQuery, 'sql'> = { typeCast: undefined }
