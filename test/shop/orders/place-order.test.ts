import { beforeEach, describe, expect, it } from 'vitest'
import { OutOfStock, placeOrder, type OrderLine, type OrderRequest } from '../../../src/shop/orders/place-order.ts'
import { placeOrderStatement } from '../../../src/shop/orders/place-order.sql.ts'
import { checkInvariants } from '../../../src/shop/invariants.ts'
import { insertProduct } from '../../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../../src/shop/users/users.ts'
import type { Queries, Session, Value } from '../../../src/db/queries.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { listening, replacing, testDatabase, withPool } from '../../support/database.ts'

const invariantsBroken = async (db: Session): Promise<string[]> =>
  (await checkInvariants(db)).filter(({ ok }) => !ok).map(({ invariant }) => invariant)

const author = { osUser: 'tester', command: 'test' }

describe('an order', () => {
  const database = testDatabase()
  let request: OrderRequest
  let tea = 0
  let pot = 0

  beforeEach(async () => {
    const db = database.connection
    for (const table of ['order_items', 'orders', 'products', 'users', 'logs']) await db.execute(`DELETE FROM ${table}`)
    tea = (await insertProduct(db, author, { sku: 'TEA', name: 'Tea', price: '4.50', stock: 10 })).id
    pot = (await insertProduct(db, author, { sku: 'POT', name: 'Pot', price: '48.90', stock: 3 })).id
    const user = await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })
    request = {
      userId: user.id,
      lines: [
        { productId: pot, quantity: 1 },
        { productId: tea, quantity: 2 },
      ],
      key: 'k1',
      status: 'confirmed',
      author,
    }
  })

  const stocks = async (): Promise<number[]> =>
    (await database.connection.rows<{ stock: number }>('SELECT stock FROM products ORDER BY id')).map(
      ({ stock }) => stock,
    )
  /** Products 1 to `count`, each a thousand times. */
  const stocked = async (count: number): Promise<void> => {
    await database.connection.execute('DELETE FROM products')
    await database.connection.execute(
      `INSERT INTO products (id, name, price, stock, stock_received)
        SELECT seq, CONCAT('p', seq), 1, 1000, 1000
        FROM seq_1_to_${count}`,
    )
  }
  const linesOf = (count: number): OrderLine[] =>
    Array.from({ length: count }, (_, index) => ({ productId: index + 1, quantity: 1 + ((index + 1) % 3) }))
  const count = async (table: string): Promise<number> =>
    (await database.connection.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n ?? -1

  it('takes stock, keeps the prices of the moment, adds up exactly and leaves a row in the log', async () => {
    const { outcome, orderId, totalAmount } = await placeOrder(database.connection, request)
    expect([outcome, totalAmount]).toEqual(['placed', '57.90'])
    await database.connection.execute('UPDATE products SET price = 99')
    expect(await stocks()).toEqual([8, 2])
    expect(
      await database.connection.rows(
        'SELECT product_id, quantity, price FROM order_items WHERE order_id = ? ORDER BY product_id',
        [orderId],
      ),
    ).toEqual([
      { product_id: tea, quantity: 2, price: '4.50' },
      { product_id: pot, quantity: 1, price: '48.90' },
    ])
    const [log] = await database.connection.rows(
      'SELECT os_user, command, entity, entity_id, message FROM logs ORDER BY id DESC LIMIT 1',
    )
    expect(log).toEqual({
      os_user: 'tester',
      command: 'test',
      entity: 'orders',
      entity_id: orderId,
      message: `placed for user ${request.userId}: 2 lines, total 57.90`,
    })
  })

  it('names every product that is short, with its stock, and changes nothing', async () => {
    await database.connection.execute('UPDATE products SET is_active = FALSE WHERE id = ?', [pot])
    const lines = [
      { productId: pot, quantity: 1 },
      { productId: tea, quantity: 11 },
      { productId: 999_999, quantity: 1 },
    ]
    const refusal = await placeOrder(database.connection, { ...request, lines }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(OutOfStock)
    expect((refusal as OutOfStock).message).toBe(
      'out of stock: TEA (Tea): 11 wanted, 10 in stock; POT (Pot) is not for sale; product 999999 does not exist',
    )
    expect(await stocks()).toEqual([10, 3])
    expect([await count('orders'), await count('order_items')]).toEqual([0, 0])
  })

  it.each([
    [
      'the same key and content, in another order of lines',
      (r: OrderRequest) => ({ ...r, lines: [...r.lines].reverse() }),
      'existing',
    ],
    [
      'the same key with another quantity',
      (r: OrderRequest) => ({ ...r, lines: [{ productId: r.lines[0]!.productId, quantity: 2 }] }),
      'KEY_CONFLICT',
    ],
    ['the same key for another user', (r: OrderRequest) => ({ ...r, userId: r.userId + 1 }), 'KEY_CONFLICT'],
    [
      'the same key with an agreed price',
      (r: OrderRequest) => ({ ...r, lines: r.lines.map((line) => ({ ...line, price: '1.00' })) }),
      'KEY_CONFLICT',
    ],
  ])('%s', async (_what, change, expected) => {
    const first = await placeOrder(database.connection, request)
    const again = await placeOrder(database.connection, change(request)).catch((error: unknown) => error)
    if (expected === 'existing') expect(again).toEqual({ ...first, outcome: 'existing' })
    else expect(again).toMatchObject({ code: expected })
    expect(await count('orders')).toBe(1)
    expect(await stocks()).toEqual([8, 2])
  })

  it('the same key again after the last unit was sold finds the order, not an empty shelf', async () => {
    const all = { ...request, lines: [{ productId: tea, quantity: 10 }] }
    const first = await placeOrder(database.connection, all)
    expect(await placeOrder(database.connection, all)).toEqual({ ...first, outcome: 'existing' })
  })

  it('one key asked for twenty times at once is one order', async () => {
    await withPool(database.target, { size: 10, maxOverflow: 0 }, async (db) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => placeOrder(db, request)))
      expect(answers.filter(({ outcome }) => outcome === 'placed')).toHaveLength(1)
      expect(new Set(answers.map(({ orderId }) => orderId)).size).toBe(1)
    })
    expect(await stocks()).toEqual([8, 2])
  })

  it('a rehearsal tries everything and keeps nothing', async () => {
    const { outcome, totalAmount } = await placeOrder(database.connection, { ...request, dryRun: true })
    expect([outcome, totalAmount, await count('orders'), await stocks()]).toEqual(['placed', '57.90', 0, [10, 3]])
  })

  it.each([
    ['a user who is not there', { userId: 999_999 }, 'NOT_FOUND', 'there is no user 999999'],
    [
      'a total that no order can have',
      { lines: [{ productId: 0, quantity: 3, price: '99999999.99' }] },
      'CONSTRAINT',
      'the total of the order is more than 99999999.99',
    ],
  ])('refuses %s and changes nothing', async (_what, change, code, message) => {
    const lines = 'lines' in change ? change.lines.map((line) => ({ ...line, productId: tea })) : request.lines
    await expect(placeOrder(database.connection, { ...request, ...change, lines })).rejects.toMatchObject({
      code,
      message,
    })
    expect([await count('orders'), await stocks()]).toEqual([0, [10, 3]])
  })

  it('orders that want the same products in opposite order never deadlock', async () => {
    await database.connection.execute('UPDATE products SET stock = 10000, stock_received = 10000')
    const errors: unknown[] = []
    await withPool(database.target, { size: 12, maxOverflow: 0 }, async (db) => {
      const place = (index: number): Promise<unknown> =>
        placeOrder(listening(db, errors), {
          ...request,
          key: `both-${index}`,
          lines: index % 2 === 0 ? request.lines : [...request.lines].reverse(),
        })
      await Promise.all(Array.from({ length: 300 }, (_, index) => place(index)))
    })
    expect(errors).toEqual([])
    expect(await stocks()).toEqual([10_000 - 600, 10_000 - 300])
  })

  it.each([2, 3, 5])(
    'orders of different products never wait for each other in a shop of %d products',
    async (products) => {
      await database.connection.execute('DELETE FROM products')
      await database.connection.execute(
        `INSERT INTO products (name, price, stock) SELECT CONCAT('p', seq), 1, 1000 FROM seq_1_to_${products}`,
      )
      const ids = (await database.connection.rows<{ id: number }>('SELECT id FROM products')).map(({ id }) => id)
      const errors: unknown[] = []
      await withPool(database.target, { size: 12, maxOverflow: 0 }, async (db) => {
        const place = (index: number): Promise<unknown> =>
          placeOrder(listening(db, errors), {
            ...request,
            key: `apart-${index}`,
            lines: [{ productId: ids[index % products]!, quantity: 1 }],
          })
        await Promise.all(Array.from({ length: 100 }, (_, index) => place(index)))
      })
      expect(errors).toEqual([])
    },
  )

  // A shop of few products would be scanned, unless it is forbidden.
  it.each([1, 2, 3, 5, 10_000])(
    'locks its products in ascending id, and no others, with %d products in the shop',
    async (products) => {
      await stocked(products)
      const updateOf = (count: number): string =>
        /UPDATE [^;]*/.exec(placeOrderStatement({ ...request, digest: '', lines: linesOf(count) }, 0).sql)?.[0] ?? ''
      const planOf = async (sql: string): Promise<string[][]> =>
        (await database.connection.rows<{ table: string; type: string; key: string }>(`EXPLAIN ${sql}`)).map(
          ({ table, type, key }) => [table, type, key],
        )
      for (const count of [1, 3, 16]) {
        const byVariables = updateOf(count)
          .replaceAll(/\bproduct(\d+)/g, '$1')
          .replaceAll(/\b(?:quantity|agreed)\d+/g, '1')
        expect(await planOf(byVariables), byVariables).toEqual([['products', 'range', 'PRIMARY']])
      }
      const together = updateOf(100).replace('wanted', "'[[1,1],[2,1],[3,1]]'")
      expect(await planOf(together), together).toEqual([
        ['line', 'ALL', null],
        ['p', 'eq_ref', 'PRIMARY'],
      ])
    },
  )

  // Few lines and many go different ways, which nobody may notice.
  describe.each([1, 2, 16, 17, 100])('of %d lines', (count) => {
    beforeEach(() => stocked(count))

    it('takes every line at its price, agreed or of the moment, adds up exactly, and knows itself again', async () => {
      await database.connection.execute('UPDATE products SET price = id + 0.25')
      const lines = linesOf(count).map((line) => (line.productId % 3 === 0 ? { ...line, price: '0.07' } : line))
      const items = lines.map(({ productId, quantity, price = `${productId}.25` }) => ({
        product_id: productId,
        quantity,
        price,
      }))
      const cents = items.reduce((sum, { quantity, price }) => sum + quantity * Math.round(Number(price) * 100), 0)
      const placed = await placeOrder(database.connection, { ...request, lines })
      expect(placed).toMatchObject({ outcome: 'placed', totalAmount: (cents / 100).toFixed(2) })
      expect(
        await database.connection.rows('SELECT product_id, quantity, price FROM order_items ORDER BY product_id'),
      ).toEqual(items)
      const kept = await database.connection.rows(
        `SELECT id AS product_id, 1000 - stock AS quantity, units_sold, times_ordered, revenue
          FROM products
          ORDER BY id`,
      )
      expect(kept).toEqual(
        items.map(({ product_id, quantity, price }) => ({
          product_id,
          quantity,
          units_sold: quantity,
          times_ordered: 1,
          revenue: (quantity * Number(price)).toFixed(2),
        })),
      )
      expect(await placeOrder(database.connection, { ...request, lines })).toEqual({ ...placed, outcome: 'existing' })
      expect(await invariantsBroken(database.connection)).toEqual([])
    })

    it('names only what is short, whatever else it wanted, and changes nothing', async () => {
      // The others have just as much as is wanted: taking them for a moment must not make them look short.
      await database.connection.execute('UPDATE products SET stock = 1 + MOD(id, 3)')
      await database.connection.execute('UPDATE products SET stock = 0 WHERE id = ?', [count])
      const refusal = await placeOrder(database.connection, { ...request, lines: linesOf(count) }).catch(
        (error: unknown) => error,
      )
      expect((refusal as OutOfStock).shortages.map(({ product_id, stock }) => [product_id, stock])).toEqual([
        [count, 0],
      ])
      expect(
        await database.connection.rows(
          'SELECT id FROM products WHERE units_sold <> 0 OR times_ordered <> 0 OR revenue <> 0',
        ),
      ).toEqual([])
    })

    it('never deadlocks with others of the same products', async () => {
      const errors: unknown[] = []
      await withPool(database.target, { size: 8, maxOverflow: 0 }, async (db) => {
        await Promise.all(
          Array.from({ length: 64 }, (_, index) =>
            placeOrder(listening(db, errors), { ...request, key: `same-${index}`, lines: linesOf(count) }),
          ),
        )
      })
      expect(errors).toEqual([])
      expect(await invariantsBroken(database.connection)).toEqual([])
    })
  })

  it('names thousands of products that are short, in a message of readable length', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => ({ productId: 1_000_000 + index, quantity: 1 }))
    const refusal: unknown = await placeOrder(database.connection, { ...request, key: 'many', lines }).catch(
      (error: unknown) => error,
    )
    expect(refusal).toMatchObject({ code: 'OUT_OF_STOCK', message: expect.stringMatching(/; and 9900 more$/) })
    expect((refusal as OutOfStock).shortages).toHaveLength(10_000)
  })

  it('stock that is short only for a moment is retried', async () => {
    const db = database.connection
    let asked = 0
    const restockedMeanwhile = replacing(db, {
      async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
        return (asked += 1) === 1 ? ([] as T[]) : db.prepared<T>(sql, values)
      },
    })
    expect(await placeOrder(restockedMeanwhile, request)).toMatchObject({ outcome: 'placed' })
    expect(asked).toBe(2)
  })

  it('that was placed is found by its key, though the server would refuse a new one now', async () => {
    const first = await placeOrder(database.connection, request)
    await database.connection.execute('UPDATE products SET price = 99999999.99')
    await database.connection.execute('SET SESSION TRANSACTION READ ONLY')
    try {
      expect(await placeOrder(database.connection, request)).toEqual({ ...first, outcome: 'existing' })
      await expect(placeOrder(database.connection, { ...request, key: 'new' })).rejects.toMatchObject({ errno: 1792 })
    } finally {
      await database.connection.execute('SET SESSION TRANSACTION READ WRITE')
    }
    await expect(placeOrder(database.connection, { ...request, key: 'new' })).rejects.toMatchObject({
      code: 'CONSTRAINT',
    })
  })
})

describe('an order whose connection dies', () => {
  const database = testDatabase()

  it('is retried by its key: placed once, and found', async () => {
    const db = database.connection
    const product = await insertProduct(db, author, { name: 'Tea', price: '4.50', stock: 10 })
    const user = await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })
    let calls = 0
    // The server does it, and its answer is lost.
    const losesAnswer: Pick<Queries, 'prepared'> = {
      async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
        const answer = await db.prepared<T>(sql, values)
        if ((calls += 1) === 1) throw new DbtoolError('CONNECTION_LOST', 'lost')
        return answer
      },
    }
    const request: OrderRequest = {
      userId: user.id,
      lines: [{ productId: product.id, quantity: 4 }],
      key: 'lost',
      status: 'confirmed',
      author,
    }
    expect(await placeOrder(losesAnswer as Queries, request)).toMatchObject({
      outcome: 'existing',
      totalAmount: '18.00',
    })
    expect(await db.rows('SELECT stock FROM products')).toEqual([{ stock: 6 }])
    expect(calls).toBe(2)
  })
})
