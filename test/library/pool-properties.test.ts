import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lease, PoolStats, ShopPool } from '../../src/index.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'

const database = testDatabase({ migrated: false })
const size = 2
const maxOverflow = 1

/** The sums that hold at any moment, whatever the callers do. */
function check(stats: PoolStats): void {
  const { open, idle, inUse, opening, stopping, waiting, opened, closed, peak, queuePeak } = stats
  for (const [name, count] of Object.entries(stats)) expect(count, name).toBeGreaterThanOrEqual(0)
  expect(open).toBe(idle + inUse)
  expect(open).toBe(opened - closed)
  expect(open + opening + stopping).toBeLessThanOrEqual(size + maxOverflow)
  expect(idle).toBeLessThanOrEqual(size)
  expect(peak).toBeGreaterThanOrEqual(open)
  expect(queuePeak).toBeGreaterThanOrEqual(waiting)
  expect(stats.maxWaitMs).toBeLessThanOrEqual(stats.waitMs)
}

/** What callers do with a pool, in any order, and without waiting for each other. */
const actions = {
  query: (pool: ShopPool) => pool.query('SELECT 1'),
  fail: (pool: ShopPool) => pool.query('SELECT nonsense'),
  change: (pool: ShopPool) => pool.execute("SET sql_mode = ''"),
  late: (pool: ShopPool) => pool.query('SELECT SLEEP(1)', [], { timeoutMs: 2 }),
  withdraw: (pool: ShopPool) => pool.acquire({ signal: AbortSignal.timeout(1) }).then((lease) => lease.release()),
  stream: async (pool: ShopPool) => {
    for await (const row of pool.stream('SELECT seq FROM seq_1_to_5000')) if (row['seq'] === 3) break
  },
  acquire: (pool: ShopPool, leases: Lease[]) => pool.acquire({ timeoutMs: 50 }).then((lease) => leases.push(lease)),
  release: (_pool: ShopPool, leases: Lease[]) => Promise.resolve(leases.shift()?.release()),
  releaseTwice: (_pool: ShopPool, leases: Lease[]) => {
    const lease = leases.shift()
    lease?.release()
    return Promise.resolve(lease?.release())
  },
  destroy: (_pool: ShopPool, leases: Lease[]) => Promise.resolve(leases[0]?.destroy()),
  busyRelease: (_pool: ShopPool, leases: Lease[]) => {
    const lease = leases.shift()
    const statement = lease?.rows('SELECT SLEEP(1)')
    lease?.release()
    return Promise.resolve(statement)
  },
  pause: () => new Promise((resolve) => setTimeout(resolve, 2)),
} satisfies Record<string, (pool: ShopPool, leases: Lease[]) => Promise<unknown>>

type Action = keyof typeof actions
const anyAction = fc.constantFrom(...(Object.keys(actions) as Action[]))

describe('the stats of a pool', () => {
  it('add up at any moment, and to nothing after close()', { timeout: 60_000 }, async () => {
    const runs = fc.asyncProperty(fc.array(anyAction, { minLength: 5, maxLength: 40 }), async (names) => {
      const pool = poolOn(database, { size, maxOverflow, timeoutMs: 200, pingAfterIdleMs: 1 })
      const leases: Lease[] = []
      const outcomes: Promise<unknown>[] = []
      const work = async (name: Action): Promise<unknown> => actions[name](pool, leases)
      for (const name of names) {
        outcomes.push(work(name).catch((error: unknown) => error))
        check(pool.stats())
        if (name === 'pause') await outcomes.at(-1)
        check(pool.stats())
      }
      const closing = pool.close(20)
      check(pool.stats())
      await Promise.all([closing, pool.close(20), ...outcomes])
      for (const lease of leases) lease.release()
      check(pool.stats())
      expect(pool.stats()).toMatchObject({ open: 0, idle: 0, inUse: 0, opening: 0, stopping: 0, waiting: 0 })
    })
    await fc.assert(runs, { numRuns: 15 })
    const left = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'SELECT SLEEP%'"
    expect(await database.connection.rows(left, [database.name])).toEqual([])
  })
})
