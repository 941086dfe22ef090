import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkInvariant, checkInvariants, type Finding, invariants } from '../../src/shop/invariants.ts'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { transactionSnapshot } from '../../src/db/snapshot.ts'
import { surveyShop } from '../../src/shop/survey.ts'
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
  /** A second session. */
  let beside: Connection
  const sound = [
    "INSERT INTO users (id, username, email, password_hash) VALUES (1, 'ada', 'ada@example.com', '!')",
    `INSERT INTO products (id, name, price, stock, stock_received, units_sold, times_ordered, revenue)
      VALUES (1, "Tea", 5, 8, 10, 2, 1, 10)`,
    "INSERT INTO orders (id, user_id, total_amount, idempotency_key, content_digest) VALUES (1, 1, 10, 'k1', '')",
    'INSERT INTO order_items (id, order_id, product_id, quantity, price) VALUES (1, 1, 1, 2, 5)',
  ]

  /** Another product with an order: as sound as the first. */
  const second = `BEGIN NOT ATOMIC
    INSERT INTO products (id, name, price, stock, stock_received, units_sold, times_ordered, revenue)
      VALUES (2, "Pot", 7, 9, 10, 1, 1, 7);
    INSERT INTO orders (id, user_id, total_amount, idempotency_key, content_digest) VALUES (2, 1, 7, 'k2', '');
    INSERT INTO order_items (id, order_id, product_id, quantity, price) VALUES (2, 2, 2, 1, 7);
  END`

  beforeAll(async () => {
    await database.connection.execute('SET SESSION check_constraint_checks = OFF, foreign_key_checks = OFF')
    beside = await connect(database.target)
  })
  afterAll(() => beside.close())
  beforeEach(async () => {
    for (const table of ['order_adjustments', 'addresses', 'order_items', 'orders', 'products', 'users'])
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

  it('has whole sentences on a narrow terminal', async () => {
    const { stdout } = await dbtool('db check', { database: database.name, columns: 80 })
    expect(stdout).not.toContain('…')
    const words = stdout.replaceAll(/[^a-z]+/g, ' ')
    for (const { statement } of invariants) for (const word of statement.split(/[ ,]+/)) expect(words).toContain(word)
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

  /** The server gives the offending rows in any order. */
  const inOrder = (findings: readonly Finding[]): Finding[] =>
    findings.map((finding) => ({ ...finding, rows: finding.rows.map((row) => JSON.stringify(row)).sort() as never }))

  /** More ways to break something, some of which cancel each other out in sums over the whole shop. */
  const more: Record<string, string[]> = {
    'nothing at all': [],
    'no orders, no products, no users': [
      'DELETE FROM order_items',
      'DELETE FROM orders',
      'DELETE FROM products',
      'DELETE FROM users',
    ],
    'two stocks by the same amount': [
      second,
      'UPDATE products SET stock = stock + 1 WHERE id = 1',
      'UPDATE products SET stock = stock - 1 WHERE id = 2',
    ],
    'two sales figures by the same amount': [
      second,
      'UPDATE products SET units_sold = units_sold + 1, revenue = revenue - 1, times_ordered = 0 WHERE id = 1',
      'UPDATE products SET units_sold = units_sold - 1, revenue = revenue + 1, times_ordered = 1 WHERE id = 2',
    ],
    'two totals by the same amount': [
      second,
      'UPDATE orders SET total_amount = total_amount + 1 WHERE id = 1',
      'UPDATE orders SET total_amount = total_amount - 1 WHERE id = 2',
    ],
    'a line without its order, beside an order without lines': ['UPDATE order_items SET order_id = 9'],
    'a line without its order, counted in the sales figures': [
      'INSERT INTO order_items (id, order_id, product_id, quantity, price) VALUES (2, 9, 1, 3, 1)',
      'UPDATE products SET stock = 5, units_sold = 5, times_ordered = 2, revenue = 13',
    ],
    'a line without its product': ['UPDATE order_items SET product_id = 9'],
    'lines whose orders were swapped': [second, 'UPDATE order_items SET order_id = 3 - order_id'],
    'an order without its user, beside a user with two': [second, 'UPDATE orders SET user_id = 9 WHERE id = 2'],
    'an adjustment without its order': ["INSERT INTO order_adjustments (order_id, kind, amount) VALUES (9, 'tax', 1)"],
    'an adjustment that is not in the total': [
      "INSERT INTO order_adjustments (order_id, kind, amount) VALUES (1, 'tax', 1)",
    ],
    'two adjustments, one in the total': [
      "INSERT INTO order_adjustments (order_id, kind, amount) VALUES (1, 'tax', 1), (1, 'shipping', 1)",
      'UPDATE orders SET total_amount = 11',
    ],
    'an address without its user': [
      'INSERT INTO addresses (user_id, address_type, street, city, postal_code, country) ' +
        "VALUES (9, 'billing', '', '', '', 'DE')",
    ],
    'a cancelled order whose stock is still taken': ["UPDATE orders SET status = 'cancelled'"],
    'a cancelled order of two, whose stock is back for the other': [
      second,
      "UPDATE orders SET status = 'cancelled' WHERE id = 2",
      'UPDATE products SET stock = 10, units_sold = 0, times_ordered = 0, revenue = 0 WHERE id = 1',
    ],
    'a negative line that another one makes up for': [
      'UPDATE order_items SET quantity = -2',
      'INSERT INTO order_items (id, order_id, product_id, quantity, price) VALUES (2, 1, 2, 4, 5)',
    ],
    'a line of no units': ['UPDATE order_items SET quantity = 0', 'UPDATE orders SET total_amount = 0'],
    'everything at once': Object.values(breakages).flatMap(({ how }) => how),
  }

  it.each([...Object.entries(more), ...Object.entries(breakages).map(([name, { how }]) => [name, how] as const)])(
    'the sums over the shop and the single rows say the same: %s',
    async (_name, how) => {
      const { connection } = database
      for (const statement of how) await connection.execute(statement)
      const rowByRow: Finding[] = []
      for (const invariant of invariants) rowByRow.push(await checkInvariant(connection, invariant))
      expect(inOrder(await checkInvariants(connection))).toEqual(inOrder(rowByRow))
      expect(inOrder(await checkInvariants(connection, beside))).toEqual(inOrder(rowByRow))
      // What does not follow from the sums is looked at, and what follows is not broken.
      const holding = await surveyShop(connection)
      expect(rowByRow.filter(({ ok, invariant }) => !ok && holding.has(invariant))).toEqual([])
    },
  )

  it('the sums over a sound shop leave little to look at', async () => {
    await database.connection.execute(second)
    const all = invariants.map(({ name }) => name)
    expect([...(await surveyShop(database.connection))].sort()).toEqual(
      all.filter((name) => name !== 'one-order-a-key').sort(),
    )
  })

  it('an order that is placed between the snapshots of two sessions leaves nothing to look at', async () => {
    const { connection } = database
    await connection.execute(second)
    const before = await surveyShop(connection)
    const during = await transactionSnapshot(connection, async (earlier) => {
      await beside.execute(second.replaceAll('2', '3'))
      return surveyShop(earlier, beside)
    })
    expect(during).toEqual(before)
  })

  it('a pool of one connection is enough', async () => {
    const { stdout, exitCode } = await dbtool('db check', {
      database: database.name,
      env: { DB_POOL_SIZE: '1', DB_MAX_OVERFLOW: '0' },
    })
    expect(stdout).toContain('references')
    expect(exitCode).toBe(0)
  })

  it('a cancelled order has given its stock back', async () => {
    await database.connection.execute("UPDATE orders SET status = 'cancelled'")
    expect((await dbtool('db check', { database: database.name })).stderr).toContain('stock-ledger')
    await database.connection.execute('UPDATE products SET stock = 10, units_sold = 0, times_ordered = 0, revenue = 0')
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  })
})
