import type { Database } from '../db/database.ts'
import { parseWhole } from '../values.ts'
import { sql, type Sql } from './sql.ts'

/** What every report can be asked for. */
export interface Asked {
  readonly since: Date | undefined
  readonly until: Date | undefined
  /** Zero is all. */
  readonly limit: number
  readonly now: Date
}

/** What one report can be asked for besides, as a flag. */
export interface Parameter<T> {
  /** As it is declared: `--min-spent <amount>`; the parameter has its name. */
  readonly flag: string
  readonly about: string
  /** Throws InvalidValue with a sentence that continues after the flag. */
  readonly parse: (text: string) => T
  /** The default, as it would be typed. */
  readonly typed: string
  /** The flag with which it cannot be given. */
  readonly excludes?: 'since'
}

export interface ReportColumn {
  readonly name: string
  readonly kind: 'text' | 'number'
}

/** What `--chart` draws: a bar for each row, or a line down the rows. */
export interface Chart {
  readonly kind: 'bars' | 'line'
  readonly column: string
}

interface Declaration<P> {
  /** As it is typed. */
  readonly name: string
  readonly question: string
  /** What `--since` and `--until` choose. */
  readonly period: 'orders' | 'only products ordered'
  readonly parameters: { readonly [K in keyof P]: Parameter<P[K]> }
  readonly columns: readonly ReportColumn[]
  /**
   * Rows when nobody says how many. Undefined: the report counts something else, and `limit` is a parameter of its own.
   */
  readonly rows?: number
  readonly empty: string
  /** What can be typed after the name, for the help. */
  readonly examples: readonly string[]
  /** Undefined: there is nothing to draw. */
  chart?(parameters: P): Chart
}

/**
 * A report is data: what it asks, what it can be asked for, what it answers. One runner and one command factory serve
 * them all.
 */
export interface Report<P = Record<string, unknown>> extends Declaration<P> {
  answer(db: Database, asked: Asked & P): Promise<object[]>
}

/** A report of one statement, which has its own LIMIT. Cancelled orders never count. */
export function report<P>({
  statement,
  ...declaration
}: Declaration<P> & { readonly statement: (asked: Asked & P) => Sql }): Report<P> {
  return {
    ...declaration,
    answer(db, asked) {
      const { text, values } = statement({ ...asked, limit: rowsOf(asked) })
      return db.rows<object>(text, values)
    },
  }
}

/** For LIMIT, which has no word for all. */
export function rowsOf({ limit }: Pick<Asked, 'limit'>): number {
  return limit === 0 ? Number.MAX_SAFE_INTEGER : limit
}

/** The orders `o` that count: not cancelled, and of the period. */
export function counted({ since, until }: Pick<Asked, 'since' | 'until'>): Sql {
  const from = since === undefined ? sql`` : sql` AND o.created_at >= ${since}`
  const before = until === undefined ? sql`` : sql` AND o.created_at < ${until}`
  return sql`o.status <> 'cancelled'${from}${before}`
}

export const number = (name: string): ReportColumn => ({ name, kind: 'number' })
export const text = (name: string): ReportColumn => ({ name, kind: 'text' })

/** Zero is often all. */
export const parseCount = parseWhole(0, 2_147_483_647)
