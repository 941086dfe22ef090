import { describe, expect, it } from 'vitest'
import { crowd, fakePool, pass, useTestClock } from './fake-pool.ts'

useTestClock()

describe('size and overflow', () => {
  it('opens as many at once as there are callers, up to size + overflow, and no more', async () => {
    const { pool, server } = fakePool({ size: 2, maxOverflow: 3 })
    server.mode = 'on demand'
    const callers = crowd(pool, 8)
    await pass(0)
    expect(server.pending).toBe(5)
    expect(pool.stats()).toMatchObject({ open: 0, opening: 5, waiting: 8 })
    while (server.pending > 0) server.accept()
    const leases = await Promise.all(callers.slice(0, 5))
    expect(pool.stats()).toMatchObject({ open: 5, opening: 0, inUse: 5, waiting: 3 })
    for (const lease of leases) lease.release()
    await Promise.all(callers)
    expect(server.attempts).toBe(5)
  })

  it('opens none for a caller whom an idle connection can serve', async () => {
    const { pool, server } = fakePool({ size: 2, maxOverflow: 3 })
    for (let use = 0; use < 10; use += 1) (await pool.acquire()).release()
    expect(server.attempts).toBe(1)
  })

  it('keeps `size` connections when they come back, and closes what is beyond', async () => {
    const { pool, server } = fakePool({ size: 2, maxOverflow: 3 })
    const leases = await Promise.all(crowd(pool, 5))
    for (const lease of leases) lease.release()
    expect(pool.stats()).toMatchObject({ open: 2, idle: 2, opened: 5, closed: 3, peak: 5 })
    expect(server.connections.map(({ diary }) => diary)).toEqual([[], [], ['close'], ['close'], ['close']])
  })

  it('closes no overflow connection that somebody waits for', async () => {
    const { pool } = fakePool({ size: 0, maxOverflow: 1 })
    const [first, second] = crowd(pool, 2)
    ;(await first)?.release()
    const lease = await second
    expect(pool.stats()).toMatchObject({ opened: 1, closed: 0 })
    lease?.release()
    expect(pool.stats()).toMatchObject({ opened: 1, closed: 1 })
  })

  it('reuses the connection that came back last', async () => {
    const { pool, server } = fakePool({ size: 3 })
    const leases = await Promise.all(crowd(pool, 3))
    for (const index of [0, 2, 1]) leases[index]!.release()
    const [c1, c2, c3] = server.connections
    for (const expected of [c2, c3, c1]) {
      await (await pool.acquire()).execute('mark')
      expect(expected?.diary).toEqual(['mark'])
    }
  })
})

describe('the line', () => {
  it('serves callers in the order in which they came, and nobody overtakes, not even who gives back', async () => {
    const { pool } = fakePool({ size: 1, maxOverflow: 0 })
    const order: number[] = []
    const callers = crowd(pool, 4, order)
    ;(await callers[0])?.release()
    const greedy = pool.acquire().then(() => order.push(99))
    for (const caller of callers.slice(1)) (await caller).release()
    await greedy
    expect(order).toEqual([0, 1, 2, 3, 99])
  })

  it('gives fifty workers on five connections the same number of turns, to within one', async () => {
    const { pool } = fakePool({ size: 5, maxOverflow: 0 })
    const operations = Array.from({ length: 50 }, () => 0)
    const stop = performance.now() + 2_000
    const work = async (worker: number): Promise<void> => {
      while (performance.now() < stop) {
        const lease = await pool.acquire()
        await new Promise((resolve) => setTimeout(resolve, 3))
        lease.release()
        operations[worker]! += 1
      }
    }
    const workers = Promise.all(operations.map((_, worker) => work(worker)))
    await pass(3_000)
    await workers
    expect(Math.max(...operations) - Math.min(...operations)).toBeLessThanOrEqual(1)
    expect(Math.min(...operations)).toBeGreaterThan(60)
    expect(pool.stats()).toMatchObject({ timeouts: 0, opened: 5 })
  })

  it('lets go who gave up', async () => {
    const { pool } = fakePool({ size: 1, maxOverflow: 0, timeoutMs: 1_000 })
    const order: number[] = []
    const [first, ...others] = crowd(pool, 3, order)
    const late = expect(others[0]).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
    const alsoLate = expect(others[1]).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
    await pass(500)
    const patient = pool.acquire()
    await pass(500)
    await Promise.all([late, alsoLate])
    ;(await first)?.release()
    expect((await patient).waitMs).toBe(500)
    expect(order).toEqual([0])
  })
})
