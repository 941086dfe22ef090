import type { Queries, OnRows, Value } from '../db/queries.ts'

/** A SELECT with its values, and the conversion of a row of the database. */
export interface Select<Row, T> {
  readonly sql: string
  readonly values: readonly Value[]
  readonly fromRow: (row: Row) => T
}

/** The conversion of a row that needs none. */
export const asItIs = <T>(row: T): T => row

/** Resolves to all rows at once. */
export async function allOf<Row, T>(queries: Queries, { sql, values, fromRow }: Select<Row, T>): Promise<T[]> {
  return (await queries.rows<Row>(sql, values)).map(fromRow)
}

/** Hands over the rows of a list of any length, in constant memory. */
export function eachOf<Row, T>(
  queries: Queries,
  { sql, values, fromRow }: Select<Row, T>,
  onRows: OnRows<T>,
): Promise<void> {
  return queries.each<Row>(sql, values, (rows) => onRows(rows.map(fromRow)))
}
