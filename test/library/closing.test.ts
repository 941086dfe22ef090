import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createPool, transaction, type ShopPool } from '../../src/index.ts'
import { listening } from '../db/proxy.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'

const database = testDatabase({ migrated: false })
/** Longer than a test may take. */
const connectTimeoutMs = 600_000

describe('await using', () => {
  it('closes a pool', async () => {
    const pool = poolOn(database)
    await pool.query('SELECT 1')
    await pool[Symbol.asyncDispose]()
    await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'POOL_CLOSED' })
    expect(pool.stats()).toMatchObject({ open: 0 })
  })
})

describe('close() gives up the connections that are opening, so that the process can end', () => {
  it('to a server that never greets', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined))
    const port = await listening(server)
    const pool = createPool({ host: '127.0.0.1', port, user: 'nobody', connectTimeoutMs })
    const query = pool.query('SELECT 1').catch((error: unknown) => error)
    const [socket] = (await once(server, 'connection')) as [Socket]
    socket.resume()
    const closed = once(socket, 'close')
    await pool.close()
    expect(await query).toMatchObject({ code: 'POOL_CLOSED' })
    await closed
    expect(pool.stats()).toMatchObject({ open: 0, opening: 0 })
  })

  it('that have not been begun', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => undefined)))
    const pool = createPool({ host: '127.0.0.1', port, user: 'nobody', connectTimeoutMs })
    const query = pool.query('SELECT 1').catch((error: unknown) => error)
    await pool.close()
    expect(await query).toMatchObject({ code: 'POOL_CLOSED' })
    expect(pool.stats()).toMatchObject({ open: 0, opening: 0 })
  })

  it('whose password never comes', async () => {
    let asked = (): void => undefined
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const password = (): Promise<string> => {
      asked()
      return new Promise(() => undefined)
    }
    const pool = poolOn(database, { password, connectTimeoutMs })
    const query = pool.query('SELECT 1').catch((error: unknown) => error)
    await isAsked
    await pool.close()
    expect(await query).toMatchObject({ code: 'POOL_CLOSED' })
    expect(pool.stats()).toMatchObject({ open: 0, opening: 0 })
  })

  it('while they log in', async () => {
    for (let round = 0; round < 20; round += 1) {
      const pool = poolOn(database, { connectTimeoutMs })
      const queries = [1, 2, 3].map(() => pool.query('SELECT 1').catch((error: unknown) => error))
      await new Promise((resolve) => setTimeout(resolve, round))
      await pool.close()
      for (const answer of await Promise.all(queries))
        if (!Array.isArray(answer)) expect(answer).toMatchObject({ code: 'POOL_CLOSED' })
      expect(pool.stats()).toMatchObject({ open: 0, opening: 0, stopping: 0, waiting: 0 })
    }
  })
})

describe('close(), whatever the pool is doing', () => {
  const sleeping = 'SELECT SLEEP(60)'
  const ended = [/^ok$/, /^POOL_CLOSED$/, /^CONNECTION_LOST$/, /^INTERRUPTED$/, /^STATEMENT_TIMEOUT$/]
  const endings = async (work: readonly Promise<unknown>[]): Promise<string[]> =>
    (await Promise.all(work.map((one) => one.catch((error: unknown) => error)))).map((answer) =>
      answer instanceof Error ? ((answer as { code?: string }).code ?? answer.message) : 'ok',
    )

  it.each<[string, (pool: ShopPool) => Promise<unknown>[]]>([
    ['nothing', () => []],
    ['resting', (pool) => [pool.query('SELECT 1').then(() => pool.close(0))]],
    ['opening', (pool) => [pool.query('SELECT 1'), pool.query('SELECT 1')]],
    ['running statements, and others wait', (pool) => Array.from({ length: 5 }, () => pool.query(sleeping))],
    ['reading rows', (pool) => [pool.stream("SELECT REPEAT('x', 1000) FROM seq_1_to_500000").next()]],
    ['leaving rows', (pool) => [leaving(pool)]],
    ['cancelling', (pool) => [pool.query(sleeping, [], { timeoutMs: 30 }), cancelling(pool)]],
    ['stopping what a released lease left', (pool) => [abandoning(pool)]],
    ['resetting a session', (pool) => [pool.query("SET sql_mode = ''"), pool.query('SELECT 1')]],
    ['rolling back', (pool) => [pool.query('START TRANSACTION'), pool.query('SELECT 1')]],
    ['in a transaction', (pool) => [transaction(pool, (tx) => tx.rows(sleeping))]],
    ['acquiring', (pool) => [pool.acquire(), pool.acquire(), pool.acquire()]],
  ])('%s: everybody has an answer, and nothing is left at the server', async (_what, begin) => {
    for (const pauseMs of [0, 5, 40]) {
      const pool = poolOn(database, { size: 2, maxOverflow: 0 })
      if (pauseMs > 0) await pool.query('SELECT 1')
      const work = begin(pool)
      const answers = endings(work)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      await pool.close(20)
      for (const answer of await answers)
        expect(
          ended.some((one) => one.test(answer)),
          answer,
        ).toBe(true)
      expect(pool.stats()).toMatchObject({ open: 0, opening: 0, stopping: 0, waiting: 0, idle: 0 })
      await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'POOL_CLOSED' })
    }
    const left = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'SELECT%SLEEP(60)%'"
    expect(await database.connection.rows(`${left} AND ID <> CONNECTION_ID()`, [database.name])).toEqual([])
  })

  async function leaving(pool: ShopPool): Promise<void> {
    for await (const row of pool.stream("SELECT REPEAT('x', 1000) AS x FROM seq_1_to_500000")) if ('x' in row) break
  }

  async function cancelling(pool: ShopPool): Promise<void> {
    const lease = await pool.acquire()
    const statement = lease.rows(sleeping).catch(() => undefined)
    await lease.cancel()
    lease.release()
    await statement
  }

  async function abandoning(pool: ShopPool): Promise<void> {
    const lease = await pool.acquire()
    const statement = lease.rows(sleeping)
    lease.release()
    await statement
  }
})
