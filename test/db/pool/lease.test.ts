import { describe, expect, it } from 'vitest'
import { crowd, fakePool, useTestClock } from './fake-pool.ts'

useTestClock()

describe('a lease', () => {
  it('cannot be used after it was released, and can be released twice', async () => {
    const { pool, server } = fakePool({ size: 2 })
    const lease = await pool.acquire()
    lease.release()
    lease.release()
    expect(pool.stats()).toMatchObject({ idle: 1, open: 1 })
    const released = { code: 'USAGE', message: 'a lease was used after its release' }
    for (const use of [
      () => lease.rows('x'),
      () => lease.execute('x'),
      () => lease.prepared('x', []),
      () => lease.rawRows('x', []),
      () => lease.each('x', [], () => Promise.resolve()),
      () => lease.eachCells('x', [], () => Promise.resolve()),
      () => lease.bulk('x', [['a']]),
    ])
      await expect(use()).rejects.toMatchObject(released)
    expect(() => lease.inTransaction).toThrow(released.message)
    expect(() => lease.usable).toThrow(released.message)
    lease.destroy()
    const next = await pool.acquire()
    lease.release()
    expect(pool.stats()).toMatchObject({ idle: 0, inUse: 1 })
    await next.execute('mine')
    expect(server.connections.map(({ diary }) => diary)).toEqual([['mine']])
  })

  it('with a transaction, or one that may have one, is rolled back before the next borrower gets it', async () => {
    const { pool, server } = fakePool({ size: 1, maxOverflow: 0 })
    const [first, second] = crowd(pool, 2)
    const lease = await first
    const [connection] = server.connections
    connection!.mayHoldTransaction = true
    lease?.release()
    await (await second)?.execute('mine')
    expect(connection?.diary).toEqual(['ROLLBACK', 'mine'])
  })

  it('that cannot be rolled back, is busy or is broken is replaced, and the waiter is served', async () => {
    const { pool, server } = fakePool({ size: 1, maxOverflow: 0 })
    const callers = crowd(pool, 4)
    const spoil = [
      (at: number) =>
        Object.assign(server.connections[at]!, {
          mayHoldTransaction: true,
          onChange: () => Promise.reject(new Error('no')),
        }),
      (at: number) => Object.assign(server.connections[at]!, { busy: true }),
      (at: number) => Object.assign(server.connections[at]!, { usable: false }),
    ]
    for (const [at, spoilt] of spoil.entries()) {
      const lease = await callers[at]
      spoilt(at)
      lease?.release()
    }
    await callers[3]
    expect(server.connections.map(({ diary }) => diary)).toEqual([['ROLLBACK', 'close'], ['stop'], ['close'], []])
    expect(pool.stats()).toMatchObject({ open: 1, opened: 4, closed: 3, acquired: 4 })
  })
})
