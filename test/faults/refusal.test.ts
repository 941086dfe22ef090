import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { PooledDatabase } from '../../src/db/database.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import type { Queries, Value } from '../../src/db/queries.ts'
import { OutcomeUnknown } from '../../src/shop/orders/exactly-once.ts'
import { OrderQueue } from '../../src/shop/orders/order-queue.ts'
import { type OrderLine, placeOrder, resolveByKey, unknownPlacement } from '../../src/shop/orders/place-order.ts'
import { placeOrderStatement } from '../../src/shop/orders/place-order.sql.ts'
import { placeOrdersTogether } from '../../src/shop/orders/place-orders.ts'
import { refuseAttempts } from '../../src/shop/orders/refusals.ts'
import { insertProducts } from '../../src/shop/products/products.ts'
import { replacing, testDatabase, untilWaiting, withPool } from '../support/database.ts'
import { failure, oneOrder } from './support/one-order.ts'
import { limits } from './support/operations.ts'
import { executesWith, packetProxy, type PacketProxy } from './support/packets.ts'

const database = testDatabase()
const shop = oneOrder(database)
beforeEach(() => database.connection.execute('DELETE FROM order_refusals'))

/** The row of a key that was refused, and then refused again so many times. */
const attemptOf = (key: string, again = 0): string =>
  `${hash('sha256', key, 'hex').slice(0, 26)}-${String(again).padStart(9, '0')}`
const refusals = async (): Promise<unknown[]> => database.connection.rows('SELECT attempt FROM order_refusals')
const stocked = (units: number): Promise<unknown> =>
  database.connection.execute('UPDATE products SET stock = ?, stock_received = ?', [units, units])

const products = async (count: number): Promise<number[]> => {
  const created = Array.from({ length: count }, (_, n) => ({ sku: `tea-${n}`, name: 'Tea', price: '1.00', stock: 10 }))
  return insertProducts(database.connection, shop.request.author, created)
}

function over(port: number): PooledDatabase {
  const target = { ...database.target, socket: undefined, host: '127.0.0.1', port }
  const pool = openPool('fair', { target, limits, options: { ...defaultPoolOptions, size: 1, maxOverflow: 0 } })
  onTestFinished(() => pool.close(0))
  return new PooledDatabase(pool)
}

/** A proxy that holds the order back, and hides the server: nothing can be killed behind it. */
async function holdingOrder(): Promise<PacketProxy> {
  const fault = { direction: 'up', packet: executesWith(shop.request.key), how: 'hold' } as const
  const network = await packetProxy(inject('socket'), fault, { hidesServer: true })
  onTestFinished(() => network.close())
  return network
}

/** The database, whose first statement is lost on the way to a server that is not known. */
function losingOnce(): Queries {
  let isFirst = true
  return replacing(database.connection, {
    prepared: async <T>(sql: string, values: readonly Value[]): Promise<T[]> => {
      if (!isFirst) return database.connection.prepared<T>(sql, values)
      isFirst = false
      throw Object.assign(failure('CONNECTION_LOST'), { lost: { threadId: 7, server: undefined } })
    },
  })
}

/** Resolves when the server has answered what was held back. */
async function released(network: PacketProxy): Promise<void> {
  const { down } = network.counts
  network.release()
  while (network.counts.down === down) await sleep(5)
}

describe('an order that cannot be killed at its server, because a proxy hides it', () => {
  // Up to 16 lines are variables of the statement; more are a document.
  it.each([1, 2, 17])(
    'does not appear after its refusal, however late it arrives; the same order can be placed: %d lines',
    async (count) => {
      const others = await products(count - 1)
      const lines = [...shop.request.lines, ...others.map((productId) => ({ productId, quantity: 1 }))]
      const request = { ...shop.request, lines }
      await stocked(0)
      const network = await holdingOrder()
      await expect(placeOrder(over(network.port), request)).rejects.toMatchObject({ code: 'OUT_OF_STOCK' })
      expect([network.struck, await refusals()]).toEqual([true, [{ attempt: attemptOf(request.key) }]])
      await stocked(10)
      await released(network)
      expect([await shop.orders(), await shop.stock()]).toEqual([0, 10])
      expect(await placeOrder(database.connection, request)).toMatchObject({ outcome: 'placed' })
      expect([await shop.orders(), await shop.stock(), await shop.broken()]).toEqual([1, 6, []])
    },
  )

  it('nor do orders of one batch', async () => {
    const requests = ['the key', 'its neighbour'].map((key) => ({ ...shop.request, key }))
    await stocked(0)
    const network = await holdingOrder()
    expect(await placeOrdersTogether(over(network.port), requests)).toEqual([undefined, undefined])
    expect([network.struck, (await refusals()).length]).toEqual([true, 1])
    await stocked(10)
    await released(network)
    expect([await shop.orders(), await shop.stock()]).toEqual([0, 10])
    // Of the batch that is asked again, the refused key goes alone.
    const queue = new OrderQueue(database.connection)
    expect(await Promise.all(requests.map((request) => queue.place(request)))).toMatchObject([
      { outcome: 'placed' },
      { outcome: 'placed' },
    ])
  })

  it('nor one that was interrupted', async () => {
    const lost = [{ threadId: 7, server: undefined }]
    const unknown = new OutcomeUnknown(unknownPlacement(shop.request.key), lost, undefined)
    expect(await resolveByKey(database.connection, shop.request, unknown)).toBeUndefined()
    expect(await refusals()).toEqual([{ attempt: attemptOf(shop.request.key) }])
  })

  it('leaves no refusal when it was a dry run, or is placed by the next attempt', async () => {
    await stocked(0)
    await expect(placeOrder(losingOnce(), { ...shop.request, dryRun: true })).rejects.toMatchObject({
      code: 'OUT_OF_STOCK',
    })
    await stocked(10)
    expect(await placeOrder(losingOnce(), shop.request)).toMatchObject({ outcome: 'placed' })
    expect([await refusals(), await shop.orders()]).toEqual([[], 1])
  })
})

describe('a refusal', () => {
  const refuse = (...keys: string[]): Promise<void> =>
    withPool(database.target, {}, (db) =>
      refuseAttempts(
        db,
        keys.map((key) => ({ key, lines: shop.request.lines })),
      ),
    )
  const named = (...attempts: string[]): unknown[] => attempts.toSorted().map((attempt) => ({ attempt }))
  const inserting = (db: Connection): Promise<unknown> =>
    db.execute('INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (?, 18, ?, "")', [
      shop.request.userId,
      shop.request.key,
    ])

  it.each(['COMMIT', 'ROLLBACK'])('waits for an attempt that has its key: %s', async (end) => {
    const other = await connect(database.target)
    onTestFinished(() => other.close())
    await other.execute('START TRANSACTION')
    await inserting(other)
    const refusal = refuse('another key', shop.request.key).then(
      () => 'refused',
      (error: unknown) => error,
    )
    await untilWaiting(database)
    await other.execute(end)
    if (end === 'ROLLBACK') {
      const both = named(attemptOf('another key'), attemptOf(shop.request.key))
      expect([await refusal, await refusals()]).toEqual(['refused', both])
    } else {
      expect(await refusal).toMatchObject({ code: 'DUPLICATE', key: 'idempotency_key' })
      expect([await refusals(), await shop.orders()]).toEqual([[], 1])
    }
  })

  it.each(['COMMIT', 'ROLLBACK'])('waits for an attempt that has its products and not yet its key: %s', async (end) => {
    const other = await connect(database.target)
    onTestFinished(() => other.close())
    await other.execute('START TRANSACTION')
    await other.execute('UPDATE products SET stock = stock - 4')
    const refusal = refuse(shop.request.key).then(
      () => 'refused',
      (error: unknown) => error,
    )
    await untilWaiting(database)
    await inserting(other)
    await other.execute(end)
    if (end === 'ROLLBACK') {
      expect([await refusal, await refusals()]).toEqual(['refused', named(attemptOf(shop.request.key))])
    } else {
      expect(await refusal).toMatchObject({ code: 'DUPLICATE', key: 'idempotency_key' })
      expect([await refusals(), await shop.orders()]).toEqual([[], 1])
    }
  })

  // As on a node, where the refusal of another one is applied while the order waits for its key.
  it.each([1, 17])('is found by an attempt that was already running: %d lines', async (count) => {
    const other = await connect(database.target)
    onTestFinished(() => other.close())
    const others = await products(count - 1)
    const lines = [...shop.request.lines, ...others.map((productId) => ({ productId, quantity: 1 }))]
    await other.execute('UPDATE products SET refused_at = UTC_TIMESTAMP()')
    await other.execute('START TRANSACTION')
    await inserting(other)
    const { sql, values } = placeOrderStatement({ ...shop.request, lines, digest: '' }, 0)
    const answer = withPool(database.target, {}, (db) => db.prepared(sql, values))
    await untilWaiting(database)
    await other.execute('DELETE FROM orders WHERE idempotency_key = ?', [shop.request.key])
    await other.execute('INSERT INTO order_refusals (attempt) VALUES (?)', [attemptOf(shop.request.key)])
    await other.execute('COMMIT')
    expect(await answer).toEqual([{ outcome: 'refused', refused_round: 0 }])
    expect([await shop.orders(), await shop.stock()]).toEqual([0, 10])
  })

  it('marks its products for longer than it is kept, and no other product', async () => {
    const marked = async (): Promise<unknown> =>
      database.connection.rows(`SELECT id, refused_at > UTC_TIMESTAMP() - INTERVAL 1 HOUR AS is_recent
        FROM products WHERE refused_at IS NOT NULL`)
    const [{ productId }] = shop.request.lines as [OrderLine]
    await products(2)
    await refuse('one')
    const rows = [{ id: productId, is_recent: 1 }]
    expect(await marked()).toEqual(rows)
    await database.connection.execute('UPDATE products SET refused_at = refused_at - INTERVAL 2 DAY')
    await refuse('two')
    expect(await marked()).toEqual(rows)
    expect(await placeOrder(database.connection, shop.request)).toMatchObject({ outcome: 'placed' })
    expect(await marked()).toEqual(rows)
  })

  it('can be repeated, needs no user, and leaves nothing but one row a key', async () => {
    await database.connection.execute('DELETE FROM users')
    await refuse('one', 'two')
    expect(await refusals()).toEqual(named(attemptOf('one'), attemptOf('two')))
    for (let round = 1; round < 12; round += 1) await refuse('one', 'zwölf €')
    expect(await refusals()).toEqual(named(attemptOf('one', 11), attemptOf('two'), attemptOf('zwölf €', 10)))
    expect([await shop.orders(), await shop.broken()]).toEqual([0, []])
  })

  it('ends each attempt before it and none after it, also one of a batch', async () => {
    const { request } = shop
    for (let round = 0; round < 3; round += 1) await refuse(request.key)
    const lines = [{ productId: request.lines[0]!.productId, quantity: 4 }]
    const sent = async (round: number): Promise<unknown> => {
      const { sql, values } = placeOrderStatement({ ...request, lines, digest: '' }, round)
      return (await database.connection.prepared<{ outcome: string }>(sql, values))[0]
    }
    const refused = { outcome: 'refused', refused_round: 2 }
    expect([await sent(0), await sent(2)]).toEqual([refused, refused])
    expect([await shop.orders(), await shop.stock()]).toEqual([0, 10])
    const neighbours = ['a', 'b'].map((key) => ({ ...request, lines: [{ ...lines[0]!, quantity: 1 }], key }))
    expect(await placeOrdersTogether(database.connection, [...neighbours, request])).toMatchObject([
      { outcome: 'placed' },
      { outcome: 'placed' },
      undefined,
    ])
    expect(await placeOrder(database.connection, request)).toMatchObject({ outcome: 'placed' })
    expect([await shop.orders(), await shop.stock(), await shop.broken()]).toEqual([3, 4, []])
  })

  it('is deleted by a later one after 30 days', async () => {
    await refuse('old', 'new')
    await database.connection.execute(
      'UPDATE order_refusals SET refused_at = UTC_TIMESTAMP() - INTERVAL 31 DAY WHERE attempt = ?',
      [attemptOf('old')],
    )
    await refuse('last')
    expect(await refusals()).toEqual(named(attemptOf('last'), attemptOf('new')))
  })
})
