import { describe, expect, it } from 'vitest'
import { createPool, migrate, placeOrder, withLease } from '../../src/index.ts'
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

  it.each([
    [7, 'updates the tables of an older shop'],
    [0, 'creates the tables of the shop'],
  ])('with the schema of migration %d, the error says how to change that', async (version, what) => {
    const { connection: session } = database
    await migrate(poolOn(database))
    await rollback({ session, known: shipped }, version)
    const order = { userId: 1, lines: [{ productId: 1, quantity: 1 }] }
    await expect(placeOrder(poolOn(database), order)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      hint: `check the name; migrate(pool) ${what}`,
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
