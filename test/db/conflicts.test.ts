import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { defaultLimits, type Limits } from '../../src/db/target.ts'
import { testDatabase } from '../support/database.ts'
import { expectFailure } from './expect-failure.ts'

const database = testDatabase()

beforeAll(() =>
  database.connection.execute("INSERT INTO products (sku, name, price) VALUES ('A', 'A', 1), ('B', 'B', 1)"),
)

async function another(limits: Partial<Limits> = {}): Promise<Connection> {
  const db = await connect(database.target, { ...defaultLimits, ...limits })
  onTestFinished(() => db.close())
  return db
}

const idOf = async (db: Connection): Promise<number> =>
  (await db.rows<{ id: number }>('SELECT CONNECTION_ID() AS id'))[0]!.id

/** Resolves once the server is running `sql` on another connection. */
async function running(sql: string): Promise<void> {
  const question = 'SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE ? AND ID <> CONNECTION_ID()'
  while ((await database.connection.rows(question, [database.name, `${sql}%`])).length === 0) await sleep(5)
}

describe('a statement that others are in the way of', () => {
  const lockA = "SELECT * FROM products WHERE sku = 'A' FOR UPDATE"
  const lockB = "SELECT * FROM products WHERE sku = 'B' FOR UPDATE"
  let holder: Connection
  beforeEach(async () => {
    holder = await another()
    await holder.execute('START TRANSACTION')
    await holder.rows(lockA)
  })

  it('a lock wait: the transaction is still open', async () => {
    const db = await another({ lockWaitMs: 1_000 })
    await db.execute('START TRANSACTION')
    await expectFailure(db.rows(lockA), {
      code: 'LOCK_TIMEOUT',
      exitCode: 1,
      message: 'Lock wait timeout exceeded',
      hint: 'try again',
    })
    expect(db.inTransaction).toBe(true)
    expect(await db.rows('SELECT @@in_transaction AS open')).toEqual([{ open: 1 }])
  })

  it('a deadlock: the transaction is gone, and the connection knows', async () => {
    const db = await another()
    await db.execute('START TRANSACTION')
    await db.execute("UPDATE products SET stock = stock + 1 WHERE sku = 'B'")
    const [mine, theirs] = await Promise.allSettled([db.rows(lockA), running(lockA).then(() => holder.rows(lockB))])
    const [loser, reason] =
      mine.status === 'rejected' ? [db, mine.reason as unknown] : [holder, (theirs as PromiseRejectedResult).reason]
    await expectFailure(Promise.reject(reason as Error), {
      code: 'DEADLOCK',
      exitCode: 1,
      message: 'Deadlock found',
      hint: 'try again',
    })
    expect([mine.status, theirs.status].sort()).toEqual(['fulfilled', 'rejected'])
    expect(loser.inTransaction).toBe(false)
    expect(await loser.rows('SELECT @@in_transaction AS open')).toEqual([{ open: 0 }])
  })

  it('a statement time-out', async () => {
    const db = await another({ statementTimeoutMs: 100 })
    await expectFailure(db.rows(lockA), {
      code: 'STATEMENT_TIMEOUT',
      exitCode: 1,
      message: 'max_statement_time exceeded',
      hint: 'DB_STATEMENT_TIMEOUT',
    })
    expect(await db.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })

  it.each([
    ['KILL QUERY', { code: 'STATEMENT_TIMEOUT', exitCode: 1, message: 'interrupted', hint: 'KILL QUERY' }, true],
    ['KILL CONNECTION', { code: 'CONNECTION_LOST', exitCode: 4, message: 'was lost', hint: 'try again' }, false],
  ] as const)('%s in the middle', async (kill, expected, survives) => {
    const db = await another()
    const id = await idOf(db)
    const failure = expectFailure(db.rows(lockA), expected)
    await running(lockA)
    await holder.execute(`${kill} ${id}`)
    await failure
    expect(db.usable).toBe(survives)
  })
})
