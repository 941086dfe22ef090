import type { Readable } from 'node:stream'
import { exactCell, instantTypes, numberTypes, type Cell } from '../exact-cell.ts'
import type { DriverQuery, FieldInfo } from './driver.ts'

export interface ResultColumn {
  readonly name: string
  readonly kind: 'number' | 'time' | 'text'
}

/** The beginning of a result set. */
export class ResultHead {
  constructor(readonly columns: readonly ResultColumn[]) {}
}

/** The end of a statement without a result set. */
export interface ResultChange {
  readonly affectedRows: number
  readonly insertId: bigint | number
  readonly warningStatus: number
}

/** The parts of all results of one statement, in the order in which the server sends them. */
export type ResultItem = ResultHead | readonly Cell[] | ResultChange

export const isRow = (item: ResultItem): item is readonly Cell[] => Array.isArray(item)

/** Options of the connector for results of any shape. `vectors` are the columns with vectors, which look like bytes. */
export function anyResult(vectors: ReadonlySet<string>): Omit<DriverQuery, 'sql'> {
  const typeCast = (column: FieldInfo): Cell => exactCell(column, vectors.size > 0 && vectors.has(originOf(column)))
  return { rowsAsArray: true, typeCast: typeCast as DriverQuery['typeCast'], insertIdAsNumber: false }
}

/** The column of a table from which a column of a result comes. */
export const originOf = (column: Pick<FieldInfo, 'db' | 'orgTable' | 'orgName'>): string =>
  JSON.stringify([column.db(), column.orgTable(), column.orgName()])

/** Puts the head of each result set in front of its rows. The connector only emits it, while the rows are buffered. */
export function withHeads(rows: Readable): Readable {
  return rows.on('fields', (columns: readonly FieldInfo[]) => {
    rows.push(new ResultHead(columns.map((column) => ({ name: column.name(), kind: kindOf(column) }))))
  })
}

function kindOf({ type }: FieldInfo): ResultColumn['kind'] {
  if (numberTypes.has(type)) return 'number'
  return instantTypes.has(type) ? 'time' : 'text'
}
