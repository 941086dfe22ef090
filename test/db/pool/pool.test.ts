import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openPool } from '../../../src/db/pool/open.ts'
import { poolModes, shapeOf, type PoolMode } from '../../../src/db/pool/modes.ts'
import { defaultPoolOptions, withLease, type Pool, type PoolOptions } from '../../../src/db/pool/pool.ts'
import { defaultLimits, type Target } from '../../../src/db/target.ts'
import { testDatabase } from '../../support/database.ts'
import { brokenNetwork } from '../proxy.ts'

const database = testDatabase()

function poolOf(mode: PoolMode, options: Partial<PoolOptions> = {}, target: Target = database.target): Pool {
  const pool = openPool(mode, {
    target,
    limits: { ...defaultLimits, connectTimeoutMs: 1_000 },
    options: { ...defaultPoolOptions, size: 2, maxOverflow: 0, ...options },
  })
  onTestFinished(() => pool.close(0))
  return pool
}

const connectionIds = async (pool: Pool): Promise<number> =>
  withLease(
    pool,
    async (lease) => (await lease.rows<{ id: number }>('SELECT CONNECTION_ID() AS id, SLEEP(0.05)'))[0]!.id,
  )

describe('fifty workers on five connections', () => {
  it('nobody times out, nobody is overtaken, and everybody gets about as much as the others', async () => {
    const pool = poolOf('fair', { size: 5, timeoutMs: 20_000 })
    const stop = performance.now() + 2_000
    const served: number[] = []
    let asked = 0
    const operations = await Promise.all(
      Array.from({ length: 50 }, async () => {
        let done = 0
        for (; performance.now() < stop; done += 1) {
          const ticket = (asked += 1)
          await withLease(pool, (lease) => {
            served.push(ticket)
            return lease.rows('SELECT 1')
          })
        }
        return done
      }),
    )
    expect(served).toEqual(Array.from({ length: asked }, (_, ticket) => ticket + 1))
    const [least, most] = [Math.min(...operations), Math.max(...operations)]
    // How long a statement takes is the machine's business; with statements of one length it is exact
    // (fair-pool.test.ts).
    expect(least).toBeGreaterThan(most / 2)
    expect(pool.stats()).toMatchObject({
      timeouts: 0,
      acquired: asked,
      peak: 5,
      queuePeak: 50,
      opened: 5,
      closed: 0,
      inUse: 0,
      waiting: 0,
    })
    expect(pool.stats().maxWaitMs).toBeGreaterThan(0)
  })
})

describe.each(poolModes)('mode %s', (mode) => {
  it('serves many callers, and refuses them once it is closed', async () => {
    const pool = poolOf(mode)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => withLease(pool, (lease) => lease.rows('SELECT ? AS n', [n]))),
    )
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => [{ n }]))
    expect(pool.stats()).toMatchObject({ acquired: 20, timeouts: 0, inUse: 0, waiting: 0 })
    await pool.close()
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'POOL_CLOSED' })
    await pool.close()
  })

  it('lets a lease finish before it closes', async () => {
    const pool = poolOf(mode)
    const working = withLease(pool, (lease) => lease.rows('SELECT SLEEP(0.2) AS woken'))
    while (pool.stats().inUse === 0) await sleep(1)
    await pool.close()
    expect(await working).toEqual([{ woken: 0 }])
  })

  it('cuts one that does not', async () => {
    const pool = poolOf(mode)
    const working = withLease(pool, (lease) => lease.rows('SELECT SLEEP(60)')).catch((error: unknown) => error)
    while (pool.stats().inUse === 0) await sleep(1)
    await pool.close(50)
    expect(await working).toMatchObject({ code: 'CONNECTION_LOST' })
  })

  it('hands nobody an open transaction', async () => {
    const pool = poolOf(mode, shapeOf('static', { size: 1, maxOverflow: 0 }))
    await withLease(pool, async (lease) => {
      await lease.execute('START TRANSACTION')
      await lease.execute("INSERT INTO products (sku, name, price) VALUES ('leak', 'leak', 1)")
    })
    expect(
      await withLease(pool, (lease) =>
        lease.rows("SELECT @@in_transaction AS open, (SELECT COUNT(*) FROM products WHERE sku = 'leak') AS leaked"),
      ),
    ).toEqual([{ open: 0, leaked: 0 }])
  })

  it('has as many connections as its shape says', async () => {
    const pool = poolOf(mode)
    const ids = new Set(await Promise.all(Array.from({ length: 12 }, () => connectionIds(pool))))
    expect(ids.size).toBe({ fair: 2, driver: 2, static: 1, none: 12 }[mode])
  })

  it('lets a caller withdraw, and gives it its own time limit', async () => {
    const pool = poolOf(mode, shapeOf('static', { size: 1, maxOverflow: 0 }))
    const controller = new AbortController()
    controller.abort()
    await expect(pool.acquire({ signal: controller.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' })
    if (mode === 'none') return
    const lease = await pool.acquire()
    await expect(pool.acquire({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
    const late = new AbortController()
    const waiting = pool.acquire({ signal: late.signal })
    late.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' })
    lease.release()
    ;(await pool.acquire()).release()
  })

  it('says that nobody is there', async () => {
    const pool = poolOf(mode, { timeoutMs: 500 }, { ...database.target, socket: '/nowhere/mariadb.sock' })
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })
})

describe('the fair pool on a real server', () => {
  const block = `BEGIN NOT ATOMIC
    START TRANSACTION;
    INSERT INTO products (sku, name, price) VALUES ('hidden', 'hidden', 1);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'enough';
  END`

  it('rolls back a transaction that an error packet said nothing about', async () => {
    const pool = poolOf('fair', { size: 1 })
    await expect(withLease(pool, (lease) => lease.execute(block))).rejects.toThrow('enough')
    expect(
      await withLease(pool, (lease) =>
        lease.rows("SELECT @@in_transaction AS open, (SELECT COUNT(*) FROM products WHERE sku = 'hidden') AS leaked"),
      ),
    ).toEqual([{ open: 0, leaked: 0 }])
    expect(pool.stats()).toMatchObject({ opened: 1 })
  })

  it('replaces idle connections that the server closed, without anybody noticing', async () => {
    const pool = poolOf('fair', { size: 3, pingAfterIdleMs: 0 })
    const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()])
    for (const lease of leases) lease.release()
    for (const { id } of await database.connection.rows<{ id: number }>(
      'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ? AND ID <> CONNECTION_ID()',
      [database.name],
    )) {
      await database.connection.execute(`KILL CONNECTION ${id}`)
    }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => withLease(pool, (lease) => lease.rows('SELECT 1 AS alive'))),
    )
    expect(answers).toEqual(Array.from({ length: 10 }, () => [{ alive: 1 }]))
  })

  it('does not give away a connection on which a statement still runs', async () => {
    const pool = poolOf('fair', { size: 1 })
    const lease = await pool.acquire()
    const forgotten = lease.rows('SELECT SLEEP(60)').catch((error: unknown) => error)
    lease.release()
    expect(await withLease(pool, (next) => next.rows('SELECT 1 AS alive'))).toEqual([{ alive: 1 }])
    expect(await forgotten).toMatchObject({ code: 'CONNECTION_LOST' })
  })

  it('finds five connections that a firewall has forgotten within the deadline of one caller', async () => {
    const network = await brokenNetwork(database.target)
    const pool = poolOf('fair', { size: 5, timeoutMs: 1_000, pingAfterIdleMs: 0 }, network.target)
    const leases = await Promise.all(Array.from({ length: 5 }, () => pool.acquire()))
    for (const lease of leases) lease.release()
    network.forget()
    expect(await withLease(pool, (lease) => lease.rows('SELECT 1 AS alive'))).toEqual([{ alive: 1 }])
    expect(pool.stats()).toMatchObject({ open: 1, opened: 6, closed: 5, timeouts: 0 })
  })

  it('does not count connections that the server has closed as open', async () => {
    const pool = poolOf('fair', { size: 3 })
    const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()])
    const ids = await Promise.all(leases.map((lease) => lease.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')))
    for (const lease of leases) lease.release()
    for (const { id } of ids.flat().slice(0, 2)) await database.connection.execute(`KILL ${id}`)
    while (pool.stats().open > 1) await sleep(5)
    expect(pool.stats()).toMatchObject({ open: 1, idle: 1, closed: 2 })
  })

  it('keeps its deadline when the network swallows everything, and is well again after that', async () => {
    const network = await brokenNetwork(database.target)
    const pool = poolOf('fair', { size: 1, timeoutMs: 400, pingAfterIdleMs: 0 }, network.target)
    await connectionIds(pool)
    network.swallow()
    await expect(pool.acquire()).rejects.toMatchObject({
      code: 'POOL_TIMEOUT',
      message: expect.stringContaining('no connection within 400 ms from a pool of 1 + 0'),
    })
    network.recover()
    while ((await connectionIds(pool).catch(() => 0)) === 0) await sleep(20)
    expect(pool.stats().idle).toBe(1)
  })
})
