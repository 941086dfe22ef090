import { randomBytes } from 'node:crypto'
import type { Lease } from '../db/lease.ts'
import { whole, type Part } from './part.ts'
import { chooser, drawn, parseStatement, type DataRow, type Statement } from './statement.ts'

/** What one iteration does on the connection that it got. */
export type Iterate = (lease: Lease) => Promise<unknown>

/** Statements as work, in plain data: threads can be told. */
export interface StatementWork {
  readonly statements: readonly Statement[]
  /** Rows are taken in their order, from the first again after the last. */
  readonly data: readonly DataRow[]
}

/** A table of the work's own, in the database where the load is: what makes it, and what removes it. */
export interface Scratch {
  readonly make: readonly string[]
  readonly remove: string
}

/** One of the statements each time, by their weights. Parts take different rows of the data. */
export function iterateStatements({ statements, data }: StatementWork, { index, of }: Part = whole): Iterate {
  const next = chooser(statements)
  let row = index - of
  return (lease) => {
    const { sql, parameters } = next()
    if (parameters.length === 0) return lease.rows(sql)
    row += of
    return lease.prepared(
      sql,
      parameters.map((parameter) => drawn(parameter, data[row % data.length])),
    )
  }
}

/** What needs nothing in the database. */
export const builtIn = {
  ping: 'DO 0',
  sleep: 'SELECT SLEEP(0.1)',
} as const

export const sqlWork = (sql: string): StatementWork => ({ statements: [parseStatement(sql)], data: [] })
export const iterateSql = (sql: string): Iterate => iterateStatements(sqlWork(sql))

const scratchRows = 10_000

/** One row of many by its key: read, or changed. In a table of its own, whose name no other run has. */
export function scratchWork(kind: 'read' | 'write'): StatementWork & { readonly scratch: Scratch } {
  const table = `dbtool_stress_${randomBytes(6).toString('hex')}`
  const sql =
    kind === 'read'
      ? `SELECT n, filler FROM ${table} WHERE id = {{random 1 ${scratchRows}}}`
      : `UPDATE ${table} SET n = n + 1 WHERE id = {{random 1 ${scratchRows}}}`
  return {
    ...sqlWork(sql),
    scratch: {
      make: [
        `CREATE TABLE ${table} (id INT PRIMARY KEY, n INT NOT NULL, filler CHAR(84) NOT NULL) ENGINE = InnoDB COMMENT = 'of a dbtool pool stress; can be dropped when none is running'`,
        `INSERT INTO ${table} SELECT seq, 0, '' FROM seq_1_to_${scratchRows}`,
      ],
      remove: `DROP TABLE IF EXISTS ${table}`,
    },
  }
}
