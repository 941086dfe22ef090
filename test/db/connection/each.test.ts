import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { PooledDatabase } from '../../../src/db/database.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../../src/db/pool/pool.ts'
import { defaultLimits, type Limits } from '../../../src/db/target.ts'
import { testDatabase } from '../../support/database.ts'
import { brokenNetwork } from '../proxy.ts'

const database = testDatabase({ migrated: false })
const many = 'SELECT seq AS n, REPEAT(seq, 20) AS text FROM seq_1_to_50000'

async function connected(limits: Partial<Limits> = {}): Promise<Connection> {
  const db = await connect(database.target, { ...defaultLimits, ...limits })
  onTestFinished(() => db.close())
  return db
}

/** Resolves when no statement like this one runs any more. */
async function untilGone(like: string): Promise<void> {
  const running = 'SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE ? AND ID <> CONNECTION_ID()'
  while ((await database.connection.rows(running, [database.name, like])).length > 0) await sleep(10)
}

const nothing = (): Promise<void> => Promise.resolve()

describe('the rows of a SELECT, in batches,', () => {
  it('are the same as at once, and the connection is free afterwards', async () => {
    const db = await connected()
    const rows: unknown[] = []
    let largest = 0
    await db.each(`${many} WHERE seq > ?`, [7], (batch) => {
      rows.push(...batch)
      largest = Math.max(largest, batch.length)
      return nothing()
    })
    expect(rows).toEqual(await db.rows(`${many} WHERE seq > ?`, [7]))
    expect(largest).toBeLessThanOrEqual(1_000)
    expect(db.busy).toBe(false)
  })

  it('of none are no batch', async () => {
    let batches = 0
    await (await connected()).each('SELECT 1 FROM DUAL WHERE FALSE', [], () => ((batches += 1), nothing()))
    expect(batches).toBe(0)
  })

  it('have the types of all rows: money is text, a time is an instant', async () => {
    const sql =
      "SELECT CAST(2 AS DECIMAL(10, 2)) AS price, TIMESTAMP'2026-01-02 03:04:05' AS at, COUNT(*) AS n, NULL AS x"
    await (
      await connected()
    ).each(sql, [], (rows) => {
      expect(rows).toEqual([{ price: '2.00', at: new Date('2026-01-02T03:04:05Z'), n: 1, x: null }])
      return nothing()
    })
  })

  it('end where the pool is closed, and their lease is released', async () => {
    const pool = openPool('fair', { target: database.target, limits: defaultLimits, options: defaultPoolOptions })
    const db = new PooledDatabase(pool)
    const cut = db.each('SELECT SLEEP(60), 2', [], nothing)
    const failure = expect(cut).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    while (!(pool.stats().inUse > 0)) await sleep(5)
    await pool.close(0)
    await failure
    await untilGone('%SLEEP(60), 2%')
    expect(pool.stats()).toMatchObject({ inUse: 0, open: 0 })
  })
})

type OnBatch = (rows: number) => Promise<void>

describe.each([
  ['rows', (db: Connection, sql: string, on: OnBatch) => db.each(sql, [], (batch) => on(batch.length))],
  ['bytes', (db: Connection, sql: string, on: OnBatch) => db.eachCells(sql, [], ({ rows }) => on(rows))],
])('the %s of a SELECT, in batches,', (_what, read) => {
  it('wait for a reader that is slower than the time limit of a statement', async () => {
    const db = await connected({ statementTimeoutMs: 200 })
    let rows = 0
    await read(db, many, async (batch) => {
      if (rows === 0) await sleep(1_000)
      rows += batch
    })
    expect(rows).toBe(50_000)
  })

  it('do not wait for a server that is slower than it, and nothing stays behind', async () => {
    const db = await connected({ statementTimeoutMs: 200 })
    await expect(read(db, 'SELECT SLEEP(60)', nothing)).rejects.toMatchObject({
      code: 'STATEMENT_TIMEOUT',
      message: expect.stringMatching(/ has sent no row for 200 ms$/),
      hint: 'the statement was stopped; raise DB_STATEMENT_TIMEOUT to allow more time',
    })
    expect(db.usable).toBe(false)
    await untilGone('%SLEEP(60)%')
  })

  it('end with the error of their reader, unchanged, and nothing stays behind', async () => {
    const db = await connected()
    const enough = new Error('enough')
    await expect(read(db, `${many} WHERE seq <> 11`, () => Promise.reject(enough))).rejects.toBe(enough)
    expect(await db.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await untilGone('%seq <> 11%')
  })

  it.each([
    ['before the first row', 'SELECT nonsense', 'QUERY_FAILED'],
    ['after thousands of rows', 'SELECT 18446744073709531615 + seq > 0 AS n FROM seq_1_to_50000', 'CONSTRAINT'],
  ])('end with an error of the server %s, after which the connection can be used', async (_when, sql, code) => {
    const db = await connected()
    await expect(read(db, sql, nothing)).rejects.toMatchObject({ code })
    expect(await db.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    const sizes: number[] = []
    await read(db, 'SELECT 2', (rows) => (sizes.push(rows), nothing()))
    expect(sizes).toEqual([1])
  })

  it('end where the connection does', async () => {
    const network = await brokenNetwork(database.target)
    const db = await connect(network.target)
    const broken = read(db, many, async () => {
      network.cut()
      await sleep(10)
    })
    await expect(broken).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })
})
