import { describe, expect, it } from 'vitest'
import {
  createPool,
  getOrder,
  getProduct,
  listOrders,
  listOrdersWithItems,
  listProducts,
  migrate,
  placeOrder,
  type PoolOrSession,
  type ShopPool,
  transaction,
  withLease,
} from '../../src/index.ts'
import { rollback } from '../../src/db/migrations/migrate.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'
import { shipped } from '../support/migrations.ts'

const database = testDatabase({ migrated: false })

describe('migrate', () => {
  it('applies what is pending, once, however many instances of a service start', async () => {
    const pools = [poolOn(database), poolOn(database, { statementTimeoutMs: 100 })]
    const steps = await Promise.all(pools.map((pool) => migrate(pool)))
    expect(steps.flat().map(({ version }) => version)).toEqual(shipped.map(({ version }) => version))
    expect(await migrate(pools[0]!)).toEqual([])
    expect(await withLease(pools[0]!, (lease) => lease.rows('SELECT id FROM orders'))).toEqual([])
  })

  it('names the rows that violate a new rule, and changes nothing; db check finds the same rows', async () => {
    const { connection: session } = database
    const pool = poolOn(database)
    await migrate(pool)
    const last = shipped.find(({ name }) => name === 'order_rules')!
    await rollback({ session, known: shipped }, last.version - 1)
    await session.execute(
      "INSERT INTO users (id, username, email, password_hash) VALUES (1, 'ada', 'a@example.com', '!')",
    )
    await session.execute("INSERT INTO products (id, name, price, stock) VALUES (1, 'Tea', 1, 9)")
    await session.execute(`INSERT INTO orders (id, user_id, total_amount, idempotency_key, content_digest)
      VALUES (7, 1, 0, '', 'x'), (8, 1, 0, 'k', 'x')`)
    await session.execute(`INSERT INTO order_items (id, order_id, product_id, quantity, price)
      VALUES (3, 7, 1, 1, -5), (4, 8, 1, 1, -1)`)
    const refusal = {
      code: 'CONSTRAINT',
      message: expect.stringMatching(/cannot be applied: 2 faults: .* \(id 7\); .* \(id 3, 4\)$/),
      faults: [
        `migration ${last.version} (order_rules) cannot add check_key_not_empty: ` +
          "1 row of orders violates idempotency_key <> '' (id 7)",
        `migration ${last.version} (order_rules) cannot add check_item_price_positive: ` +
          '2 rows of order_items violate price >= 0 (id 3, 4)',
      ],
      hint: 'correct these rows, then call migrate(pool) again',
    }
    await expect(migrate(pool)).rejects.toMatchObject(refusal)
    expect(await session.rows('SELECT MAX(version) AS version FROM schema_migrations')).toEqual([
      { version: last.version - 1 },
    ])
    await session.execute("UPDATE orders SET idempotency_key = 'j' WHERE id = 7")
    await session.execute('UPDATE order_items SET price = 0')
    expect((await migrate(pool)).map(({ name }) => name)).toContain('order_rules')
  })

  it.each<[string, (on: PoolOrSession) => Promise<unknown>]>([
    ['placeOrder', (on) => placeOrder(on, { userId: 1, lines: [{ productId: 1, quantity: 1 }] })],
    ['getOrder', (on) => getOrder(on, 1)],
    ['listOrders', (on) => listOrders(on)],
    ['listOrdersWithItems', (on) => listOrdersWithItems(on)],
    ['getProduct', (on) => getProduct(on, { sku: 'TEA-1' })],
    ['listProducts', (on) => listProducts(on)],
  ])('without a schema, the error of %s says how to create it', async (_name, work) => {
    const pool = poolOn(database)
    await rollback({ session: database.connection, known: shipped }, 0)
    const pending = {
      code: 'MIGRATIONS_PENDING',
      message: `the database is not up to date: ${shipped.length} migrations are pending`,
      hint: 'call migrate(pool)',
    }
    await expect(work(pool)).rejects.toMatchObject(pending)
    await expect(transaction(pool, work)).rejects.toMatchObject(pending)
  })

  it('on an earlier schema, or one of a later version, the error says so', async () => {
    const pool = poolOn(database)
    await rollback({ session: database.connection, known: shipped }, 0)
    await migrate(pool)
    await rollback({ session: database.connection, known: shipped }, 1)
    await expect(listOrdersWithItems(pool)).rejects.toMatchObject({ code: 'MIGRATIONS_PENDING' })
    await migrate(pool)
    await pool.execute(`INSERT INTO schema_migrations SELECT 99, 'later', checksum, direction, steps, steps_started,
      steps_done, started_at, finished_at FROM schema_migrations LIMIT 1`)
    await pool.execute('ALTER TABLE orders RENAME COLUMN total_amount TO total')
    await expect(listOrders(pool)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' })
  })

  it('leaves an error of a table that is not of the shop as it is', async () => {
    const work = (pool: ShopPool) => pool.query('SELECT * FROM parcels')
    await expect(work(poolOn(database))).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      hint: 'check the name; migrate(pool) creates the tables of the shop',
    })
  })

  it('needs a pool that is open', async () => {
    const pool = poolOn(database)
    await pool.close()
    await expect(migrate(pool)).rejects.toMatchObject({ code: 'POOL_CLOSED' })
  })

  it('needs a server', async () => {
    const pool = createPool({ socket: '/nowhere.sock' })
    await expect(migrate(pool)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      hint: 'check that the server of this socket is running',
    })
    await pool.close()
  })
})
