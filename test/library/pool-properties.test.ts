import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
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

/** No KILL that was meant for another statement ends this one, and it has its own answer. */
async function innocent(query: Promise<unknown>): Promise<void> {
  const answer = await query.catch((error: unknown) => (error as { code: string }).code)
  if (typeof answer === 'string') expect(answer).toMatch(/^(POOL_TIMEOUT|POOL_CLOSED|CONNECTION_LOST)$/)
  else expect(answer).toEqual([{ secret: 'hunter2' }])
}

/** What callers do with a pool, in any order, and without waiting for each other. */
const actions = {
  query: (pool: ShopPool) => innocent(pool.query('SELECT ? AS secret', ['hunter2'])),
  fail: (pool: ShopPool) => pool.query('SELECT nonsense'),
  change: (pool: ShopPool) => pool.execute("SET sql_mode = ''"),
  late: (pool: ShopPool) => pool.query('SELECT SLEEP(1)', [], { timeoutMs: 2 }),
  withdraw: (pool: ShopPool) => pool.acquire({ signal: AbortSignal.timeout(1) }).then((lease) => lease.release()),
  stream: async (pool: ShopPool) => {
    for await (const row of pool.stream('SELECT seq FROM seq_1_to_5000')) if (row['seq'] === 3) break
  },
  leave: async (pool: ShopPool) => {
    for await (const row of pool.stream("SELECT REPEAT('x', 1000) AS x FROM seq_1_to_500000")) if ('x' in row) break
  },
  abort: async (pool: ShopPool) => {
    const controller = new AbortController()
    const rows = pool.stream("SELECT REPEAT('x', 1000) FROM seq_1_to_500000", [], { signal: controller.signal })
    await rows.next()
    controller.abort()
    await rows.next()
  },
  cancel: (_pool: ShopPool, leases: Lease[]) => Promise.resolve(leases[0]?.cancel()),
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
  pause: () => new Promise((resolve) => setTimeout(resolve, 5)),
} satisfies Record<string, (pool: ShopPool, leases: Lease[]) => Promise<unknown>>

type Action = keyof typeof actions
const anyAction = fc.constantFrom(...(Object.keys(actions) as Action[]))

interface Heard {
  readonly channel: string
  readonly outcome?: string
  readonly durationMs?: number
}

/** The events of this database and of its pools, without the pools. */
function listen(): Heard[] {
  const heard: Heard[] = []
  for (const channel of ['connect', 'close', 'acquire', 'timeout', 'wait', 'query']) {
    const listener = (message: unknown): void => {
      const { pool, ...event } = message as Heard & { pool?: object; database?: string }
      if (pool !== undefined || event.database === database.name) heard.push({ ...event, channel })
    }
    subscribe(`dbtool:${channel}`, listener)
    onTestFinished(() => void unsubscribe(`dbtool:${channel}`, listener))
  }
  return heard
}

/** Every connection that was opened is closed, every caller has one answer, and nothing shows a value. */
async function checkEvents(heard: readonly Heard[], stats: readonly PoolStats[]): Promise<void> {
  const count = (wanted: string, outcome?: string): number =>
    heard.filter((event) => event.channel === wanted && (outcome === undefined || event.outcome === outcome)).length
  const sum = (of: (stats: PoolStats) => number): number => stats.reduce((all, one) => all + of(one), 0)
  // The connection that has stopped a statement may still say good-bye.
  while (count('close') < count('connect', 'ok')) await sleep(5)
  expect(count('close')).toBe(count('connect', 'ok'))
  expect(count('acquire', 'ok')).toBe(sum(({ acquired }) => acquired))
  expect([count('timeout'), count('acquire', 'POOL_TIMEOUT')]).toEqual(Array(2).fill(sum(({ timeouts }) => timeouts)))
  for (const { durationMs = 0 } of heard) expect(durationMs).toSatisfy((ms: number) => Number.isFinite(ms) && ms >= 0)
  expect(JSON.stringify(heard)).not.toContain('hunter2')
}

describe('the stats of a pool', () => {
  it('add up at any moment, and to nothing after close(); and so do its events', { timeout: 60_000 }, async () => {
    const heard = listen()
    const all: PoolStats[] = []
    const runs = fc.asyncProperty(fc.array(anyAction, { minLength: 5, maxLength: 40 }), async (names) => {
      const pool = poolOn(database, { size, maxOverflow, timeoutMs: 200, pingAfterIdleMs: 1 })
      const leases: Lease[] = []
      const outcomes: Promise<unknown>[] = []
      const work = async (name: Action): Promise<unknown> => actions[name](pool, leases)
      for (const name of names) {
        outcomes.push(name === 'query' ? work(name) : work(name).catch((error: unknown) => error))
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
      all.push(pool.stats())
    })
    await fc.assert(runs, { numRuns: 25 })
    await checkEvents(heard, all)
    const left = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'SELECT SLEEP%'"
    expect(await database.connection.rows(left, [database.name])).toEqual([])
  })
})
