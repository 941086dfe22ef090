import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, inject } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { PooledDatabase } from '../../src/db/database.ts'
import { grant } from '../../src/db/privileges/grant.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions, type PoolOptions } from '../../src/db/pool/pool.ts'
import type { Queries, Value } from '../../src/db/queries.ts'
import { grantStatements, roles } from '../../src/db/privileges/roles.ts'
import { defaultLimits, socketTarget, type Target } from '../../src/db/target.ts'
import { appAccount } from './people.ts'

/** A database of its own for one test file; call it at the top of the file. */
export interface TestDatabase {
  readonly name: string
  readonly target: Target
  /** One connection to it, open while the file's tests run. */
  readonly connection: Connection
}

export function testDatabase({ migrated = true }: { migrated?: boolean } = {}): TestDatabase {
  const name = `test_${randomBytes(6).toString('hex')}`
  const state: { connection?: Connection } = {}
  const target = socketTarget(inject('socket'), inject('osUser'), name)
  beforeAll(async () => {
    const server = await connect(socketTarget(inject('socket'), inject('osUser')))
    await server.execute(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
    await grant(
      server,
      appAccount,
      roles.filter(({ name: role }) => role === 'app').flatMap((role) => grantStatements(role, name, appAccount)),
    )
    await server.close()
    state.connection = await connect(target)
    if (migrated) await createTables(state.connection)
  })
  afterAll(async () => {
    await state.connection?.execute(`DROP DATABASE IF EXISTS ${name}`)
    await state.connection?.close()
  })
  return {
    name,
    target,
    get connection() {
      if (state.connection === undefined) throw new Error('the database is there only while tests run')
      return state.connection
    },
  }
}

async function createTables(connection: Connection): Promise<void> {
  const { tables, applied } = inject('schema')
  await connection.execute('SET foreign_key_checks = 0')
  for (const table of tables) await connection.execute(table)
  await connection.execute(`INSERT INTO schema_migrations ${applied}`)
  await connection.execute('SET foreign_key_checks = 1')
}

/** A pool on it that is closed after `work`. */
export async function withPool<T>(
  target: Target,
  options: Partial<PoolOptions>,
  work: (db: PooledDatabase) => Promise<T>,
): Promise<T> {
  const pool = openPool('fair', { target, limits: defaultLimits, options: { ...defaultPoolOptions, ...options } })
  try {
    return await work(new PooledDatabase(pool))
  } finally {
    await pool.close()
  }
}

/** The same, but for some of its parts. */
export function replacing<P extends Partial<Queries>>(db: Queries, parts: P): Queries & P {
  const whole: Queries = {
    rows: (sql, values) => db.rows(sql, values),
    execute: (sql, values) => db.execute(sql, values),
    prepared: (sql, values) => db.prepared(sql, values),
    rawRows: (sql, values) => db.rawRows(sql, values),
    each: (sql, values, onRows) => db.each(sql, values, onRows),
    eachCells: (sql, values, onCells) => db.eachCells(sql, values, onCells),
    bulk: (sql, rows) => db.bulk(sql, rows),
  }
  return { ...whole, ...parts }
}

/** The same, but it keeps every error of a prepared statement: also of one that is then tried again. */
export function listening(db: Queries, errors: unknown[]): Queries {
  return replacing(db, {
    prepared: <T>(sql: string, values: readonly Value[]) =>
      db.prepared<T>(sql, values).catch((error: unknown) => {
        errors.push(error)
        throw error
      }),
  })
}

/** Resolves when a statement like this one runs in the database, on a connection on which none like it ran before. */
export async function untilRuns({ connection, name }: TestDatabase, like: string): Promise<void> {
  const question =
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE ? AND ID <> CONNECTION_ID()'
  const ids = async (): Promise<number[]> =>
    (await connection.rows<{ id: number }>(question, [name, like])).map(({ id }) => id)
  const before = new Set(await ids())
  while ((await ids()).every((id) => before.has(id))) await sleep(10)
}

/** Resolves when so many statements in this database wait for rows that somebody else has locked. */
export async function untilWaiting(database: TestDatabase, statements = 1): Promise<void> {
  while ((await waitingIn(database)).length < statements) await sleep(20)
}

/**
 * Resolves to the connections in this database that wait for a row. INNODB_TRX would be simpler, but the server brings
 * it up to date only if nobody at all has read it for a tenth of a second: two tests that poll it blind each other.
 */
export async function waitingIn({ connection, name }: TestDatabase): Promise<number[]> {
  const [report] = await connection.rows<{ Status: string }>('SHOW ENGINE INNODB STATUS')
  const transactions = (report?.Status ?? '').split('---TRANSACTION ').slice(1)
  const waiting = transactions
    .filter((transaction) => /^LOCK WAIT /m.test(transaction))
    .map((transaction) => Number(/^M\w+ thread id (\d+)/m.exec(transaction)?.[1]))
  const here = await connection.rows<{ id: number }>(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ?',
    [name],
  )
  return here.map(({ id }) => id).filter((id) => waiting.includes(id))
}
