import type { Lease } from '../db/lease.ts'
import { chooser, parseStatement, type DataRow, type Statement } from './statement.ts'

/** What one iteration does on the connection that it got. */
export interface Workload {
  readonly name: string
  readonly iterate: (lease: Lease) => Promise<unknown>
}

/** One of the statements each time, by their weights; rows of the data file are taken in their order, from the first again after the last. */
export function statementWorkload(statements: readonly Statement[], data: readonly DataRow[] = []): Workload {
  const next = chooser(statements)
  let row = -1
  return {
    name: 'sql',
    iterate: (lease) => {
      const { sql, parameters } = next()
      if (parameters.length === 0) return lease.rows(sql)
      row = (row + 1) % Math.max(1, data.length)
      return lease.prepared(sql, parameters.map((parameter) => parameter(data[row])))
    },
  }
}

/** What needs nothing in the database. */
export const builtIn = {
  ping: 'DO 0',
  sleep: 'SELECT SLEEP(0.1)',
} as const

export const sqlWorkload = (sql: string): Workload => statementWorkload([parseStatement(sql)])
