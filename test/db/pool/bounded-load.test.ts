import { randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConnectEvent } from '../../../src/db/diagnostics.ts'
import { connect } from '../../../src/db/connection/connect.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions, type Pool, withLease } from '../../../src/db/pool/pool.ts'
import { defaultLimits, type Target } from '../../../src/db/target.ts'
import { testDatabase } from '../../support/database.ts'
import { brokenNetwork } from '../proxy.ts'

const database = testDatabase({ migrated: false })
const size = 2

function smallPool(target: Target = database.target, limits = defaultLimits): Pool {
  const pool = openPool('fair', { target, limits, options: { ...defaultPoolOptions, size, maxOverflow: 0 } })
  onTestFinished(() => pool.close(0))
  return pool
}

/** The statements of the pool at the server. */
async function running(): Promise<number> {
  const [row] = await database.connection.rows<{ count: number }>(
    "SELECT COUNT(*) AS count FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'SELECT SLEEP%'",
    [database.name],
  )
  return row?.count ?? 0
}

/** Resolves after so many attempts to connect to the database with this outcome. */
function attemptsWith(outcome: ConnectEvent['outcome'], count: number): Promise<void> {
  let left = count
  return new Promise<void>((resolve) => {
    const listener = (event: unknown): void => {
      const attempt = event as ConnectEvent
      if (attempt.database === database.name && attempt.outcome === outcome && (left -= 1) === 0) resolve()
    }
    subscribe('dbtool:connect', listener)
    onTestFinished(() => void unsubscribe('dbtool:connect', listener))
  })
}

describe('the size of a pool bounds the load on the server', () => {
  it('also when leases are released while their statements run, and after close() nothing runs', async () => {
    const pool = smallPool()
    const counts: number[] = []
    for (let caller = 0; caller < 20; caller += 1) {
      const lease = await pool.acquire()
      void lease.rows('SELECT SLEEP(60)').catch(() => undefined)
      counts.push(await running())
      lease.release()
      counts.push(await running())
    }
    await pool.close()
    expect(Math.max(...counts)).toBeLessThanOrEqual(size)
    expect(await running()).toBe(0)
  })

  it.each([
    ['destroys its lease', (lease: { destroy(): void }): void => lease.destroy()],
    ['forgets its lease until the pool is closed', (): void => undefined],
  ])('also when a caller %s', async (_what, end) => {
    const pool = smallPool()
    for (let caller = 0; caller < size; caller += 1) {
      const lease = await pool.acquire()
      void lease.rows('SELECT SLEEP(60)').catch(() => undefined)
      while ((await running()) <= caller) await running()
      end(lease)
    }
    await pool.close(0)
    expect(await running()).toBe(0)
  })

  it('also when the server has no room at first for the connection that stops a statement', async () => {
    const account = `'full_${randomBytes(4).toString('hex')}'@localhost`
    const { connection, name, target } = database
    await connection.execute(`CREATE USER ${account} IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS ${size}`)
    onTestFinished(async () => {
      await connection.execute(`DROP USER ${account}`)
    })
    await connection.execute(`GRANT SELECT ON ${name}.* TO ${account}`)
    const pool = smallPool({ ...target, user: account.split("'")[1] ?? '', password: 'x' })
    const [busy, other] = [await pool.acquire(), await pool.acquire()]
    void busy.rows('SELECT SLEEP(60)').catch(() => undefined)
    while ((await running()) < 1) await running()
    const refused = attemptsWith('UNREACHABLE', 1)
    busy.release()
    await refused
    expect([await running(), pool.stats().stopping]).toEqual([1, 1])
    other.destroy()
    other.release()
    while (pool.stats().stopping > 0) await running()
    expect(await running()).toBe(0)
  })

  it('also while the connection that would stop a statement gets no answer', async () => {
    const network = await brokenNetwork(database.target)
    const pool = smallPool(network.target)
    const [busy, other] = [await pool.acquire(), await pool.acquire()]
    void busy.rows('SELECT SLEEP(60)').catch(() => undefined)
    while ((await running()) < 1) await running()
    const unanswered = attemptsWith('UNREACHABLE', 2)
    network.swallow()
    busy.release()
    await unanswered
    expect([await running(), pool.stats().stopping]).toEqual([1, 1])
    network.recover()
    while (pool.stats().stopping > 0) await running()
    expect(await running()).toBe(0)
    other.destroy()
    other.release()
  })

  it('also when the network was lost in the middle', async () => {
    const network = await brokenNetwork(database.target)
    const pool = smallPool(network.target)
    const statements = Array.from({ length: size }, () =>
      withLease(pool, (lease) => lease.rows('SELECT SLEEP(60)')).catch((error: unknown) => error),
    )
    while ((await running()) < size) await running()
    network.cut()
    await Promise.all(statements)
    await withLease(pool, async (lease) => {
      void lease.rows('SELECT SLEEP(60)').catch(() => undefined)
      expect(await running()).toBeLessThanOrEqual(size)
    })
    await pool.close()
    expect(await running()).toBe(0)
  })

  it('also when the connection of a cancelled statement is stopped', async () => {
    const connection = await connect(database.target)
    const late = connection.rows('SELECT SLEEP(60)', [], { timeoutMs: 50 })
    await expect(late).rejects.toMatchObject({ code: 'STATEMENT_TIMEOUT' })
    await connection.stop()
    expect(await running()).toBe(0)
  })
})
