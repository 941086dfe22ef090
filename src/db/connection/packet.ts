import { DatabaseError } from '../failures.ts'
import { Secret, type Value } from '../queries.ts'

/**
 * Statements are measured before they are sent. A server that gets more than its max_allowed_packet closes the
 * connection, and its reason may be lost.
 */

/** Every server accepts this (net_buffer_length). So only a larger statement needs the limit of the server. */
const alwaysAcceptedBytes = 16_000
/** UTF-8 needs at most three bytes for a unit of a JavaScript string. */
const bytesPerUnit = 3
/** Enough for a number or an instant, and for the header of a value. */
const bytesPerValue = 32

/** Whether a statement could be too large for some server. An estimate that costs next to nothing. */
export function mayBeTooLarge(sql: string, values: readonly Value[]): boolean {
  let units = sql.length
  for (const value of values) units += unitsOf(value)
  return units > alwaysAcceptedBytes
}

function unitsOf(value: Value): number {
  if (value instanceof Uint8Array) return bytesPerValue + 2 * value.length
  const text = textOf(value)
  return bytesPerValue + (text === undefined ? 0 : text.length * bytesPerUnit)
}

/** The bytes of a statement whose values are pasted into its text, with escapes. */
export function bytesAsText(sql: string, values: readonly Value[]): number {
  return values.reduce<number>((sum, value) => {
    if (value instanceof Uint8Array) return sum + bytesPerValue + value.length + escapedBytes(value)
    const text = textOf(value)
    return sum + (text === undefined ? bytesPerValue : Buffer.byteLength(text) + escapes(text) + 2)
  }, Buffer.byteLength(sql))
}

/** The bytes of bound values, which are sent apart from the text of the statement. */
export function bytesAsBound(values: readonly Value[]): number {
  return values.reduce<number>((sum, value) => {
    const content = value instanceof Uint8Array ? value : textOf(value)
    return sum + bytesPerValue + (content === undefined ? 0 : Buffer.byteLength(content))
  }, 0)
}

const textOf = (value: Value): string | undefined =>
  typeof value === 'string' ? value : value instanceof Secret ? value.reveal() : undefined

function escapes(text: string): number {
  return text.match(/['"\\\0]/g)?.length ?? 0
}

const escaped: ReadonlySet<number> = new Set(Buffer.from('\'"\\\0'))

function escapedBytes(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (escaped.has(byte)) count += 1
  return count
}

/**
 * Splits rows into groups that each fit into one message. Only rows that may be too large are measured exactly.
 *
 * @throws DatabaseError TOO_LARGE for a row that fits into none.
 */
export async function inMessages<R extends readonly Value[]>(
  rows: readonly R[],
  maxPacket: () => Promise<number>,
): Promise<(readonly R[])[]> {
  let most = bytesPerMessage
  for (const row of rows) for (const value of row) most += unitsOf(value)
  if (most <= alwaysAcceptedBytes) return [rows]
  const limit = await maxPacket()
  return most < limit ? [rows] : measured(rows, limit)
}

function measured<R extends readonly Value[]>(rows: readonly R[], limit: number): R[][] {
  const groups: R[][] = []
  let bytes = Infinity
  for (const row of rows) {
    const size = bytesAsBound(row)
    if (bytesPerMessage + size >= limit) throw tooLarge('the row', size, limit)
    if (bytesPerMessage + bytes + size >= limit) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)?.push(row)
    bytes += size
  }
  return groups
}

/** The header of a message with rows: its length, the number of the statement, and the type of each value. */
const bytesPerMessage = 1_024

export function assertFits(bytes: number, limit: number, what = 'the statement'): void {
  if (bytes >= limit) throw tooLarge(what, bytes, limit)
}

const largestLimit = 2 ** 30

function tooLarge(what: string, bytes: number, limit: number): DatabaseError {
  const enough = 2 ** Math.ceil(Math.log2(bytes + bytesPerMessage + 1))
  return new DatabaseError(
    'TOO_LARGE',
    `${what} has ${bytes} bytes, but max_allowed_packet of the server is ${limit}`,
    {
      hint:
        enough > largestLimit
          ? 'nothing was changed; no server takes that much at once'
          : `nothing was changed; an administrator can raise it: SET GLOBAL max_allowed_packet = ${enough}`,
    },
  )
}
