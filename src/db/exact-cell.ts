import type { FieldInfo } from './connection/driver.ts'

/** A cell of an arbitrary result, as JSON holds it. */
export type Cell = string | number | null | object

/** The collation of strings of bytes. */
const binaryCollation = 63
/** Types that have readable text, although the server declares some of them as bytes. */
const readable: ReadonlySet<string | undefined> = new Set(['inet4', 'inet6', 'uuid', 'json'])

type CellReader = (column: FieldInfo) => Cell

const asText: CellReader = (column) => column.string()
const asNumber: CellReader = (column) => exactNumber(column.string())

/** One reader for each type that is neither text nor bytes. */
const readers: Readonly<Record<string, CellReader>> = {
  TINY: asNumber,
  SHORT: asNumber,
  INT24: asNumber,
  INT: asNumber,
  BIGINT: asNumber,
  FLOAT: asNumber,
  DOUBLE: asNumber,
  YEAR: asNumber,
  DECIMAL: asText,
  NEWDECIMAL: asText,
  DATE: asText,
  TIME: asText,
  ENUM: asText,
  SET: asText,
  JSON: asText,
  DATETIME: (column) => instant(column.string()),
  TIMESTAMP: (column) => instant(column.string()),
  BIT: (column) => bits(column.buffer()),
  GEOMETRY: (column) => geometry(column.geometry()),
}

/** The types that are aligned to the right. */
export const numberTypes: ReadonlySet<string> = new Set([
  ...['TINY', 'SHORT', 'INT24', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'YEAR', 'DECIMAL', 'NEWDECIMAL', 'BIT'],
])

/** The types of instants, which people read by their own clocks. */
export const instantTypes: ReadonlySet<string> = new Set(['DATETIME', 'TIMESTAMP'])

/**
 * Reads a cell of any result without loss. Decimals, and integers beyond 2^53, are strings. Bytes are hexadecimal, as
 * SQL writes them. Geometries are GeoJSON, and vectors are arrays.
 */
export function exactCell(column: FieldInfo, isVector = false): Cell {
  const reader = readers[column.type]
  if (reader !== undefined) return reader(column)
  const { dataTypeName } = column
  if (isVector) return vector(column.buffer())
  // The connector does not know every collation.
  const isBinary = (column.collation as FieldInfo['collation'] | undefined)?.index === binaryCollation
  return isBinary && !readable.has(dataTypeName) ? hexadecimal(column.buffer()) : column.string()
}

/** A number if it is exact in JSON, otherwise its digits. */
function exactNumber(text: string | null): Cell {
  if (text === null) return null
  const value = Number(text)
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(text) ? text : value
}

const millisecondDigits = 3

/** An instant in UTC. A Date has no microseconds, and no zero date, so such a value stays a text. */
function instant(text: string | null): Cell {
  if (text === null) return null
  const iso = text.replace(' ', 'T')
  const at = new Date(`${iso}Z`)
  if (Number.isNaN(at.getTime())) return text
  const [, fraction = ''] = text.split('.')
  return Number(fraction.slice(millisecondDigits)) > 0 ? `${iso}Z` : at
}

function bits(bytes: Buffer | null): Cell {
  return bytes === null ? null : exactNumber(String(BigInt(`0x${bytes.toString('hex') || '0'}`)))
}

function hexadecimal(bytes: Buffer | null): Cell {
  return bytes === null ? null : `0x${bytes.toString('hex').toUpperCase()}`
}

/** NULL reaches the connector's reader as a geometry without coordinates. */
function geometry(value: object | null): Cell {
  return value !== null && ('coordinates' in value || 'geometries' in value) ? value : null
}

const bytesPerFloat = 4
/** Enough decimal digits to distinguish any two 32-bit floats. */
const mostDigits = 9

function vector(bytes: Buffer | null): Cell {
  if (bytes === null) return null
  return Array.from({ length: Math.floor(bytes.length / bytesPerFloat) }, (_, at) =>
    shortest(bytes.readFloatLE(at * bytesPerFloat)),
  )
}

/** The shortest decimal number that is the same 32-bit float: 0.1, and not 0.10000000149011612. */
function shortest(float: number): number {
  for (let digits = 1; digits < mostDigits; digits += 1) {
    const rounded = Number(float.toPrecision(digits))
    if (Math.fround(rounded) === float) return rounded
  }
  return float
}
