import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { getOrder, placeOrder, type ShopPool, transaction, withLease } from '../../src/index.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'
import { smallShop } from '../support/shop.ts'

const database = testDatabase()
beforeAll(() => smallShop(database.name))

const line = { productId: 1, quantity: 1 }
const order = { userId: 1, lines: [line] }
const tooMany = { userId: 1, lines: [{ ...line, quantity: 1_000_000 }] }
const waiting = 'SELECT SLEEP(10)'
const wrong = 'SELECT nothing'

/** Runs `work` while the only connection of the pool is in use. */
const busy = (pool: ShopPool, work: () => Promise<unknown>): Promise<unknown> => withLease(pool, work)

async function read(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const row of rows) void row
}

/** A function of the caller, whose name is in its stack. */
async function theCaller(work: () => Promise<unknown>): Promise<unknown> {
  return await work()
}

const failing: Record<string, (pool: ShopPool) => Promise<unknown>> = {
  'query, with a wrong statement': (pool) => pool.query(wrong),
  'query, after its own time limit': (pool) => pool.query(waiting, [], { timeoutMs: 50 }),
  'query, without a free connection': (pool) => busy(pool, () => pool.query('DO 0')),
  'query, on a closed pool': async (pool) => {
    await pool.close()
    return pool.query('DO 0')
  },
  execute: (pool) => pool.execute(wrong),
  stream: (pool) => read(pool.stream(wrong)),
  acquire: (pool) => busy(pool, () => pool.acquire()),
  'a lease': (pool) => withLease(pool, (lease) => lease.rows(wrong)),
  'a transaction': (pool) => transaction(pool, (tx) => tx.rows(wrong)),
  'a transaction, at its begin': (pool) => busy(pool, () => transaction(pool, (tx) => tx.rows('DO 0'))),
  'placeOrder, refused': (pool) => placeOrder(pool, tooMany),
  'placeOrder, in a batch': (pool) => Promise.all([placeOrder(pool, order), placeOrder(pool, tooMany)]),
  'placeOrder, too late': (pool) => busy(pool, () => placeOrder(pool, order, { timeoutMs: 50 })),
  'placeOrder, in a transaction': (pool) => transaction(pool, (tx) => placeOrder(tx, tooMany)),
  'placeOrder, of a wrong order': (pool) => placeOrder(pool, { userId: 0, lines: [] }),
  getOrder: (pool) => getOrder(pool, 1_000_000),
}

const givenUp: Record<string, (pool: ShopPool, signal: AbortSignal) => Promise<unknown>> = {
  'query, at once': (pool) => pool.query('DO 0', [], { signal: AbortSignal.abort('the client has left') }),
  'query, while it runs': (pool, signal) => pool.query(waiting, [], { signal }),
  'query, while it waits': (pool, signal) => busy(pool, () => pool.query('DO 0', [], { signal })),
  'stream, while it runs': (pool, signal) => read(pool.stream(waiting, [], { signal })),
  acquire: (pool, signal) => busy(pool, () => pool.acquire({ signal })),
  'a lease': (pool, signal) => withLease(pool, (lease) => lease.rows(waiting, [], { signal })),
  'a transaction': (pool, signal) => transaction(pool, (tx) => tx.rows(waiting), { signal }),
  'a transaction, between statements': (pool, signal) =>
    transaction(
      pool,
      async (tx) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        await tx.rows('DO 0')
      },
      { signal },
    ),
  'placeOrder, at once': (pool) => placeOrder(pool, order, { signal: AbortSignal.abort('the client has left') }),
  'placeOrder, while it waits': (pool, signal) => busy(pool, () => placeOrder(pool, order, { signal })),
}

const small = { size: 1, maxOverflow: 0, timeoutMs: 2_000 }

describe('an error of the library', () => {
  it.each(Object.entries(failing))('has its caller in its stack: %s', async (_name, work) => {
    const pool = poolOn(database, { ...small, timeoutMs: 200 })
    await pool.query('DO 0')
    const error: unknown = await theCaller(() => work(pool)).catch((failure: unknown) => failure)
    expect(error).toMatchObject({ name: 'DbtoolError', stack: expect.stringMatching(/\n +at (async )?theCaller /) })
  })

  it.each(Object.entries(givenUp))('has the reason of the signal as its cause: %s', async (_name, work) => {
    const pool = poolOn(database, small)
    await pool.query('DO 0')
    const controller = new AbortController()
    const working = work(pool, controller.signal).catch((failure: unknown) => failure)
    await sleep(50)
    controller.abort('the client has left')
    expect(await working).toMatchObject({ code: 'INTERRUPTED', cause: 'the client has left' })
  })

  it('has its message in JSON, beside code, hint and details', async () => {
    const pool = poolOn(database)
    const refused: unknown = await placeOrder(pool, tooMany).catch((failure: unknown) => failure)
    const { stock } = await pool
      .query<{ stock: number }>('SELECT stock FROM products WHERE id = 1')
      .then(([row]) => row!)
    expect(JSON.parse(JSON.stringify({ error: refused }))).toMatchObject({
      error: {
        code: 'OUT_OF_STOCK',
        message: expect.stringMatching(/^out of stock: /),
        hint: expect.any(String),
        shortages: [{ product_id: 1, wanted: 1_000_000, stock }],
      },
    })
    const failed: unknown = await pool.query(wrong).catch((failure: unknown) => failure)
    expect(JSON.parse(JSON.stringify(failed))).toMatchObject({
      message: expect.stringMatching(/^Unknown column/),
      errno: 1054,
    })
  })

  it('names the time limit that was given, and not the rest of it after the wait', async () => {
    const pool = poolOn(database, small)
    await expect(pool.query(waiting, [], { timeoutMs: 150 })).rejects.toMatchObject({
      code: 'STATEMENT_TIMEOUT',
      message: 'no result within 150 ms',
    })
  })
})
