import { describe, expect, it } from 'vitest'
import { insertProduct } from '../../../src/shop/products/products.ts'
import { OutOfStock, placeOrder } from '../../../src/shop/orders/place-order.ts'
import { insertUser, noLogin } from '../../../src/shop/users/users.ts'
import { dbtool } from '../../support/cli.ts'
import { testDatabase, withPool } from '../../support/database.ts'

const author = { osUser: 'tester', command: 'test' }

describe('two hundred buyers race for fifty units over sixteen connections', () => {
  const database = testDatabase()

  it('sells exactly fifty, tells the others what was there, and leaves a sound shop', async () => {
    await withPool(database.target, { size: 16, maxOverflow: 0 }, async (db) => {
      const product = await insertProduct(db, author, { sku: 'HOT', name: 'Hot', price: '3.33', stock: 50 })
      const user = await insertUser(db, author, {
        username: 'buyer',
        email: 'buyer@example.com',
        passwordHash: noLogin,
      })
      const attempts = await Promise.allSettled(
        Array.from({ length: 200 }, (_, buyer) =>
          placeOrder(db, {
            userId: user.id,
            lines: [{ productId: product.id, quantity: 1 }],
            key: `race-${buyer}`,
            status: 'confirmed',
            author,
          }),
        ),
      )
      const refusals = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []))
      expect(refusals).toHaveLength(150)
      for (const refusal of refusals)
        expect(refusal).toMatchObject({
          code: 'OUT_OF_STOCK',
          shortages: [{ product_id: product.id, wanted: 1, stock: 0 }],
        })
      expect(refusals.every((refusal) => refusal instanceof OutOfStock)).toBe(true)
      expect(await db.rows('SELECT stock FROM products')).toEqual([{ stock: 0 }])
      expect(
        await db.rows('SELECT COUNT(*) AS orders, CAST(SUM(total_amount) AS CHAR) AS revenue FROM orders'),
      ).toEqual([{ orders: 50, revenue: '166.50' }])
    })
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  })
})
