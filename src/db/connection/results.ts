import { DbtoolError } from '../../errors.ts'
import { Secret, type Value } from '../queries.ts'
import { writeInstant } from '../utc.ts'
import type { DriverQuery } from './driver.ts'

type DriverValue = string | number | bigint | boolean | Buffer | null

/**
 * Converts a bound value for the connector. Refuses what untyped code may pass: the connector would paste a list as
 * several values, NaN as a name, and undefined as NULL.
 *
 * @throws DbtoolError BAD_INPUT.
 */
export function forDriver(value: Value, index = 0): DriverValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      break
    case 'object':
      if (value === null) return value
      if (value instanceof Date && !Number.isNaN(value.getTime())) return writeInstant(value)
      if (value instanceof Secret) return value.reveal()
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
  throw unbindable(value, index)
}

function unbindable(value: unknown, index: number): DbtoolError {
  const kind =
    value instanceof Date
      ? 'an invalid Date'
      : Array.isArray(value)
        ? 'a list'
        : value !== null && typeof value === 'object'
          ? 'an object'
          : typeof value === 'function'
            ? 'a function'
            : String(value)
  const undefinedHint = 'pass null for NULL'
  const otherHint = 'pass a text, a number, a bigint, true or false, a Date, bytes or null'
  return new DbtoolError('BAD_INPUT', `value ${index + 1} of the statement is ${kind}`, {
    hint: value === undefined ? undefinedHint : otherHint,
  })
}

/** Most rows need no conversion, and are not copied. */
export const rowForDriver = (row: readonly Value[]): readonly unknown[] =>
  row.some((value) => typeof value === 'object' && value !== null) ? row.map(forDriver) : row

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
