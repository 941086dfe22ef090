import { readInstant } from '../utc.ts'
import type { DriverOptions } from './driver.ts'

/** Integers of up to 15 digits are exact as numbers. */
const surelyExact = 15

/** The integer as a number, or as decimal text if a number cannot hold it exactly. */
function exactInteger(text: string): number | string {
  const value = Number(text)
  return text.length <= surelyExact || Number.isSafeInteger(value) ? value : text
}

/** The id of an inserted row. The connector reads it with a sign, which no AUTO_INCREMENT has. */
export function insertedId(id: unknown = 0): number | string {
  return typeof id === 'bigint' ? exactInteger(String(BigInt.asUintN(64, id))) : Number(id)
}

const large = new Set<string>(['BIGINT'])

/** Reads a cell: BIGINT exactly, and a date or time as UTC. */
export const readValue: NonNullable<DriverOptions['typeCast']> = (column, next) => {
  if (!large.has(column.type)) return readInstant(column, next)
  const text = column.string()
  return text === null ? null : exactInteger(text)
}

/** Converts the BigInts of rows that were read without {@link readValue}, in place. */
export function convertBigInts(rows: readonly Record<string, unknown>[]): void {
  const [first = {}] = rows
  // A column of BIGINT may begin with NULL.
  const columns = Object.keys(first).filter((name) => first[name] === null || typeof first[name] === 'bigint')
  for (const name of columns)
    for (const row of rows) {
      const value = row[name]
      if (typeof value === 'bigint') row[name] = exactInteger(String(value))
    }
}
