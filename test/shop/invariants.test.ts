import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { invariants } from '../../src/shop/invariants.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

/** Each breaks exactly one thing, past every constraint of the schema, on purpose. */
const breakages: Record<string, { how: string[]; found: Record<string, unknown> }> = {
  'stock-not-negative': {
    how: ['UPDATE products SET stock = -1, stock_received = 1 WHERE id = 1'],
    found: { product_id: 1, stock: -1 },
  },
  'stock-ledger': {
    how: ['UPDATE products SET stock = stock + 1 WHERE id = 1'],
    found: { product_id: 1, stock: 9, stock_received: 10, units_sold: '2' },
  },
  'sales-figures': {
    how: ['UPDATE products SET revenue = revenue + 0.01 WHERE id = 1'],
    found: { product_id: 1, revenue: '10.01', revenue_of_lines: '10.00' },
  },
  'order-total': {
    how: ['UPDATE orders SET total_amount = total_amount + 0.01 WHERE id = 1'],
    found: { order_id: 1, total_amount: '10.01', sum_of_lines: '10.00', sum_of_adjustments: '0.00' },
  },
  'total-not-negative': {
    how: [
      "INSERT INTO order_adjustments (order_id, kind, amount) VALUES (1, 'discount', -11)",
      'UPDATE orders SET total_amount = -1 WHERE id = 1',
    ],
    found: { order_id: 1, total_amount: '-1.00' },
  },
  'order-has-lines': {
    how: ["INSERT INTO orders (id, user_id, total_amount, idempotency_key, content_digest) VALUES (2, 1, 0, 'k2', '')"],
    found: { order_id: 2 },
  },
  'one-order-a-key': {
    how: ["UPDATE orders SET idempotency_key = '' WHERE id = 1"],
    found: { order_id: 1, idempotency_key: '' },
  },
  'status-legal': { how: ["UPDATE orders SET status = 'lost' WHERE id = 1"], found: { order_id: 1, status: 'lost' } },
  'line-positive': {
    how: [
      'UPDATE order_items SET price = -5.00, quantity = -2 WHERE id = 1',
      'UPDATE products SET stock = 12, units_sold = -2 WHERE id = 1',
    ],
    found: { item_id: 1, quantity: -2, price: '-5.00' },
  },
  references: { how: ['DELETE FROM users'], found: { entity: 'orders', id: 1, missing_id: 1 } },
}

describe('db check', () => {
  const database = testDatabase()
  const sound = [
    "INSERT INTO users (id, username, email, password_hash) VALUES (1, 'ada', 'ada@example.com', '!')",
    `INSERT INTO products (id, name, price, stock, stock_received, units_sold, times_ordered, revenue)
      VALUES (1, "Tea", 5, 8, 10, 2, 1, 10)`,
    "INSERT INTO orders (id, user_id, total_amount, idempotency_key, content_digest) VALUES (1, 1, 10, 'k1', '')",
    'INSERT INTO order_items (id, order_id, product_id, quantity, price) VALUES (1, 1, 1, 2, 5)',
  ]

  beforeAll(async () => {
    await database.connection.execute('SET SESSION check_constraint_checks = OFF, foreign_key_checks = OFF')
  })
  beforeEach(async () => {
    for (const table of ['order_adjustments', 'order_items', 'orders', 'products', 'users'])
      await database.connection.execute(`DELETE FROM ${table}`)
    for (const statement of sound) await database.connection.execute(statement)
  })

  it('finds nothing in a sound shop', async () => {
    const { exitCode, json } = await dbtool('db check --json', { database: database.name })
    expect(exitCode).toBe(0)
    expect(json<{ invariant: string; ok: boolean }[]>().map(({ invariant, ok }) => [invariant, ok])).toEqual(
      invariants.map(({ name }) => [name, true]),
    )
  })

  it('has a breakage for every invariant', () => {
    expect(Object.keys(breakages).sort()).toEqual(invariants.map(({ name }) => name).sort())
  })

  it.each(Object.entries(breakages))(
    '%s: broken, it exits 1 and shows the offending row',
    async (name, { how, found }) => {
      for (const statement of how) await database.connection.execute(statement)
      const { exitCode, json, error } = await dbtool('db check --json', { database: database.name })
      expect(exitCode).toBe(1)
      const broken = json<{ invariant: string; ok: boolean; violations: number; rows: unknown[] }[]>().filter(
        ({ ok }) => !ok,
      )
      expect(broken.map(({ invariant }) => invariant)).toEqual([name])
      expect(broken[0]).toMatchObject({ violations: 1, rows: [found] })
      expect(error).toMatchObject({
        code: 'INVARIANT_BROKEN',
        exitCode: 1,
        message: `violated invariants: ${name} (1)`,
      })
    },
  )

  it('a cancelled order has given its stock back', async () => {
    await database.connection.execute("UPDATE orders SET status = 'cancelled'")
    expect((await dbtool('db check', { database: database.name })).stderr).toContain('stock-ledger')
    await database.connection.execute('UPDATE products SET stock = 10, units_sold = 0, times_ordered = 0, revenue = 0')
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  })
})
