import { describe, expect, it } from 'vitest'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { loadMigrations } from '../../src/db/migrations/migration-files.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { smallShop } from '../support/shop.ts'

const figures = 'SELECT sku, units_sold, times_ordered, revenue FROM products ORDER BY id'

describe('what a product has sold', () => {
  const shop = testDatabase()
  const { name: database } = shop
  const type = (line: string) => dbtool(line, { database })

  it('is kept with it by every order, and taken back by cancelling', async () => {
    await smallShop(database)
    expect(await shop.connection.rows(figures)).toEqual([
      { sku: 'TEA-1', units_sold: 2, times_ordered: 1, revenue: '9.00' },
      { sku: 'POT-1', units_sold: 1, times_ordered: 1, revenue: '48.90' },
    ])
    await type('products update TEA-1 --price 5.25')
    await type('orders place --user bob --item TEA-1:10')
    expect((await shop.connection.rows(figures))[0]).toEqual({
      sku: 'TEA-1',
      units_sold: 12,
      times_ordered: 2,
      revenue: '61.50',
    })
    await type('orders cancel 1')
    expect(await shop.connection.rows(figures)).toEqual([
      { sku: 'TEA-1', units_sold: 10, times_ordered: 1, revenue: '52.50' },
      { sku: 'POT-1', units_sold: 0, times_ordered: 0, revenue: '0.00' },
    ])
    expect((await type('db check')).exitCode).toBe(0)
  })

  it('answers top-products of all time without reading an order line; over a period, the lines do', async () => {
    const [allTime, period] = await Promise.all(
      ['', '--since 2000-01-01'].map((flags) => type(`report top-products --format csv --sql ${flags}`)),
    )
    expect(allTime?.stdout).toBe(period?.stdout)
    expect(allTime?.stdout).toMatch(/\n1,TEA-1,Green tea,10,1,52\.50\n$/)
    expect([allTime, period].map((one) => one?.stderr.includes('order_items'))).toEqual([false, true])
  })
})

describe('a shop that is older than these figures', () => {
  const database = testDatabase({ migrated: false })

  it('gets them from its order lines when it is migrated', async () => {
    const { connection, name } = database
    await migrate({ session: connection, known: loadMigrations() }, 1)
    await connection.execute(
      "INSERT INTO users (username, email, password_hash) VALUES ('ada', 'ada@example.com', '!')",
    )
    await connection.execute(
      `INSERT INTO products (sku, name, price, stock, stock_received)
        VALUES ('TEA', 'Tea', 9, 5, 10), ('CUP', 'Cup', 9, 3, 3)`,
    )
    await connection.execute(
      `INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest)
        VALUES (1, 6, 'delivered', 'a', ''), (1, 8, 'pending', 'b', ''), (1, 27, 'cancelled', 'c', '')`,
    )
    await connection.execute(
      'INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (1, 1, 3, 2), (2, 1, 2, 4), (3, 2, 3, 9)',
    )
    expect((await dbtool('db migrate', { database: name, as: 'owner' })).exitCode).toBe(0)
    expect(await connection.rows(figures)).toEqual([
      { sku: 'TEA', units_sold: 5, times_ordered: 2, revenue: '14.00' },
      { sku: 'CUP', units_sold: 0, times_ordered: 0, revenue: '0.00' },
    ])
    expect((await dbtool('db check', { database: name })).exitCode).toBe(0)
    expect((await dbtool('db rollback --to 1 --yes', { database: name, as: 'owner' })).exitCode).toBe(0)
    expect((await dbtool('db migrate', { database: name, as: 'owner' })).exitCode).toBe(0)
    expect((await dbtool('db check', { database: name })).exitCode).toBe(0)
  })
})
