import type { Database } from '../db/database.ts'
import type { OnRows } from '../db/queries.ts'
import type { Zone } from '../time-zone.ts'
import { largestInt, parseWhole } from '../values.ts'
import { sql, type Sql } from './sql.ts'

/** The parameters of every report. */
export interface Asked {
  readonly since: Date | undefined
  readonly until: Date | undefined
  /** Zero means no limit. */
  readonly limit: number
  readonly now: Date
  /** The zone of days, weeks and months. */
  readonly zone: Zone
}

/** A further parameter of one report, given as a flag. */
export interface Parameter<T> {
  /** The flag declaration, such as `--min-spent <amount>`; the parameter has its name. */
  readonly flag: string
  readonly about: string
  /** Throws InvalidValue with a sentence that continues after the flag. */
  readonly parse: (text: string) => T
  /** The default, as the user would type it. */
  readonly typed: string
  /** The flag that conflicts with this one. */
  readonly excludes?: 'since'
}

export interface ReportColumn {
  readonly name: string
  readonly kind: 'text' | 'number' | 'money' | 'time'
}

/** The chart of `--chart`: one bar per row, or a line down the rows. */
export interface Chart {
  readonly kind: 'bars' | 'line'
  readonly column: string
  /** The column that names the rows in a chart of its own. */
  readonly label: string
}

interface Declaration<P> {
  /** The name as the user types it. */
  readonly name: string
  readonly question: string
  /** The rows that `--since` and `--until` select. */
  readonly period: 'orders' | 'only products ordered'
  readonly parameters: { readonly [K in keyof P]: Parameter<P[K]> }
  readonly columns: readonly ReportColumn[]
  /** Columns that a table omits on a narrow terminal, the first one first. */
  readonly spare?: readonly string[]
  /** The default limit of rows. Undefined if the report counts something else and `limit` is its own parameter. */
  readonly rows?: number
  /** The default limit is a part of the question, and not only the space on a terminal. */
  readonly isRanking?: true
  /** Example arguments for the help, to follow the name. */
  readonly examples: readonly string[]
  /** The sentence for no rows. `inPeriod` is empty where no period was asked for. */
  empty(inPeriod: '' | ' in this period', parameters: P): string
  /** Undefined if there is no chart. */
  chart?(parameters: P): Chart
  /** Adds the rows that the database does not have, such as days without orders: a chart along time needs them. */
  fillGaps?(rows: readonly object[], asked: Asked & P): object[]
}

/**
 * A report is data: its question, its parameters and its result. One runner and one command factory serve all reports.
 */
export interface Report<P = Record<string, unknown>> extends Declaration<P> {
  /** Hands over the rows; their number may be any. */
  answer(db: Database, asked: Asked & P, onRows: OnRows<object>): Promise<void>
}

/** Declares a report of one statement with its own LIMIT. Cancelled orders never count. */
export function report<P>({
  statement,
  ...declaration
}: Declaration<P> & { readonly statement: (asked: Asked & P, db: Database) => Sql | Promise<Sql> }): Report<P> {
  return {
    ...declaration,
    async answer(db, asked, onRows) {
      const { text, values } = await statement({ ...asked, limit: rowsOf(asked) }, db)
      await db.each<object>(text, values, onRows)
    },
  }
}

/** The value for LIMIT, which has no keyword for all rows. */
export function rowsOf({ limit }: Pick<Asked, 'limit'>): number {
  return limit === 0 ? Number.MAX_SAFE_INTEGER : limit
}

/** The condition for orders `o` that count: not cancelled, and within the period. */
export function counted({ since, until }: Pick<Asked, 'since' | 'until'>): Sql {
  const from = since === undefined ? sql`` : sql` AND o.created_at >= ${since}`
  const before = until === undefined ? sql`` : sql` AND o.created_at < ${until}`
  return sql`o.status <> 'cancelled'${from}${before}`
}

/** Cancelled orders do not count, and there may be some. */
export const noOrders = (inPeriod: string): string => `No orders${inPeriod}, or only cancelled ones.`

export const number = (name: string): ReportColumn => ({ name, kind: 'number' })
export const text = (name: string): ReportColumn => ({ name, kind: 'text' })
export const money = (name: string): ReportColumn => ({ name, kind: 'money' })
/** An instant, or a day, week or month. */
export const time = (name: string): ReportColumn => ({ name, kind: 'time' })

/** A count from 0, which often means all. */
export const parseCount = parseWhole(0, largestInt)
