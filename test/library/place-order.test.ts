import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  DatabaseError,
  DbtoolError,
  getOrder,
  getProduct,
  type Lease,
  listOrders,
  listOrdersWithItems,
  listProducts,
  OutcomeUnknown,
  OutOfStock,
  placeOrder,
  type ShopPool,
  transaction,
  withLease,
} from '../../src/index.ts'
import { checkInvariants } from '../../src/shop/invariants.ts'
import { brokenNetwork } from '../db/proxy.ts'
import { testDatabase, untilWaiting } from '../support/database.ts'
import { poolOn } from '../support/library.ts'
import { everything, renewedShop } from '../support/shop.ts'

const database = testDatabase()
beforeEach(() => renewedShop(database))

const order = { userId: 1, lines: [{ productId: 1, quantity: 2 }], key: 'k' }
const count = async (): Promise<number> => (await database.connection.rows('SELECT 1 FROM orders')).length

const codeOf = (placing: Promise<unknown>): Promise<string> =>
  placing.then(
    () => 'placed',
    (error: unknown) => (error instanceof DbtoolError ? error.code : String(error)),
  )

describe('placeOrder on a session', () => {
  it('leaves it unchanged: no reset costs a round trip', async () => {
    const pool = poolOn(database, { size: 1, maxOverflow: 0 })
    // The counters of a session restart when it is reset.
    const questions = async (): Promise<number> => {
      const [row] = await pool.query<{ n: string }>(
        "SELECT VARIABLE_VALUE AS n FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'QUESTIONS'",
      )
      return Number(row?.n)
    }
    const before = await questions()
    for (const key of ['a', 'b', 'c']) await placeOrder(pool, { ...order, key })
    expect(await questions()).toBe(before + 4)
  })

  it('needs one', async () => {
    for (const nothing of [undefined, null, 'pool', {}, { query: () => [] }]) {
      expect(await codeOf(placeOrder(nothing as never, order))).toBe('BAD_INPUT')
      expect(await codeOf(getOrder(nothing as never, 1))).toBe('BAD_INPUT')
    }
  })
})

describe('the deadline of placeOrder', () => {
  /** A network that swallows everything once the pool has its connection. */
  const silent = async (more: object): Promise<ShopPool> => {
    const network = await brokenNetwork(database.target)
    const { host, port } = network.target
    const pool = poolOn(database, { socket: undefined, host, port, sslMode: 'disabled', size: 1, ...more })
    await withLease(pool, (lease) => lease.rows('SELECT 1'))
    network.swallow()
    return pool
  }

  it.each([
    ['timeoutMs of the call', {}, { timeoutMs: 300 }, 300],
    ['the time limits of the pool together', { timeoutMs: 200, statementTimeoutMs: 300 }, {}, 500],
  ])('%s: the outcome is unknown, and the key finds or places the order', async (_what, pool, options, ms) => {
    const error: unknown = await placeOrder(await silent(pool), order, options).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(OutcomeUnknown)
    expect(error).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: `the order was sent, but not answered within ${ms} ms, so it may still be placed; its key is 'k'`,
      hint: 'placeOrder with the same key finds the order or places it, never twice',
    })
    const before = await count()
    expect(await placeOrder(poolOn(database), order)).toMatchObject({ outcome: 'placed' })
    expect(await count()).toBe(before + 1)
  })

  it('an order that still waits is withdrawn, and is not placed later', async () => {
    const pool = poolOn(database, { size: 4 })
    await database.connection.execute('START TRANSACTION')
    await database.connection.execute('UPDATE products SET stock = stock WHERE id = 1')
    // The queue sends few batches at a time; the rows are locked, so each of them lasts.
    const sent = [placeOrder(pool, { ...order, key: 'first' })]
    await untilWaiting(database)
    for (const key of ['second', 'third']) {
      sent.push(placeOrder(pool, { ...order, key }))
      await sleep(20)
    }
    const late = placeOrder(pool, { ...order, key: 'late' }, { timeoutMs: 100 })
    await expect(late).rejects.toMatchObject({
      code: 'POOL_TIMEOUT',
      message: 'the order was not sent within 100 ms, and is withdrawn',
    })
    await database.connection.execute('ROLLBACK')
    await Promise.all(sent)
    const keys = await database.connection.rows<{ key: string }>('SELECT idempotency_key AS `key` FROM orders')
    expect(keys.map(({ key }) => key).sort()).toEqual(['basket-1', 'first', 'second', 'third'])
  })

  it.each([[[]], [['first', 'second']]])(
    'an order whose batch still waits for a connection is withdrawn, and its neighbours %j are placed',
    async (neighbours: readonly string[]) => {
      const pool = poolOn(database, { size: 1, maxOverflow: 0 })
      const placing = await withLease(pool, async () => {
        const placed = neighbours.map((key) => placeOrder(pool, { ...order, key }))
        await expect(placeOrder(pool, { ...order, key: 'late' }, { timeoutMs: 100 })).rejects.toMatchObject({
          code: 'POOL_TIMEOUT',
          message: 'the order was not sent within 100 ms, and is withdrawn',
        })
        // Inside an object, so that they are not awaited before the lease is released.
        return { placed }
      })
      await Promise.all(placing.placed)
      const keys = await pool.query<{ key: string }>('SELECT idempotency_key AS `key` FROM orders')
      expect(keys.map(({ key }) => key).sort()).toEqual(['basket-1', ...neighbours])
    },
  )

  it('a signal withdraws an order that waits', async () => {
    expect(await codeOf(placeOrder(poolOn(database), order, { signal: AbortSignal.abort() }))).toBe('INTERRUPTED')
    expect(await count()).toBe(1)
  })

  it.each<[object, string]>([
    [{ timeoutMs: 0 }, "timeoutMs must be a number of milliseconds above 0, not '0'"],
    [{ timeoutMs: NaN }, "timeoutMs must be a number of milliseconds above 0, not 'NaN'"],
    [{ signal: {} }, 'signal must be an AbortSignal'],
    [{ timeout: 5 }, "the options have an unknown property 'timeout'; did you mean timeoutMs?"],
    [{ author: { osUser: '' } }, 'author.osUser must not be empty'],
    [{ author: 'me' }, "author must be an object, not the text 'me'"],
  ])('%j: %s', async (options, message) => {
    await expect(placeOrder(poolOn(database), order, options)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: `placeOrder: ${message}`,
    })
  })
})

describe('placeOrder in a transaction of the caller', () => {
  const inTransaction = async (work: (lease: Lease) => Promise<void>, ending: string): Promise<void> =>
    withLease(poolOn(database), async (lease) => {
      await lease.execute('START TRANSACTION')
      await work(lease)
      await lease.execute(ending)
    })

  it('is committed with everything else, with its author in the log', async () => {
    await inTransaction(async (lease) => {
      await lease.execute("UPDATE users SET first_name = 'Countess' WHERE id = 1")
      const { outcome, orderId } = await placeOrder(lease, order, { author: { osUser: 'web-1', command: 'checkout' } })
      expect(outcome).toBe('placed')
      expect(await getOrder(lease, orderId)).toMatchObject({ idempotency_key: 'k', total_amount: '9.00' })
    }, 'COMMIT')
    const { id } = await getOrder(poolOn(database), { key: 'k' })
    const log = 'SELECT os_user, command, message FROM logs WHERE entity = ? AND entity_id = ?'
    expect(await database.connection.rows(log, ['orders', id])).toEqual([
      { os_user: 'web-1', command: 'checkout', message: 'placed for user 1: 1 line, total 9.00' },
    ])
    expect((await checkInvariants(database.connection)).filter(({ ok }) => !ok)).toEqual([])
  })

  it('is retried with the transaction of the library after a deadlock', async () => {
    const pool = poolOn(database)
    let attempts = 0
    const { outcome } = await transaction(pool, async (tx) => {
      attempts += 1
      const placement = await placeOrder(tx, order)
      if (attempts === 1) throw new DbtoolError('DEADLOCK', 'as the server reports it')
      return placement
    })
    expect([attempts, outcome, await count()]).toEqual([2, 'placed', 2])
    expect(await getProduct(pool, 1)).toMatchObject({ stock: 96 })
  })

  it('is rolled back with everything else', async () => {
    const before = await everything(database)
    await inTransaction(async (lease) => {
      expect(await placeOrder(lease, order)).toMatchObject({ outcome: 'placed' })
    }, 'ROLLBACK')
    expect(await everything(database)).toEqual(before)
  })

  it('a refusal undoes the order alone, and the transaction continues', async () => {
    await inTransaction(async (lease) => {
      const refused = { ...order, lines: [...order.lines, { productId: 2, quantity: 4 }] }
      await expect(placeOrder(lease, refused)).rejects.toThrow(OutOfStock)
      expect(await codeOf(placeOrder(lease, { ...order, userId: 9 }))).toBe('NOT_FOUND')
      expect(await getProduct(lease, 1)).toMatchObject({ stock: 98 })
      expect(await placeOrder(lease, order)).toMatchObject({ outcome: 'placed' })
    }, 'COMMIT')
    expect(await getProduct(poolOn(database), { sku: 'TEA-1' })).toMatchObject({ id: 1, stock: 96 })
    expect(await count()).toBe(2)
  })

  it('the same key finds the same order, and conflicts with another one', async () => {
    await inTransaction(async (lease) => {
      const first = await placeOrder(lease, order)
      expect(await placeOrder(lease, order)).toEqual({ ...first, outcome: 'existing' })
      expect(await codeOf(placeOrder(lease, { ...order, userId: 2 }))).toBe('KEY_CONFLICT')
      expect(await codeOf(placeOrder(lease, { ...order, key: 'basket-1' }))).toBe('KEY_CONFLICT')
    }, 'COMMIT')
    expect(await count()).toBe(2)
  })

  it('the same key in two transactions: one of them places the order, and the other finds it', async () => {
    const outcomes = await Promise.all(
      [1, 2].map(async () => {
        let outcome = ''
        await inTransaction(async (lease) => {
          outcome = (await placeOrder(lease, order)).outcome
        }, 'COMMIT')
        return outcome
      }),
    )
    expect(outcomes.sort()).toEqual(['existing', 'placed'])
    expect(await getProduct(poolOn(database), 1)).toMatchObject({ stock: 96 })
  })

  it('a dry run changes nothing, and the transaction continues', async () => {
    const before = await everything(database)
    await inTransaction(async (lease) => {
      expect(await placeOrder(lease, { ...order, dryRun: true })).toMatchObject({ totalAmount: '9.00' })
    }, 'COMMIT')
    expect(await everything(database)).toEqual(before)
  })

  it('a deadline is refused there: giving up a statement is up to the owner of the transaction', async () => {
    await inTransaction(async (lease) => {
      expect(await codeOf(placeOrder(lease, order, { timeoutMs: 100 }))).toBe('BAD_INPUT')
    }, 'COMMIT')
  })

  it('without a transaction, a lease is refused: an order would be half done after an error', async () => {
    await withLease(poolOn(database), async (lease) => {
      await expect(placeOrder(lease, order)).rejects.toMatchObject({ code: 'USAGE' })
    })
    expect(await count()).toBe(1)
  })
})

describe('orders and products read back', () => {
  it('one order by its id or key, with items and adjustments', async () => {
    const pool = poolOn(database)
    const adjustments = [{ kind: 'discount', label: 'voucher', amount: '-1.00' }] as const
    const { orderId } = await placeOrder(pool, { ...order, adjustments })
    const expected = {
      id: orderId,
      user_id: 1,
      username: 'ada',
      status: 'confirmed',
      total_amount: '8.00',
      discount: '-1.00',
      created_at: expect.any(Date),
      items: [{ product_id: 1, sku: 'TEA-1', name: 'Green tea', quantity: 2, price: '4.50', subtotal: '9.00' }],
      adjustments,
    }
    expect(await getOrder(pool, orderId)).toMatchObject(expected)
    expect(await getOrder(pool, { key: 'k' })).toMatchObject(expected)
  })

  it('lists with filters, in pages', async () => {
    const pool = poolOn(database)
    const { orderId } = await placeOrder(pool, { ...order, userId: 2, status: 'pending' })
    const ids = async (options: Parameters<typeof listOrders>[1]): Promise<number[]> =>
      (await listOrders(pool, options)).map(({ id }) => id)
    expect(await ids({ sort: 'id' })).toEqual([1, orderId])
    expect(await ids({ sort: '-id', limit: 1 })).toEqual([orderId])
    expect(await ids({ sort: 'id', limit: 1, offset: 1 })).toEqual([orderId])
    expect(await ids({ userId: 2 })).toEqual([orderId])
    expect(await ids({ status: 'pending' })).toEqual([orderId])
    expect(await ids({ until: new Date(0) })).toEqual([])
    expect(await listOrdersWithItems(pool, { userId: 1 })).toMatchObject([{ id: 1, items: [{}, {}] }])
    expect(await listProducts(pool)).toMatchObject([
      { sku: 'TEA-1', price: '4.50', stock: 96, is_active: true },
      { sku: 'POT-1', stock: 2 },
    ])
    expect(await listProducts(pool, { search: 'tea', active: true, sort: '-id' })).toHaveLength(2)
    expect(await listProducts(pool, { ids: [2] })).toMatchObject([{ sku: 'POT-1' }])
  })

  it.each<[string, (pool: ShopPool) => Promise<unknown>, string, string]>([
    ['an unknown order', (pool) => getOrder(pool, 99), 'NOT_FOUND', 'there is no order 99'],
    ['an unknown key', (pool) => getOrder(pool, { key: 'x' }), 'NOT_FOUND', "there is no order with the key 'x'"],
    ['an unknown product', (pool) => getProduct(pool, { sku: 'X' }), 'NOT_FOUND', "there is no product 'X'"],
    ['no id', (pool) => getOrder(pool, NaN), 'BAD_INPUT', 'getOrder: the order must be a whole number'],
    ['an id as text', (pool) => getOrder(pool, '1' as never), 'BAD_INPUT', "must be a number, not the text '1'"],
    ['a negative limit', (pool) => listOrders(pool, { limit: -1 }), 'BAD_INPUT', 'listOrders: limit must be a whole'],
    ['an unknown column', (pool) => listOrders(pool, { sort: 'x' as 'id' }), 'BAD_INPUT', 'sort must be one of id'],
    ['an unknown filter', (pool) => listOrders(pool, { user: 1 } as never), 'BAD_INPUT', "unknown property 'user'"],
    [
      'a date that the server cannot read',
      (pool) => listOrders(pool, { until: new Date(8.64e15) }),
      'BAD_INPUT',
      'until must be a Date in the years 0 to 9999',
    ],
    ['no date', (pool) => listOrders(pool, { since: 'x' as never }), 'BAD_INPUT', 'since must be a valid Date'],
  ])('%s: %s %s', async (_what, read, code, message) => {
    const error: unknown = await read(poolOn(database)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('an error of the server has its number', async () => {
    const error: unknown = await withLease(poolOn(database), (lease) =>
      lease.execute("INSERT INTO products (sku, name, price) VALUES ('TEA-1', 'x', 1)"),
    ).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({ code: 'DUPLICATE', errno: 1062, sqlState: '23000', key: 'sku' })
  })
})
