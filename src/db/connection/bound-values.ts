import { DbtoolError } from '../../errors.ts'
import { kindOf } from '../../kind-of.ts'
import { counted } from '../../in-words.ts'
import { Secret, type Value } from '../queries.ts'
import { writeInstant } from '../utc.ts'

type DriverValue = string | number | bigint | boolean | Buffer | null

/**
 * Converts the values of a statement for the connector. Refuses what untyped code may pass, and what would arrive as
 * something else. The connector pastes a list as several values, NaN as a name, undefined as NULL, and half a character
 * as a question mark. It ignores a value too many, or sends a prepared statement from which the server reads others.
 *
 * @throws DbtoolError BAD_INPUT.
 */
export function forDriver(values: readonly Value[], placeholders: number): DriverValue[] {
  if (values.length !== placeholders)
    throw miscounted(
      `the statement has ${counted(placeholders, 'placeholder')}, but ${counted(values.length, 'value')}`,
    )
  return values.map((value, index) => converted(value, () => `value ${index + 1} of the statement`))
}

/** The same for the rows of a bulk statement. Most need no conversion, and are not copied. */
export function rowsForDriver(rows: readonly (readonly Value[])[], placeholders: number): (readonly Value[])[] {
  return rows.map((row, at) => {
    if (row.length !== placeholders)
      throw miscounted(`row ${at + 1} has ${counted(row.length, 'value')} for ${counted(placeholders, 'placeholder')}`)
    if (row.every(isReady)) return row
    return row.map((value, index) => converted(value, () => `value ${index + 1} of row ${at + 1}`))
  })
}

const miscounted = (message: string): DbtoolError =>
  new DbtoolError('BAD_INPUT', message, { hint: 'give one value for each question mark of the statement' })

function isReady(value: Value): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'bigint' || typeof value === 'boolean'
}

function converted(value: Value, name: () => string): DriverValue {
  if (isReady(value)) return value as DriverValue
  if (value instanceof Date && isWritable(value)) return writeInstant(value)
  if (value instanceof Secret) return value.reveal()
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  throw unbindable(value, name())
}

/** The server reads years of four digits. False for an invalid Date, too. */
function isWritable(at: Date): boolean {
  const year = at.getUTCFullYear()
  return year >= 0 && year <= 9_999
}

function unbindable(value: unknown, name: string): DbtoolError {
  return new DbtoolError('BAD_INPUT', `${name} is ${what(value)}`, { hint: remedyFor(value) })
}

function remedyFor(value: unknown): string {
  if (value === undefined) return 'pass null for NULL'
  // Other connectors paste a list.
  if (Array.isArray(value)) return 'write a question mark for each element, as in IN (?, ?); or pass JSON text'
  return 'pass a text, a number, a bigint, true or false, a Date, bytes or null'
}

function what(value: unknown): string {
  const kind = kindOf(value)
  if (kind === 'a text') return 'a text with half of a surrogate pair'
  return kind === 'a Date' ? 'a Date outside the years 0 to 9999' : kind
}
