import type { Queries } from '../../db/queries.ts'
import { where, type Condition } from '../filters.ts'

/** More at once are not faster, and take more memory. */
const pageRows = 1_000

/** Takes a page of rows; resolves when there is room for the next one. */
export type WritePage = (rows: readonly object[]) => Promise<void>

/** A SELECT that goes on behind any of its rows. */
export interface PagedSelect<R> {
  /** Without WHERE and what follows it. */
  readonly sql: string
  readonly conditions: readonly (Condition | undefined)[]
  /** What is true of every row behind this one. */
  readonly after: (row: R) => Condition
  readonly order: string
}

/** Writes all rows, page by page; while a page is written, the next one is on its way. Call it in a snapshot. */
export async function eachPage<R extends object>(
  queries: Queries,
  { sql, conditions, after, order }: PagedSelect<R>,
  write: (rows: R[]) => Promise<void>,
): Promise<void> {
  const pageAfter = (row: R | undefined): Promise<R[]> => {
    const condition = where([...conditions, row === undefined ? undefined : after(row)])
    const page = queries.rawRows<R>(`${sql} ${condition.sql} ORDER BY ${order} LIMIT ${pageRows}`, condition.values)
    // It is waited for when its turn comes; until then nobody listens to its failure.
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

/** A DATETIME as an instant in ISO 8601. */
export const isoText = (column: string): string => `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%sZ')`
