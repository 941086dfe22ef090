import { describe, expect, it, vi } from 'vitest'
import { fakePool, pass, useTestClock } from './fake-pool.ts'

useTestClock()

describe('an idle connection', () => {
  it('is pinged only after it was idle for long', async () => {
    const { pool, server } = fakePool({ pingAfterIdleMs: 1_000 })
    for (const idleMs of [0, 999, 1_000, 10, 5_000]) {
      await pass(idleMs)
      ;(await pool.acquire()).release()
    }
    expect(server.connections.map(({ diary }) => diary)).toEqual([['ping', 'ping']])
  })

  it('that is handed over needs no ping, however long it was in use', async () => {
    const { pool, server } = fakePool({ timeoutMs: 60_000 })
    const lease = await pool.acquire()
    const waiting = pool.acquire()
    await pass(30_000)
    lease.release()
    await waiting
    expect(server.connections[0]?.diary).toEqual([])
  })

  it('that turns out to be dead is replaced, and its caller stays first in line', async () => {
    const { pool, server } = fakePool({ timeoutMs: 10_000 })
    ;(await pool.acquire()).release()
    await pass(5_000)
    server.connections[0]!.server = 'is silent'
    const order: string[] = []
    const callers = ['first', 'second', 'third'].map(async (name) => {
      const lease = await pool.acquire()
      order.push(name)
      lease.release()
    })
    await pass(2_500)
    await Promise.all(callers)
    expect(order).toEqual(['first', 'second', 'third'])
    expect(pool.stats()).toMatchObject({ opened: 2, closed: 1, idle: 1, acquired: 4, timeouts: 0 })
  })

  it('that the server has closed is not even pinged', async () => {
    const { pool, server } = fakePool()
    ;(await pool.acquire()).release()
    server.connections[0]!.usable = false
    await pool.acquire()
    expect(server.connections.map(({ diary }) => diary)).toEqual([['close'], []])
  })
})

describe('recycling', () => {
  const age = async (random: number, ms: number): Promise<number> => {
    vi.spyOn(Math, 'random').mockReturnValue(random)
    const { pool, server } = fakePool({ recycleMs: 10_000, pingAfterIdleMs: Infinity })
    ;(await pool.acquire()).release()
    await pass(ms)
    ;(await pool.acquire()).release()
    return server.attempts
  }

  it('replaces a connection at its age when it is handed out, each a little earlier by chance', async () => {
    expect([await age(0, 9_999), await age(0, 10_000)]).toEqual([1, 2])
    expect([await age(0.5, 9_499), await age(0.5, 9_500)]).toEqual([1, 2])
    expect([await age(0.999, 9_000), await age(0.999, 9_002)]).toEqual([1, 2])
  })

  it('replaces it when it comes back, for who waits too', async () => {
    const { pool, server } = fakePool({ recycleMs: 10_000, timeoutMs: 60_000 })
    const lease = await pool.acquire()
    const waiting = pool.acquire()
    await pass(10_000)
    lease.release()
    await waiting
    expect(server.connections.map(({ diary }) => diary)).toEqual([['close'], []])
  })

  it('never happens with zero', async () => {
    const { pool, server } = fakePool({ recycleMs: 0, pingAfterIdleMs: Infinity })
    ;(await pool.acquire()).release()
    await pass(365 * 86_400_000)
    await pool.acquire()
    expect(server.attempts).toBe(1)
  })
})
