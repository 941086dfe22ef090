import { describe, expect, it } from 'vitest'
import { crowd, fakePool, pass, useTestClock } from './fake-pool.ts'

useTestClock()

describe('a lease that is released while its statement runs', () => {
  it('keeps its place until the server has stopped the statement', async () => {
    const { pool, server } = fakePool({ size: 1, timeoutMs: 60_000 })
    const lease = await pool.acquire()
    const waiting = pool.acquire()
    const [connection] = server.connections
    let stopped = (): void => undefined
    connection!.onStop = () => new Promise((resolve) => (stopped = resolve))
    connection!.busy = true
    lease.release()
    await pass(1_000)
    expect(server.attempts).toBe(1)
    expect(pool.stats()).toMatchObject({ open: 0, stopping: 1, waiting: 1 })
    stopped()
    await waiting
    expect(server.attempts).toBe(2)
    expect(pool.stats()).toMatchObject({ open: 1, stopping: 0, closed: 1 })
  })

  it('is waited for by close()', async () => {
    const { pool, server } = fakePool({ size: 1 })
    const lease = await pool.acquire()
    let stopped = (): void => undefined
    Object.assign(server.connections[0]!, {
      abandoned: true,
      usable: false,
      onStop: () => new Promise<void>((resolve) => (stopped = resolve)),
    })
    lease.release()
    let closed = false
    const closing = pool.close(0).then(() => (closed = true))
    await pass(1_000)
    expect(closed).toBe(false)
    stopped()
    await closing
  })

  it('lets its waiters wait when no other connection can be opened', async () => {
    const { pool, server } = fakePool({ size: 2, timeoutMs: 60_000 })
    const [lease] = await Promise.all(crowd(pool, 1))
    let stopped = (): void => undefined
    Object.assign(server.connections[0]!, {
      busy: true,
      onStop: () => new Promise<void>((resolve) => (stopped = resolve)),
    })
    server.mode = { fails: new Error('no') }
    lease?.release()
    const waiting = pool.acquire()
    await pass(500)
    server.mode = 'at once'
    stopped()
    await pass(500)
    await waiting
  })
})

describe('a caller that withdraws', () => {
  const withdrawn = { code: 'INTERRUPTED', message: 'the caller no longer waits for a connection' }

  it('leaves the queue at once, and the others move up', async () => {
    const { pool } = fakePool()
    const lease = await pool.acquire()
    const controller = new AbortController()
    const [first, second] = [pool.acquire({ signal: controller.signal }), pool.acquire()]
    controller.abort()
    await expect(first).rejects.toMatchObject(withdrawn)
    expect(pool.stats()).toMatchObject({ waiting: 1, timeouts: 0 })
    lease.release()
    await second
    await expect(pool.acquire({ signal: controller.signal })).rejects.toMatchObject(withdrawn)
  })

  it('does not cost the connection that is being validated for it', async () => {
    const { pool, server } = fakePool()
    ;(await pool.acquire()).release()
    await pass(5_000)
    server.connections[0]!.server = 'is slow'
    const controller = new AbortController()
    const caller = pool.acquire({ signal: controller.signal })
    controller.abort()
    await expect(caller).rejects.toMatchObject(withdrawn)
    await pass(200)
    expect(pool.stats()).toMatchObject({ idle: 1, closed: 0 })
  })
})

describe('a changed session', () => {
  it('is reset before the next borrower gets it, and an unchanged one costs nothing', async () => {
    const { pool, server } = fakePool()
    const lease = await pool.acquire()
    lease.release()
    const second = await pool.acquire()
    server.connections[0]!.sessionChanged = true
    second.release()
    await (await pool.acquire()).execute('mine')
    expect(server.connections.map(({ diary }) => diary)).toEqual([['reset', 'mine']])
  })

  it('that cannot be reset is replaced', async () => {
    const { pool, server } = fakePool()
    const lease = await pool.acquire()
    Object.assign(server.connections[0]!, { sessionChanged: true, onChange: () => Promise.reject(new Error('no')) })
    lease.release()
    await pool.acquire()
    expect(server.connections.map(({ diary }) => diary)).toEqual([['reset', 'close'], []])
  })
})

describe('the stats', () => {
  it('count attempts that failed', async () => {
    const { pool, server } = fakePool()
    server.mode = { fails: new Error('no') }
    await expect(pool.acquire()).rejects.toThrow('no')
    expect(pool.stats()).toMatchObject({ openFailures: 1, opened: 0 })
  })
})
