import type { Queries } from '../../db/queries.ts'
import { where, type Condition } from '../filters.ts'

/** Larger pages are not faster and use more memory. */
const pageRows = 1_000

/** Writes a page of rows; resolves when the next page can be written. */
export type WritePage = (rows: readonly object[]) => Promise<void>

/** A SELECT that can continue after any of its rows. */
export interface PagedSelect<R> {
  /** The statement without WHERE and the clauses after it. */
  readonly sql: string
  readonly conditions: readonly (Condition | undefined)[]
  /** The condition for the rows after this one. */
  readonly after: (row: R) => Condition
  readonly order: string
}

/** Writes all rows page by page, and fetches the next page while one is written. Call it in a snapshot. */
export async function eachPage<R extends object>(
  queries: Queries,
  { sql, conditions, after, order }: PagedSelect<R>,
  write: (rows: R[]) => Promise<void>,
): Promise<void> {
  const pageAfter = (row: R | undefined): Promise<R[]> => {
    const condition = where([...conditions, row === undefined ? undefined : after(row)])
    const page = queries.rawRows<R>(`${sql} ${condition.sql} ORDER BY ${order} LIMIT ${pageRows}`, condition.values)
    // The failure is thrown when the page is awaited; until then the promise has no handler.
    page.catch(() => undefined)
    return page
  }
  for (let next = pageAfter(undefined); ;) {
    const rows = await next
    const last = rows.at(-1)
    if (last === undefined) return
    next = rows.length < pageRows ? Promise.resolve([]) : pageAfter(last)
    await write(rows)
  }
}

/** Formats a DATETIME as an instant in ISO 8601. */
export const isoText = (column: string): string => `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%sZ')`
