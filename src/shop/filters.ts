import type { Value } from '../db/queries.ts'

/** A condition, or another piece of a statement, and the values that it binds. */
export interface Condition {
  readonly sql: string
  readonly values: readonly Value[]
}

/** The WHERE clause of a list; undefined conditions are skipped. */
export function where(conditions: readonly (Condition | undefined)[]): Condition {
  const given = conditions.filter((condition) => condition !== undefined)
  if (given.length === 0) return { sql: '', values: [] }
  return {
    sql: `WHERE ${given.map(({ sql }) => `(${sql})`).join(' AND ')}`,
    values: given.flatMap(({ values }) => values),
  }
}

/** The parts of a statement one after the other, with all their values. */
export function joined(...parts: readonly (string | Condition)[]): Condition {
  const pieces = parts.map((part) => (typeof part === 'string' ? { sql: part, values: [] } : part))
  return { sql: pieces.map(({ sql }) => sql).join(' '), values: pieces.flatMap(({ values }) => values) }
}

/** A substring search over several columns, in which % and _ are literal. */
export function contains(columns: readonly string[], text: string): Condition {
  return like(columns, `%${literal(text)}%`)
}

/** The same for the beginning of one column. */
export function startsWith(column: string, text: string): Condition {
  return like([column], `${literal(text)}%`)
}

const literal = (text: string): string => text.replace(/[!%_]/g, '!$&')

function like(columns: readonly string[], pattern: string): Condition {
  return {
    sql: columns.map((column) => `${column} LIKE ? ESCAPE '!'`).join(' OR '),
    values: columns.map(() => pattern),
  }
}

/** Matches any of the values. Undefined means no condition; an empty list matches nothing. */
export function oneOf(column: string, values: readonly Value[] | undefined): Condition | undefined {
  if (values === undefined) return undefined
  return values.length === 0
    ? { sql: 'FALSE', values }
    : { sql: `${column} IN (${values.map(() => '?').join(', ')})`, values }
}

/** A sort column; a leading minus, as in `-created_at`, reverses the order. */
export interface Sort<C extends string> {
  readonly column: C
  readonly descending: boolean
}

export interface Page {
  /** Zero means no limit. */
  readonly limit: number
  readonly offset: number
}

/** The ORDER BY clause. Ties break by id, so that pages neither repeat nor skip a row. */
export function orderBy(table: string, { column, descending }: Sort<string>): string {
  const direction = descending ? 'DESC' : 'ASC'
  return `ORDER BY ${table}.${column} ${direction}, ${table}.id ${direction}`
}

/** The ORDER BY and LIMIT clauses. Column names come from fixed lists, never from input. */
export function orderAndPage(table: string, sort: Sort<string>, page: Page): Condition {
  const order = orderBy(table, sort)
  if (page.limit === 0 && page.offset === 0) return { sql: order, values: [] }
  // LIMIT has no keyword for all rows.
  const limit = page.limit === 0 ? Number.MAX_SAFE_INTEGER : page.limit
  return { sql: `${order} LIMIT ? OFFSET ?`, values: [limit, page.offset] }
}
