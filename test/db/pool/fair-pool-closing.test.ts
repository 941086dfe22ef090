import { describe, expect, it, vi } from 'vitest'
import { DbtoolError } from '../../../src/errors.ts'
import { crowd, fakePool, pass, useTestClock } from './fake-pool.ts'

useTestClock()

const down = new DbtoolError('UNREACHABLE', 'cannot reach MariaDB at nowhere:3306 (ECONNREFUSED)')
const closed = { code: 'POOL_CLOSED', message: 'the connection pool is closed' }

describe('closing', () => {
  const watched = (work: Promise<unknown>): { done: boolean } => {
    const state = { done: false }
    void work.then(() => (state.done = true))
    return state
  }

  it('refuses newcomers and who waits, lets leases finish, and says good-bye', async () => {
    const { pool, server } = fakePool({ size: 2, timeoutMs: 60_000 })
    const [first, second] = await Promise.all(crowd(pool, 2))
    const waiting = expect(pool.acquire()).rejects.toMatchObject(closed)
    const closing = watched(pool.close(5_000))
    await waiting
    await expect(pool.acquire()).rejects.toMatchObject(closed)
    first?.release()
    await pass(4_999)
    expect(closing.done).toBe(false)
    Object.assign(server.connections[1]!, { mayHoldTransaction: true })
    second?.release()
    await pass(0)
    expect(closing.done).toBe(true)
    expect(server.connections.map(({ diary }) => diary)).toEqual([['close'], ['ROLLBACK', 'close']])
    expect(pool.stats()).toMatchObject({ open: 0, opened: 2, closed: 2 })
  })

  it('cuts what is not back in time; to give it back later does no harm', async () => {
    const { pool, server } = fakePool({ size: 2 })
    const lease = await pool.acquire()
    const closing = watched(pool.close(5_000))
    await pass(5_000)
    expect(closing.done).toBe(true)
    expect(server.connections[0]?.diary).toEqual(['stop'])
    lease.release()
    expect(pool.stats()).toMatchObject({ open: 0, opened: 1, closed: 1 })
  })

  it.each([
    ['waits for a connection that is being opened', 1_000, [false, true]],
    ['but no longer than its grace', 10, [true, true]],
  ])('%s', async (_what, graceMs, done) => {
    const { pool, server } = fakePool({ size: 2 })
    server.mode = 'on demand'
    const caller = expect(pool.acquire()).rejects.toMatchObject(closed)
    const closing = watched(pool.close(graceMs))
    await caller
    await pass(100)
    const before = closing.done
    server.accept()
    await pass(0)
    expect([before, closing.done]).toEqual(done)
    expect(server.connections[0]?.diary).toEqual(['close'])
  })

  it('does not wait for an opening that has failed', async () => {
    const { pool, server } = fakePool({ size: 2 })
    server.mode = 'on demand'
    const caller = expect(pool.acquire()).rejects.toMatchObject(closed)
    const closing = watched(pool.close(60_000))
    await caller
    server.refuse(down)
    await pass(0)
    expect(closing.done).toBe(true)
  })

  it('a second time, in a hurry, ends the first one too', async () => {
    const { pool } = fakePool({ size: 2 })
    await pool.acquire()
    const [patient, hurried] = [watched(pool.close(60_000)), watched(pool.close(0))]
    await pass(1)
    expect([patient.done, hurried.done]).toEqual([true, true])
  })

  it('ends the attempts to open', async () => {
    const { pool, server } = fakePool({ size: 2 })
    const lease = await pool.acquire()
    server.mode = { fails: down }
    const waiting = expect(pool.acquire()).rejects.toMatchObject(closed)
    await pass(100)
    const closing = pool.close()
    lease.release()
    await Promise.all([closing, waiting])
    await pass(10_000)
    expect(server.attempts).toBe(2)
    expect(vi.getTimerCount()).toBe(0)
  })
})
