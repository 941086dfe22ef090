import type { CellKind, CellKinds, OnCells } from '../../cells.ts'
import type { Queries } from '../../db/queries.ts'
import { where, type Condition } from '../filters.ts'

/** Larger pages are not faster and use more memory. */
const pageRows = 1_000

/** The destination of exported rows. */
export interface ExportSink {
  /** Writes a page of rows; resolves when the next page can be written. */
  readonly write: (rows: readonly object[]) => Promise<void>
  /** Begins a list that is written from bytes. Undefined: the output needs values. */
  readonly openCells?: ((kinds: CellKinds) => OnCells) | undefined
}

/** The columns of an export by name, each with its kind and its SQL. The order is that of the SELECT. */
export type ExportColumns = Readonly<Record<string, readonly [CellKind, string]>>

/** A SELECT of all rows of an export, which can also continue after any of its rows. */
export interface ExportSelect<R> {
  readonly columns: ExportColumns
  /** The clauses between the columns and WHERE. */
  readonly from: string
  readonly conditions: readonly (Condition | undefined)[]
  /** The condition for the rows after this one. */
  readonly after: (row: R) => Condition
  readonly order: string
}

/**
 * Writes all rows of a SELECT: as one stream of bytes if the connection and the output can, otherwise as values. Call
 * it in a snapshot.
 */
export async function exportRows<R extends object>(
  queries: Queries,
  select: ExportSelect<R>,
  sink: ExportSink,
): Promise<void> {
  if (!(await exportCells(queries, select, sink))) await eachPage(queries, select, sink.write)
}

/**
 * Writes all rows as one stream of bytes. Resolves to false, and has written nothing, if the output needs values or the
 * connection gives no bytes.
 */
export async function exportCells<R>(
  queries: Queries,
  { columns, from, conditions, order }: ExportSelect<R>,
  { openCells }: ExportSink,
): Promise<boolean> {
  if (openCells === undefined) return false
  const condition = where(conditions)
  const kinds = Object.fromEntries(Object.entries(columns).map(([name, [kind]]) => [name, kind]))
  const list = Object.entries(columns).map(([name, [, sql]]) => `${sql} AS ${name}`)
  const statement = `SELECT ${list.join(', ')} FROM ${from} ${condition.sql} ORDER BY ${order}`
  // Opened by the first rows, so that nothing is written by an export that fails.
  let onCells: OnCells | undefined
  return queries.eachCells(statement, condition.values, (cells) => {
    onCells ??= openCells(kinds)
    return onCells(cells)
  })
}

/** Writes all rows page by page, and fetches the next page while one is written. */
export async function eachPage<R extends object>(
  queries: Queries,
  { columns, from, conditions, after, order }: ExportSelect<R>,
  write: (rows: R[]) => Promise<void>,
): Promise<void> {
  const list = Object.entries(columns).map(([name, [kind, sql]]) => `${asValue(kind, sql)} AS ${name}`)
  const flags = Object.keys(columns).filter((name) => columns[name]?.[0] === 'flag')
  const pageAfter = (row: R | undefined): Promise<R[]> => {
    const condition = where([...conditions, row === undefined ? undefined : after(row)])
    const page = queries.rawRows<R>(
      `SELECT ${list.join(', ')} FROM ${from} ${condition.sql} ORDER BY ${order} LIMIT ${pageRows}`,
      condition.values,
    )
    // The failure is thrown when the page is awaited; until then the promise has no handler.
    page.catch(() => undefined)
    return page
  }
  for (let next = pageAfter(undefined); ;) {
    const rows = await next
    const last = rows.at(-1)
    if (last === undefined) return
    next = rows.length < pageRows ? Promise.resolve([]) : pageAfter(last)
    for (const row of rows as Record<string, unknown>[]) for (const flag of flags) row[flag] = row[flag] === 1
    await write(rows)
  }
}

/** The connector would read a DATETIME as local time. */
const asValue = (kind: CellKind, sql: string): string =>
  kind === 'instant' ? `DATE_FORMAT(${sql}, '%Y-%m-%dT%H:%i:%sZ')` : sql
