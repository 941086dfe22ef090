import { beforeEach, describe, expect, it } from 'vitest'
import type { Queries, Value } from '../../../src/db/queries.ts'
import { dryRun } from '../../../src/db/transaction.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { checkInvariants } from '../../../src/shop/invariants.ts'
import { placeOrder, type OrderLine, type OrderRequest } from '../../../src/shop/orders/place-order.ts'
import { placeOrdersIn, placeOrdersTogether } from '../../../src/shop/orders/place-orders.ts'
import { insertUser, noLogin } from '../../../src/shop/users/users.ts'
import { Chance, seedOf } from '../../faults/support/chance.ts'
import { listening, replacing, testDatabase, withPool } from '../../support/database.ts'

const database = testDatabase()
const author = { osUser: 'tester', command: 'test' }
const products = 20
const seed = seedOf(process.env)
let userId = 0

beforeEach(async () => {
  const db = database.connection
  for (const table of ['order_items', 'orders', 'products', 'users', 'logs']) await db.execute(`DELETE FROM ${table}`)
  await db.execute(
    `INSERT INTO products (id, sku, name, price, stock, stock_received)
      SELECT seq, CONCAT('P', seq), CONCAT('p', seq), seq + 0.25, 1000, 1000
      FROM seq_1_to_${products}`,
  )
  userId = (await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })).id
  await db.execute('DELETE FROM logs')
})

const order = (key: string, lines: readonly OrderLine[], more: Partial<OrderRequest> = {}): OrderRequest => ({
  userId,
  lines,
  key,
  status: 'confirmed',
  author,
  ...more,
})
const line = (productId: number, quantity: number, price?: string): OrderLine => ({
  productId,
  quantity,
  ...(price !== undefined && { price }),
})
const together = async (
  requests: readonly OrderRequest[],
  db: Queries = database.connection,
): Promise<(string | undefined)[]> =>
  (await placeOrdersTogether(db, requests)).map(
    (placement) => placement && `${placement.outcome} ${placement.totalAmount}`,
  )
const existingKeys = async (): Promise<string[]> =>
  (await database.connection.rows<{ key: string }>('SELECT idempotency_key AS `key` FROM orders ORDER BY id')).map(
    ({ key }) => key,
  )
const broken = async (): Promise<string[]> =>
  (await checkInvariants(database.connection)).filter(({ ok }) => !ok).map(({ invariant }) => invariant)

/** Everything that orders leave, without ids of orders and without the time. */
async function shop(): Promise<unknown[]> {
  const { connection: db } = database
  return [
    await db.rows('SELECT id, stock, units_sold, times_ordered, revenue FROM products ORDER BY id'),
    await db.rows('SELECT user_id, total_amount, status, idempotency_key, content_digest FROM orders ORDER BY id'),
    await db.rows(
      `SELECT o.idempotency_key, i.product_id, i.quantity, i.price
        FROM order_items i JOIN orders o ON o.id = i.order_id
        ORDER BY 1, 2`,
    ),
    await db.rows(
      `SELECT o.idempotency_key, l.os_user, l.command, l.entity, l.message
        FROM logs l JOIN orders o ON o.id = l.entity_id
        ORDER BY 1`,
    ),
  ]
}

describe('orders placed together', () => {
  it('leave what they would leave one by one, in their order, whatever their lines', async () => {
    const chance = new Chance(seed)
    const some = (): OrderRequest[] =>
      Array.from({ length: 60 }, (_, index) => {
        const first = chance.between(1, products - 5)
        const lines = Array.from({ length: chance.between(1, 5) }, (_l, n) =>
          line(
            first + n,
            chance.between(1, 9),
            chance.between(0, 1) === 0 ? undefined : `${chance.between(0, 99)}.0${chance.between(0, 9)}`,
          ),
        )
        return order(`k${index} "ä'\\`, chance.between(0, 1) === 0 ? lines : lines.reverse(), {
          status: index % 2 === 0 ? 'confirmed' : 'pending',
        })
      })
    const requests = some()
    for (const request of requests) await placeOrder(database.connection, request)
    const oneByOne = await shop()
    for (const table of ['order_items', 'orders', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
    await database.connection.execute(
      'UPDATE products SET stock = 1000, units_sold = 0, times_ordered = 0, revenue = 0',
    )
    expect((await together(requests)).every((outcome) => outcome?.startsWith('placed') === true)).toBe(true)
    expect(await shop(), `seed ${seed}`).toEqual(oneByOne)
    expect(await broken()).toEqual([])
  })

  it.each([2, 3, 4, 5, 31, 32, 33, 100, 129])(
    '%i at once are answered with their own ids, lines and amounts',
    async (count) => {
      const db = database.connection
      const requests = Array.from({ length: count }, (_, n) =>
        order(`k${n}`, [line(1 + (n % products), 1)], {
          adjustments: n % 3 === 0 ? [{ kind: 'shipping', label: `parcel ${n}`, amount: '1.50' }] : [],
        }),
      )
      await db.execute('SET SESSION auto_increment_increment = 3')
      const placements = await placeOrdersTogether(db, requests)
      await db.execute('SET SESSION auto_increment_increment = DEFAULT')
      const rows = await db.rows(
        `SELECT o.id AS orderId, o.total_amount AS totalAmount, o.idempotency_key AS \`key\`, i.product_id AS product,
          COALESCE(a.label, '') AS parcel, l.message
        FROM orders o JOIN order_items i ON i.order_id = o.id LEFT JOIN order_adjustments a ON a.order_id = o.id
          JOIN logs l ON l.entity = 'orders' AND l.entity_id = o.id
        ORDER BY o.id`,
      )
      expect(rows).toEqual(
        placements.map((placement, n) => ({
          orderId: placement?.orderId,
          totalAmount: placement?.totalAmount,
          key: `k${n}`,
          product: 1 + (n % products),
          parcel: n % 3 === 0 ? `parcel ${n}` : '',
          message: `placed for user ${userId}: 1 line, total ${placement?.totalAmount}`,
        })),
      )
      expect(await broken()).toEqual([])
    },
  )

  it('are retried by the transaction of the caller if a price is not the one that was read', async () => {
    const stale: Queries = replacing(database.connection, {
      rows: <T>(): Promise<T[]> => Promise.resolve([{ id: 1, price: '0.01' }] as T[]),
    })
    const placing = dryRun(database.connection, () => placeOrdersIn(stale, [order('a', [line(1, 1)])]))
    await expect(placing).rejects.toMatchObject({ code: 'DEADLOCK' })
    expect(await existingKeys()).toEqual([])
  })

  it('keep the time of each', async () => {
    await together([
      order('old', [line(1, 1)], { orderedAt: new Date('2010-12-01T08:26:00Z') }),
      order('new', [line(1, 1)]),
    ])
    const [old, now] = await database.connection.rows<{ at: Date }>('SELECT created_at AS at FROM orders ORDER BY id')
    expect(old?.at.toISOString()).toBe('2010-12-01T08:26:00.000Z')
    expect(Math.abs(Date.now() - (now?.at.getTime() ?? 0))).toBeLessThan(60_000)
  })

  it.each<[string, (sound: readonly OrderRequest[]) => Promise<OrderRequest>, readonly string[]]>([
    ['wants more than there is', () => Promise.resolve(order('bad', [line(1, 1), line(7, 1_001)])), ['a', 'b', 'c']],
    [
      'wants what is no longer sold',
      async () => {
        await database.connection.execute('UPDATE products SET is_active = FALSE WHERE id = 7')
        return order('bad', [line(7, 1)])
      },
      ['a', 'b', 'c'],
    ],
    ['wants a product that is not there', () => Promise.resolve(order('bad', [line(999, 1)])), ['a', 'b', 'c']],
    [
      'has a key with other content',
      async () => {
        await placeOrder(database.connection, order('bad', [line(9, 1)]))
        return order('bad', [line(9, 2)])
      },
      ['bad', 'a', 'b', 'c'],
    ],
    // These are found out only while they are written: nothing is placed, and each is to be asked for by itself.
    ['is of a user who is not there', () => Promise.resolve(order('bad', [line(7, 1)], { userId: 999_999 })), []],
    ['costs more than an order can', () => Promise.resolve(order('bad', [line(7, 3, '99999999.99')])), []],
  ])('around one that %s', async (_what, bad, existing) => {
    const sound = [order('a', [line(1, 1), line(2, 2)]), order('b', [line(2, 1)]), order('c', [line(3, 4, '0.10')])]
    const [a, b, c] = sound as [OrderRequest, OrderRequest, OrderRequest]
    const outcomes = await together([a, b, await bad(sound), c])
    expect(outcomes).toEqual(
      existing.length === 0
        ? [undefined, undefined, undefined, undefined]
        : ['placed 5.75', 'placed 2.25', undefined, 'placed 0.40'],
    )
    expect(await existingKeys()).toEqual(existing)
    expect(await broken()).toEqual([])
  })

  it('find those that are there already, and take nothing again', async () => {
    const requests = ['a', 'b', 'c'].map((key) => order(key, [line(1, 2)]))
    await together(requests.slice(0, 2))
    expect(await together(requests)).toEqual(['existing 2.50', 'existing 2.50', undefined])
    expect(await together(requests.slice(0, 2))).toEqual(['existing 2.50', 'existing 2.50'])
    expect(await database.connection.rows('SELECT stock FROM products WHERE id = 1')).toEqual([{ stock: 996 }])
  })

  it('that add up to more than there is: those that want something else are placed', async () => {
    const outcomes = await together([
      order('a', [line(1, 600)]),
      order('b', [line(2, 1)]),
      order('c', [line(1, 600)]),
      order('d', [line(3, 1)]),
    ])
    expect(outcomes).toEqual([undefined, 'placed 2.25', undefined, 'placed 3.25'])
  })

  it('a key that comes twice is one for its own statement', async () => {
    expect(await together([order('a', [line(1, 1)]), order('a', [line(1, 1)])])).toEqual([undefined, undefined])
    expect(await existingKeys()).toEqual([])
  })

  it('whose answer is lost are found, not placed twice', async () => {
    const db = database.connection
    let asked = 0
    const losing = replacing(db, {
      async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
        const answer = await db.prepared<T>(sql, values)
        if ((asked += 1) === 1) throw new DbtoolError('CONNECTION_LOST', 'lost')
        return answer
      },
    })
    expect(
      await together(
        ['a', 'b', 'c'].map((key) => order(key, [line(1, 2)])),
        losing,
      ),
    ).toEqual(['existing 2.50', 'existing 2.50', 'existing 2.50'])
    expect(await existingKeys()).toEqual(['a', 'b', 'c'])
  })

  it.each([2, 5, products])(
    'from many sides at once, with single ones between, over %d products: none deadlocks, none is doubled',
    async (drawnFrom) => {
      const errors: unknown[] = []
      const of = (side: number, n: number): OrderRequest =>
        order(
          `${side}-${n}`,
          [...new Set([1 + (n % drawnFrom), 1 + ((n + side) % drawnFrom)])].map((id) => line(id, 1)),
        )
      await withPool(database.target, { size: 8, maxOverflow: 0 }, async (db) => {
        const heard = listening(db, errors)
        await Promise.all(
          Array.from({ length: 8 }, async (_, side) => {
            if (side % 2 === 0)
              await placeOrdersTogether(
                heard,
                Array.from({ length: 30 }, (_n, n) => of(side, n)),
              )
            else for (let n = 0; n < 30; n += 1) await placeOrder(heard, of(side, n))
          }),
        )
      })
      expect(errors).toEqual([])
      expect((await existingKeys()).length).toBe(8 * 30)
      expect(await broken()).toEqual([])
    },
  )

  it('the same from two sides are there once', async () => {
    const requests = Array.from({ length: 40 }, (_, n) => order(`k${n}`, [line(1 + (n % products), 1)]))
    await withPool(database.target, { size: 4, maxOverflow: 0 }, async (db) => {
      await Promise.all([0, 1, 2, 3].map(() => placeOrdersTogether(db, requests)))
    })
    expect((await existingKeys()).sort()).toEqual(requests.map(({ key }) => key).sort())
    expect(await broken()).toEqual([])
  })
})
