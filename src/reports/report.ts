import type { Queries, Value } from '../db/queries.ts'

/** What a report can be asked for. */
export interface Parameters {
  readonly since: Date | undefined
  readonly until: Date | undefined
  /** Zero is all. */
  readonly limit: number
  /** One of the report's `choices`. */
  readonly by: string
}

/** A report is data: what it asks, what it answers, and its SQL; one runner and one command factory serve them all. */
export interface Report {
  /** As it is typed. */
  readonly name: string
  readonly question: string
  readonly columns: readonly ReportColumn[]
  /** What `--by` may be; the first is the default. */
  readonly choices: readonly string[]
  readonly defaultLimit: number
  /** The statement for these parameters, without its LIMIT. Cancelled orders never count. */
  statement(parameters: Parameters): { readonly sql: string; readonly values: readonly Value[] }
}

export interface ReportColumn {
  readonly name: string
  readonly kind: 'text' | 'number'
}

export async function runReport(queries: Queries, report: Report, parameters: Parameters): Promise<Record<string, unknown>[]> {
  const { sql, values } = report.statement(parameters)
  const limit = parameters.limit === 0 ? Number.MAX_SAFE_INTEGER : parameters.limit
  return queries.rows(`${sql} LIMIT ?`, [...values, limit])
}

/** The condition on the time of orders, and its values. */
export function ordered({ since, until }: Parameters): { sql: string; values: Value[] } {
  const conditions = [`o.status <> 'cancelled'`]
  const values: Value[] = []
  if (since !== undefined) {
    conditions.push('o.created_at >= ?')
    values.push(since)
  }
  if (until !== undefined) {
    conditions.push('o.created_at < ?')
    values.push(until)
  }
  return { sql: conditions.join(' AND '), values }
}
