import { describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { migrate, rollback } from '../../../src/db/migrations/migrate.ts'
import { loadMigrations, statements, type Migration } from '../../../src/db/migrations/migration-files.ts'
import { testDatabase } from '../../support/database.ts'
import { folder, tablesOf } from './migration-folder.ts'

const database = testDatabase()
const here = 'TABLE_SCHEMA = DATABASE()'
const lines = async (sql: string): Promise<string[]> =>
  (await database.connection.rows<{ line: string }>(sql)).map(({ line }) => line).sort()

describe('the shipped schema', () => {
  it("has the chapter's five tables, adjustments, refusals and the log, in utf8mb4 by themselves", async () => {
    expect((await tablesOf(database.connection)).sort()).toEqual([
      'addresses',
      'logs',
      'order_adjustments',
      'order_items',
      'order_refusals',
      'orders',
      'products',
      'schema_migrations',
      'users',
    ])
    await database.connection.execute(`CREATE DATABASE ${database.name}_latin CHARACTER SET latin1`)
    const session = await connect({ ...database.target, database: `${database.name}_latin` })
    onTestFinished(async () => {
      await session.execute(`DROP DATABASE ${database.name}_latin`)
      await session.close()
    })
    await migrate({ session, known: loadMigrations() })
    const others = `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME, ' ', CHARACTER_SET_NAME) AS line
      FROM information_schema.COLUMNS WHERE ${here} AND CHARACTER_SET_NAME <> 'utf8mb4'`
    expect((await session.rows<{ line: string }>(others)).map(({ line }) => line)).toEqual([
      'order_refusals.attempt ascii',
      'orders.content_digest ascii',
    ])
    expect(await session.rows(`SELECT DISTINCT ENGINE AS engine FROM information_schema.TABLES WHERE ${here}`)).toEqual(
      [{ engine: 'InnoDB' }],
    )
  })

  it('has its keys and indexes', async () => {
    const sql = `SELECT CONCAT(TABLE_NAME, IF(NON_UNIQUE, ' index ', ' unique '), INDEX_NAME,
        ' (', GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ', '), ')') AS line
      FROM information_schema.STATISTICS WHERE ${here} AND TABLE_NAME <> 'schema_migrations'
      GROUP BY TABLE_NAME, NON_UNIQUE, INDEX_NAME`
    expect(await lines(sql)).toEqual(
      [
        'addresses index idx_address_user (user_id, address_type)',
        'addresses unique PRIMARY (id)',
        'logs index idx_log_created (created_at)',
        'logs index idx_log_entity (entity, entity_id)',
        'logs unique PRIMARY (id)',
        'orders index idx_order_sales (created_at, id, status, user_id, total_amount)',
        'orders index idx_order_user_status (user_id, status)',
        'orders unique idempotency_key (idempotency_key)',
        'orders unique PRIMARY (id)',
        'order_adjustments index idx_adjustment_order (order_id, amount)',
        'order_adjustments unique PRIMARY (id)',
        'order_refusals index idx_refusal_time (refused_at)',
        'order_refusals unique PRIMARY (attempt)',
        'order_items index idx_orderitem_product (product_id)',
        'order_items index idx_orderitem_sales (order_id, product_id, quantity, price)',
        'order_items unique PRIMARY (id)',
        'order_items unique uq_order_product (order_id, product_id)',
        'products index idx_product_active_price (is_active, price)',
        'products unique PRIMARY (id)',
        'products unique sku (sku)',
        'users index idx_user_active_created (is_active, created_at)',
        'users index idx_user_name (first_name, last_name)',
        'users index idx_user_email (email)',
        'users unique email_key (email_key)',
        'users unique PRIMARY (id)',
        'users unique username (username)',
      ].sort(),
    )
  })

  it('has its foreign keys, and what goes with the row that they refer to', async () => {
    const sql = `SELECT CONCAT(CONSTRAINT_NAME, ': ', TABLE_NAME, ' -> ', REFERENCED_TABLE_NAME,
        ', on delete ', LOWER(DELETE_RULE)) AS line
      FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`
    expect(await lines(sql)).toEqual(
      [
        'fk_address_user: addresses -> users, on delete cascade',
        'fk_adjustment_order: order_adjustments -> orders, on delete cascade',
        'fk_orderitem_order: order_items -> orders, on delete cascade',
        'fk_orderitem_product: order_items -> products, on delete restrict',
        'fk_order_user: orders -> users, on delete restrict',
      ].sort(),
    )
  })

  it.each([
    ['check_price_positive', "INSERT INTO products (name, price) VALUES ('x', -0.01)"],
    ['check_stock_positive', "INSERT INTO products (name, price, stock) VALUES ('x', 1, -1)"],
    [
      'check_address_type',
      `INSERT INTO addresses (user_id, address_type, street, city, postal_code, country)
       VALUES (1, 'work', 'x', 'x', 'x', 'GB')`,
    ],
    [
      'check_order_status',
      `INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest)
       VALUES (1, 1, 'lost', 'x', 'x')`,
    ],
    [
      'check_total_positive',
      `INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (1, -0.01, 'x', 'x')`,
    ],
    ['check_adjustment_kind', "INSERT INTO order_adjustments (order_id, kind, amount) VALUES (1, 'gift', 1)"],
    ['check_adjustment_sign', "INSERT INTO order_adjustments (order_id, kind, amount) VALUES (1, 'discount', 1)"],
    ['check_adjustment_sign', "INSERT INTO order_adjustments (order_id, kind, amount) VALUES (1, 'tax', -1)"],
    [
      'check_key_not_empty',
      `INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (1, 1, '  ', 'x')`,
    ],
    [
      'check_item_price_positive',
      'INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (1, 1, 1, -0.01)',
    ],
    ['check_quantity_positive', 'INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (1, 1, 0, 1)'],
  ])('%s holds', async (name, sql) => {
    await expect(database.connection.execute(sql)).rejects.toMatchObject({
      code: 'CONSTRAINT',
      message: expect.stringContaining(name),
    })
  })

  it('keeps a SKU and an idempotency key byte by byte', async () => {
    await database.connection.execute(
      "INSERT INTO products (sku, name, price) VALUES ('a', 'x', 1), ('A', 'x', 1), ('á', 'x', 1)",
    )
    await expect(
      database.connection.execute("INSERT INTO products (sku, name, price) VALUES ('a', 'x', 1)"),
    ).rejects.toMatchObject({ key: 'sku' })
    await database.connection.execute("INSERT INTO products (name, price) VALUES ('none', 1), ('none', 1)")
  })

  it.each(['users', 'products', 'logs'])(
    'stores %s in UTC, whatever the time zone of the session that writes',
    async (table) => {
      const session = await connect(database.target)
      onTestFinished(() => session.close())
      await session.execute("SET time_zone = '+05:45'")
      const insert = {
        users: "INSERT INTO users (username, email, password_hash) VALUES ('far', 'far@example.com', 'x')",
        products: "INSERT INTO products (sku, name, price) VALUES ('far', 'x', 1)",
        logs: "INSERT INTO logs (os_user, command, entity, entity_id, message) VALUES ('far', 'x', 'x', 1, 'x')",
      }[table]
      await session.execute(insert ?? '')
      const [row] = await database.connection.rows<{ created_at: Date }>(
        `SELECT created_at FROM ${table} ORDER BY id DESC LIMIT 1`,
      )
      expect(Math.abs(Date.now() - row!.created_at.getTime())).toBeLessThan(600_000)
    },
  )

  it('has such a default for every instant but those that come later', async () => {
    const without = `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS line FROM information_schema.COLUMNS
      WHERE ${here} AND DATA_TYPE IN ('datetime', 'timestamp')
        AND NOT COALESCE(COLUMN_DEFAULT, '') LIKE '%utc_timestamp()%'`
    expect(await lines(without)).toEqual(['products.refused_at', 'schema_migrations.finished_at', 'users.last_login'])
  })

  it('can be rolled back completely, and applied again', async () => {
    const { connection: session } = database
    const tables = await tablesOf(session)
    await rollback({ session, known: loadMigrations() }, 0)
    expect(await tablesOf(session)).toEqual(['schema_migrations'])
    await migrate({ session, known: loadMigrations() })
    expect(await tablesOf(session)).toEqual(tables)
  })
})

describe('migration files', () => {
  it('create only new tables, by their plain names', () => {
    const tables = (statement: string): readonly string[] | undefined =>
      folder({ '0004_more.up.sql': statement, '0004_more.down.sql': 'DROP TABLE IF EXISTS more' })[3]?.tables
    expect(tables('create table\n  `more` (id INT)')).toEqual(['more'])
    expect(tables('ALTER TABLE books ADD COLUMN more INT')).toEqual([])
    for (const way of ['TABLE IF NOT EXISTS more', 'OR REPLACE TABLE more', 'TABLE elsewhere.more'])
      expect(() => tables(`CREATE ${way} (id INT)`)).toThrow('CREATE TABLE name')
  })

  it('are split at semicolons that end a line, without their comments', () => {
    expect(
      statements("-- one;\nCREATE TABLE a (b INT); \nINSERT INTO a VALUES (';', 1);\n  -- two\nDROP TABLE a"),
    ).toEqual(['CREATE TABLE a (b INT)', "INSERT INTO a VALUES (';', 1)", 'DROP TABLE a'])
    expect(statements('\n-- nothing\n')).toEqual([])
  })

  it('are numbered without a gap, and each can be rolled back', () => {
    expect(() => folder({ '0005_late.up.sql': 'DO 0;', '0005_late.down.sql': 'DO 0;' })).toThrow(
      'migration 5 (late) should have number 4',
    )
    expect(() => folder({ '0004_lonely.up.sql': 'DO 0;' })).toThrow('0004_lonely.down.sql')
    const uneven = (): Migration[] => folder({ '0001_books.down.sql': 'DROP TABLE IF EXISTS authors, books;' })
    expect(uneven).toThrow('migration 1 (books) has 2 up and 1 down statements')
    expect(loadMigrations().map(({ version, up, down }) => [version, up.length > 0, down.length > 0])).toContainEqual([
      1,
      true,
      true,
    ])
  })
})
