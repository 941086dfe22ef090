import { describe, expect, it, vi } from 'vitest'
import { crowd, fakePool, pass, useTestClock } from './fake-pool.ts'

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

describe('silently dead connections', () => {
  it('are suspect when one of them does not answer, so that the caller waits for one ping', async () => {
    const { pool, server } = fakePool({ size: 5, timeoutMs: 1_000 })
    for (const lease of await Promise.all(crowd(pool, 5))) lease.release()
    await pass(5_000)
    for (const connection of server.connections) connection.server = 'is silent'
    const caller = pool.acquire()
    await pass(250)
    expect((await caller).waitMs).toBe(250)
    expect(server.connections.map(({ diary }) => diary)).toEqual([
      ...Array<string[]>(4).fill(['close']),
      ['ping', 'close'],
      [],
    ])
    expect(pool.stats()).toMatchObject({ open: 1, opened: 6, closed: 5, timeouts: 0 })
  })

  it('but not those that have answered since, and those in use', async () => {
    const { pool, server } = fakePool({ size: 4, timeoutMs: 1_000 })
    const [, working, ...others] = await Promise.all(crowd(pool, 4))
    for (const lease of others) lease.release()
    await pass(5_000)
    server.connections[3]!.server = 'is silent'
    const caller = pool.acquire()
    await pass(100)
    working?.release()
    await pass(150)
    await caller
    expect(server.connections.map(({ diary }) => diary)).toEqual([[], [], ['close'], ['ping', 'close']])
  })

  it('a ping may take longer where opening took long', async () => {
    const { pool, server } = fakePool({ timeoutMs: 10_000 })
    server.mode = 'on demand'
    const first = pool.acquire()
    await pass(200)
    server.accept()
    ;(await first).release()
    await pass(5_000)
    server.connections[0]!.server = 'is silent'
    void pool.acquire()
    await pass(799)
    expect(server.attempts).toBe(1)
    await pass(1)
    expect(server.attempts).toBe(2)
  })
})

describe('a connection that is lost while it is idle', () => {
  it('does not count as open any more', async () => {
    const { pool, server } = fakePool({ size: 2 })
    for (const lease of await Promise.all(crowd(pool, 2))) lease.release()
    server.connections[0]!.lose()
    expect(pool.stats()).toMatchObject({ open: 1, idle: 1, closed: 1 })
  })

  it('but stays with its borrower while it is in use', async () => {
    const { pool, server } = fakePool()
    const lease = await pool.acquire()
    server.connections[0]!.lose()
    expect(pool.stats()).toMatchObject({ open: 1, inUse: 1 })
    lease.release()
    expect(pool.stats()).toMatchObject({ open: 0, inUse: 0 })
  })
})

describe('the idle time-out', () => {
  it('closes what was idle for that long, and only that', async () => {
    const { pool } = fakePool({ size: 3, idleTimeoutMs: 10_000, pingAfterIdleMs: Infinity })
    for (const lease of await Promise.all(crowd(pool, 3))) lease.release()
    for (let second = 0; second < 9; second += 1) {
      await pass(1_000)
      ;(await pool.acquire()).release()
    }
    await pass(999)
    expect(pool.stats()).toMatchObject({ idle: 3 })
    await pass(1)
    expect(pool.stats()).toMatchObject({ idle: 1, closed: 2 })
    await pass(9_000)
    expect(pool.stats()).toMatchObject({ idle: 0, open: 0, closed: 3 })
    expect(vi.getTimerCount()).toBe(0)
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
