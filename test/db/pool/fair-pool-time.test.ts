import { describe, expect, it } from 'vitest'
import type { DbtoolError } from '../../../src/errors.ts'
import { fakePool, pass, useTestClock } from './fake-pool.ts'

useTestClock()

/** How long after now it settles, to the millisecond, and how. */
async function settling(work: Promise<unknown>): Promise<[number, string]> {
  const started = performance.now()
  let outcome: [number, string] | undefined
  work.then(
    () => (outcome = [performance.now() - started, 'fulfilled']),
    (error: unknown) => (outcome = [performance.now() - started, (error as DbtoolError).code]),
  )
  for (let ms = 0; ms < 60_000 && outcome === undefined; ms += 1) await pass(1)
  return outcome ?? [Infinity, 'pending']
}

describe('the time-out is one deadline', () => {
  it('over queueing', async () => {
    const { pool } = fakePool()
    await pool.acquire()
    expect(await settling(pool.acquire())).toEqual([1_000, 'POOL_TIMEOUT'])
  })

  it('over a connecting that hangs; what it opens in the end is kept for the next', async () => {
    const { pool, server } = fakePool()
    server.mode = 'on demand'
    expect(await settling(pool.acquire())).toEqual([1_000, 'POOL_TIMEOUT'])
    server.accept()
    expect(await settling(pool.acquire())).toEqual([0, 'fulfilled'])
    expect(server.attempts).toBe(1)
  })

  it('over queueing and then connecting', async () => {
    const { pool, server } = fakePool()
    const lease = await pool.acquire()
    server.mode = 'on demand'
    setTimeout(() => {
      server.connections[0]!.usable = false
      lease.release()
    }, 700)
    expect(await settling(pool.acquire())).toEqual([1_000, 'POOL_TIMEOUT'])
    expect(server.pending).toBe(1)
  })

  it('over a validation that hangs, and the connection that must be opened then', async () => {
    const { pool, server } = fakePool({ size: 2, timeoutMs: 5_000 })
    for (const lease of [await pool.acquire(), await pool.acquire()]) lease.release()
    await pass(2_000)
    for (const connection of server.connections) connection.server = 'is silent'
    server.mode = 'on demand'
    // One ping, after which the older connection is suspect too, then a connecting that hangs.
    expect(await settling(pool.acquire())).toEqual([5_000, 'POOL_TIMEOUT'])
    expect(server.connections.map(({ diary }) => diary)).toEqual([['close'], ['ping', 'close']])
  })

  it('and a short one over the validation alone, which proves nothing about the connection', async () => {
    const { pool, server } = fakePool({ timeoutMs: 100 })
    ;(await pool.acquire()).release()
    await pass(2_000)
    const [connection] = server.connections
    connection!.server = 'is slow'
    expect(await settling(pool.acquire())).toEqual([100, 'POOL_TIMEOUT'])
    await pass(100)
    expect(pool.stats()).toMatchObject({ open: 1, idle: 1, closed: 0 })
  })

  it('of a single call, in place of that of the pool', async () => {
    const { pool } = fakePool()
    await pool.acquire()
    expect(await settling(pool.acquire({ timeoutMs: 50 }))).toEqual([50, 'POOL_TIMEOUT'])
    const late = expect(pool.acquire({ timeoutMs: 20 })).rejects.toThrow('no connection within 20 ms')
    await pass(20)
    await late
  })

  it('however long it is', async () => {
    const { pool, server } = fakePool({ timeoutMs: 90 * 86_400_000 })
    const lease = await pool.acquire()
    const waiting = pool.acquire()
    await pass(60_000)
    expect(pool.stats()).toMatchObject({ waiting: 1, timeouts: 0 })
    lease.release()
    await waiting
    expect(server.attempts).toBe(1)
  })
})
