import { quoted } from '../privileges/accounts.ts'
import type { Queries, Value } from '../queries.ts'

/** A table with its columns, and those of its primary key. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly Column[]
  readonly key: readonly Column[]
}

interface Column {
  readonly name: string
  readonly type: string
}

/** The rows of a part of a table, and one number over all their values. */
export interface Digest {
  readonly rows: number
  readonly sum: bigint
}

/** A table in parts: equal keys are in the same part on every server. */
export type TableDigest = ReadonlyMap<number, Digest>

const parts = 1024

/** The tables of the database in use, by name. */
export async function tableShapes(queries: Queries): Promise<ReadonlyMap<string, TableShape>> {
  const rows = await queries.rows<{ table: string; name: string; type: string; isKey: number }>(
    `SELECT c.TABLE_NAME AS \`table\`, c.COLUMN_NAME AS name, c.COLUMN_TYPE AS type, c.COLUMN_KEY = 'PRI' AS isKey
      FROM information_schema.COLUMNS c JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
      WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
      ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`,
  )
  const names = [...new Set(rows.map(({ table }) => table))]
  return new Map(
    names.map((name) => {
      const columns = rows.filter(({ table }) => table === name)
      return [name, { name, columns, key: columns.filter(({ isKey }) => isKey === 1) }]
    }),
  )
}

export function hasSameColumns(a: TableShape, b: TableShape): boolean {
  const described = ({ columns }: TableShape): string => JSON.stringify(columns.map(({ name, type }) => [name, type]))
  return described(a) === described(b)
}

/** QUOTE makes one text of several values that no other values have, and tells NULL from an empty text. */
const textOf = (columns: readonly Column[]): string =>
  `CONCAT_WS(',', ${columns.map(({ name }) => `QUOTE(${quoted(name)})`).join(', ')})`

/** Not a CRC: values that two rows exchange would leave the exclusive or of their CRCs as it is. */
const digestOf = ({ columns }: TableShape): string =>
  `CAST(CONV(LEFT(MD5(${textOf(columns)}), 16), 16, 10) AS UNSIGNED)`

const partOf = ({ key }: TableShape): string => (key.length === 0 ? '0' : `CRC32(${textOf(key)}) % ${parts}`)

/** Reads a whole table once. It locks nothing. */
export async function digestTable(queries: Queries, shape: TableShape): Promise<TableDigest> {
  const rows = await queries.rows<{ part: number; n: number; sum: string }>(
    `SELECT ${partOf(shape)} AS part, COUNT(*) AS n, HEX(BIT_XOR(${digestOf(shape)})) AS sum
      FROM ${quoted(shape.name)} GROUP BY part`,
  )
  return new Map(rows.map(({ part, n, sum }) => [part, { rows: n, sum: BigInt(`0x${sum}`) }]))
}

/** The digest of the whole table. */
export function wholeOf(digest: TableDigest): Digest {
  const all = [...digest.values()]
  return {
    rows: all.reduce((total, { rows }) => total + rows, 0),
    sum: all.reduce((total, { sum }) => total ^ sum, 0n),
  }
}

export function differingParts(a: TableDigest, b: TableDigest): number[] {
  const all = [...new Set([...a.keys(), ...b.keys()])]
  return all.filter((part) => a.get(part)?.rows !== b.get(part)?.rows || a.get(part)?.sum !== b.get(part)?.sum)
}

/** The values of a primary key as text; bytes are hexadecimal. */
export type RowKey = readonly string[]

/** The digests of single rows, by their keys as JSON. */
export type RowDigests = ReadonlyMap<string, string>

const isBytes = ({ type }: Column): boolean => /^(?:var)?binary|blob/.test(type)

/** Reads the rows of these parts. */
export function rowsOfParts(queries: Queries, shape: TableShape, chosen: readonly number[]): Promise<RowDigests> {
  return digestRows(queries, shape, { where: `${partOf(shape)} IN (${marks(chosen)})`, values: chosen })
}

/** Reads the rows with these keys; `locked` keeps them as they are until the transaction ends. */
export function rowsOfKeys(
  queries: Queries,
  shape: TableShape,
  keys: readonly RowKey[],
  { locked = false } = {},
): Promise<RowDigests> {
  const each = shape.key.map((column) => `${quoted(column.name)} = ${isBytes(column) ? 'UNHEX(?)' : '?'}`)
  const where = keys.map(() => `(${each.join(' AND ')})`).join(' OR ')
  return digestRows(queries, shape, { where, values: keys.flat(), locked })
}

interface Selection {
  readonly where: string
  readonly values: readonly Value[]
  readonly locked?: boolean
}

async function digestRows(
  queries: Queries,
  shape: TableShape,
  { where, values, locked = false }: Selection,
): Promise<RowDigests> {
  const texts = shape.key.map((column) =>
    isBytes(column) ? `HEX(${quoted(column.name)})` : `CAST(${quoted(column.name)} AS CHAR)`,
  )
  const rows = await queries.rows<Record<string, string>>(
    `SELECT ${texts.map((text, index) => `${text} AS key_${index}`).join(', ')}, HEX(${digestOf(shape)}) AS digest
      FROM ${quoted(shape.name)} WHERE ${where}${locked ? ' LOCK IN SHARE MODE' : ''}`,
    values,
  )
  return new Map(
    rows.map((row) => [JSON.stringify(texts.map((_text, index) => row[`key_${index}`])), row['digest'] ?? '']),
  )
}

/** The keys whose rows differ, or exist only on one side. */
export function differingKeys(a: RowDigests, b: RowDigests): RowKey[] {
  const all = [...new Set([...a.keys(), ...b.keys()])]
  return all.filter((key) => a.get(key) !== b.get(key)).map((key) => JSON.parse(key) as RowKey)
}

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ')
