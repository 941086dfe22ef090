import type { Value } from '../db/queries.ts'

/** A condition and the values that it binds. */
export interface Condition {
  readonly sql: string
  readonly values: readonly Value[]
}

/** The WHERE of a list: only what was asked for; undefined conditions were not. */
export function where(conditions: readonly (Condition | undefined)[]): Condition {
  const given = conditions.filter((condition) => condition !== undefined)
  if (given.length === 0) return { sql: '', values: [] }
  return {
    sql: `WHERE ${given.map(({ sql }) => `(${sql})`).join(' AND ')}`,
    values: given.flatMap(({ values }) => values),
  }
}

/** Substring search over several columns, in which % and _ are letters. */
export function contains(columns: readonly string[], text: string): Condition {
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`
  return {
    sql: columns.map((column) => `${column} LIKE ? ESCAPE '!'`).join(' OR '),
    values: columns.map(() => pattern),
  }
}

/** Undefined is not asked for; one of none is nobody. */
export function oneOf(column: string, values: readonly Value[] | undefined): Condition | undefined {
  if (values === undefined) return undefined
  return values.length === 0
    ? { sql: 'FALSE', values }
    : { sql: `${column} IN (${values.map(() => '?').join(', ')})`, values }
}

/** A column to sort by; a minus before it, as in `-created_at`, reverses it. */
export interface Sort<C extends string> {
  readonly column: C
  readonly descending: boolean
}

export interface Page {
  /** Zero is no limit. */
  readonly limit: number
  readonly offset: number
}

/**
 * Ties break by id, so that pages neither repeat nor lose a row. Columns come from our own lists, never from outside.
 */
export function orderAndPage(table: string, sort: Sort<string>, page: Page): Condition {
  const direction = sort.descending ? 'DESC' : 'ASC'
  const everything = Number.MAX_SAFE_INTEGER
  return {
    sql: `ORDER BY ${table}.${sort.column} ${direction}, ${table}.id ${direction} LIMIT ? OFFSET ?`,
    values: [page.limit === 0 ? everything : page.limit, page.offset],
  }
}
