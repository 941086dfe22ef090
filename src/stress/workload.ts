import { randomBytes } from 'node:crypto'
import type { Lease } from '../db/lease.ts'
import type { Queries } from '../db/queries.ts'
import { chooser, parseStatement, type DataRow, type Statement } from './statement.ts'

/** What one iteration does on the connection that it got. */
export interface Workload {
  readonly iterate: (lease: Lease) => Promise<unknown>
  /** A table of its own, in the database where the load is. */
  readonly scratch?: { readonly make: (queries: Queries) => Promise<unknown>; readonly remove: (queries: Queries) => Promise<unknown> }
}

/** One of the statements each time, by their weights; rows of the data file are taken in their order, from the first again after the last. */
export function statementWorkload(statements: readonly Statement[], data: readonly DataRow[] = []): Workload {
  const next = chooser(statements)
  let row = -1
  return {
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

const scratchRows = 10_000

/** One row of many by its key: read, or changed. In a table of its own, whose name no other run has. */
export function scratchWorkload(kind: 'read' | 'write'): Workload {
  const table = `dbtool_stress_${randomBytes(6).toString('hex')}`
  const sql = kind === 'read' ? `SELECT n, filler FROM ${table} WHERE id = {{random 1 ${scratchRows}}}` : `UPDATE ${table} SET n = n + 1 WHERE id = {{random 1 ${scratchRows}}}`
  return {
    ...sqlWorkload(sql),
    scratch: {
      make: async (queries) => {
        await queries.change(`CREATE TABLE ${table} (id INT PRIMARY KEY, n INT NOT NULL, filler CHAR(84) NOT NULL) ENGINE = InnoDB COMMENT = 'of a dbtool pool stress; can be dropped when none is running'`)
        await queries.change(`INSERT INTO ${table} SELECT seq, 0, '' FROM seq_1_to_${scratchRows}`)
      },
      remove: (queries) => queries.change(`DROP TABLE IF EXISTS ${table}`),
    },
  }
}
