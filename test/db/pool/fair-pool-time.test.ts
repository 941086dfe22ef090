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
    // Two pings of two seconds, then a connecting that hangs.
    expect(await settling(pool.acquire())).toEqual([5_000, 'POOL_TIMEOUT'])
    expect(server.connections.map(({ diary }) => diary)).toEqual([
      ['ping', 'close'],
      ['ping', 'close'],
    ])
  })

  it('and a short one over the validation alone', async () => {
    const { pool, server } = fakePool({ timeoutMs: 300 })
    ;(await pool.acquire()).release()
    await pass(2_000)
    server.connections[0]!.server = 'is silent'
    server.mode = 'on demand'
    // One more: a timer takes a millisecond at least.
    expect(await settling(pool.acquire())).toEqual([301, 'POOL_TIMEOUT'])
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
