import type { DriverQuery } from './driver.ts'

/**
 * The first result set. A compound statement returns [rows, status], a simple one its rows, and a statement without a
 * result set its status.
 */
export function firstResultSet<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return []
  return (Array.isArray(result[0]) ? result[0] : result) as T[]
}

/**
 * The rows of a bulk statement: the server sends one result set, or one per row if it processes the rows singly. From
 * 11.5 on it may also send the outcome of each row, as an object of a class of the connector, which is no row.
 */
export function resultSets<T>(result: unknown): T[] {
  const isRow = (item: object): boolean => Object.getPrototypeOf(item) === Object.prototype
  return Array.isArray(result) ? ((result.flat() as object[]).filter(isRow) as T[]) : []
}

/** Disables the type-cast function, which the connector would call for every cell. */
export const unconverted: Omit<DriverQuery, 'sql'> = { typeCast: undefined }
