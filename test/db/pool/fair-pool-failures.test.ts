import { describe, expect, it } from 'vitest'
import { DbtoolError } from '../../../src/errors.ts'
import { crowd, fakePool, pass, useTestClock } from './fake-pool.ts'

useTestClock()

const down = new DbtoolError('UNREACHABLE', 'cannot reach MariaDB at nowhere:3306 (ECONNREFUSED)')

describe('when no connection can be opened', () => {
  it('and none is open, everybody gets the reason at once, and the next caller tries anew', async () => {
    const { pool, server } = fakePool({ size: 2 })
    server.mode = 'on demand'
    const callers = crowd(pool, 5)
    const refusals = Promise.all(callers.map((caller) => expect(caller).rejects.toBe(down)))
    server.refuse(down)
    await pass(0)
    expect(pool.stats()).toMatchObject({ waiting: 5, opening: 1 })
    server.refuse(down)
    await refusals
    expect(pool.stats()).toMatchObject({ waiting: 0, open: 0, opening: 0, timeouts: 0 })
    server.mode = 'at once'
    await pool.acquire()
    expect(server.attempts).toBe(3)
  })

  it('and some are open, callers wait for those, and opening is retried five times per second in all', async () => {
    const { pool, server } = fakePool({ size: 2 })
    const lease = await pool.acquire()
    server.mode = { fails: down }
    const callers = crowd(pool, 3)
    await pass(0)
    expect(server.attempts).toBe(2)
    callers.push(pool.acquire())
    await pass(199)
    expect(server.attempts).toBe(2)
    await pass(1)
    expect(server.attempts).toBe(3)
    lease.release()
    expect(await callers[0]).toBeDefined()
    server.mode = 'at once'
    await pass(200)
    expect(await callers[1]).toBeDefined()
    expect(pool.stats()).toMatchObject({ open: 2, waiting: 2, timeouts: 0 })
    const late = Promise.all(
      callers.slice(2).map((caller) => expect(caller).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })),
    )
    await pass(1_000)
    await late
  })

  it('the time-out carries the counters and the failure', async () => {
    const { pool, server } = fakePool({ size: 2 })
    await pool.acquire()
    server.mode = { fails: down }
    const late = pool.acquire().catch((error: unknown) => error)
    const second = pool.acquire().catch((error: unknown) => error)
    await pass(1_000)
    expect(await late).toMatchObject({
      code: 'POOL_TIMEOUT',
      message:
        'no connection within 1000 ms from a pool of 2 + 0: 1 in use, 0 idle, 0 opening, 2 waiting; ' +
        `opening another connection failed: ${down.message}`,
      hint: expect.stringContaining('--pool-timeout'),
      cause: down,
    })
    expect(await second).toMatchObject({ message: expect.stringContaining('1 waiting') })
    expect(pool.stats()).toMatchObject({ timeouts: 2 })
  })

  it('but not the failure of a time that is over', async () => {
    const { pool, server } = fakePool({ size: 2 })
    const lease = await pool.acquire()
    server.mode = { fails: down }
    const waiting = pool.acquire()
    await pass(100)
    server.mode = 'at once'
    await pass(100)
    await waiting
    const late = pool.acquire().catch((error: unknown) => error)
    await pass(1_000)
    const error = await late
    expect(error).toMatchObject({
      message: 'no connection within 1000 ms from a pool of 2 + 0: 2 in use, 0 idle, 0 opening, 1 waiting',
    })
    expect(error).not.toHaveProperty('cause')
    lease.release()
  })

  it('the last open one dying tells the others why nothing replaces it', async () => {
    const { pool, server } = fakePool()
    const lease = await pool.acquire()
    const waiting = expect(pool.acquire()).rejects.toBe(down)
    server.mode = { fails: down }
    server.connections[0]!.usable = false
    lease.release()
    await waiting
  })
})
