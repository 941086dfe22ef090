import { expect, inject } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import type { Value } from '../../src/db/queries.ts'
import { socketTarget } from '../../src/db/target.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { insertProduct } from '../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../src/shop/users/users.ts'
import { dbtool, type Situation } from './cli.ts'
import type { TestDatabase } from './database.ts'

const template = 'shop_template'

/**
 * Two users, two products and one order, made with the tool itself: once, in a database of which all others get a copy.
 */
export async function smallShop(database: string): Promise<void> {
  const server = await connect(socketTarget(inject('socket'), inject('osUser')))
  try {
    const [row] = await server.rows<{ users: number }>(`SELECT COUNT(*) AS users FROM ${database}.users`)
    // Beside what is there already, its ids are others.
    if (row?.users === 0) await copyTemplate(server, database)
    else await shopByHand({ database })
  } finally {
    await server.close()
  }
}

async function copyTemplate(server: Connection, database: string): Promise<void> {
  await server.rows('SELECT GET_LOCK(?, 60)', [template])
  await makeTemplate(server)
  await server.execute('SET foreign_key_checks = 0')
  for (const table of tables)
    await server.execute(`INSERT INTO ${database}.${table} SELECT * FROM ${template}.${table}`)
}

async function makeTemplate(server: Connection): Promise<void> {
  if ((await server.rows('SHOW DATABASES LIKE ?', [template])).length > 0) return
  await server.execute(`CREATE DATABASE ${template} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  const owner = { database: template, as: 'owner' } as const
  expect(await dbtool('db migrate', owner)).toMatchObject({ exitCode: 0 })
  await shopByHand(owner)
}

async function shopByHand(situation: Situation): Promise<void> {
  const lines = [
    'users create --username ada --email ada@example.com --first-name Ada --generate-password',
    'users create --username bob --email bob@example.com --admin --generate-password',
    'products create --sku TEA-1 --name "Green tea" --price 4.50 --stock 100',
    'products create --sku POT-1 --name Teapot --price 48.9 --stock 3',
    'orders place --user ada --item TEA-1:2 --item POT-1:1 --idempotency-key basket-1',
  ]
  for (const line of lines) expect(await dbtool(line, situation), line).toMatchObject({ exitCode: 0 })
}

/** Every row of every table; two that are equal show that nothing was changed in between. */
export async function everything({ connection }: Pick<TestDatabase, 'connection'>): Promise<Record<string, unknown[]>> {
  const tables = await connection.rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  )
  const contents: Record<string, unknown[]> = {}
  for (const { name } of tables) contents[name] = await connection.rows(`SELECT * FROM \`${name}\` ORDER BY 1`)
  return contents
}

const author = { osUser: 'tester', command: 'test' }
const tables = ['users', 'addresses', 'products', 'orders', 'order_items', 'order_adjustments', 'logs'] as const

/** The same shop, as it was again: for a test before each of which it is as at first. Nobody in it can log in. */
export async function renewedShop(database: TestDatabase): Promise<void> {
  const first = firsts.get(database)
  if (first === undefined) firsts.set(database, await furnishedShop(database))
  else await restore(database, first)
}

/** A table's rows, the number that its next row gets, and a sum of its contents. */
interface Contents {
  readonly rows: readonly Record<string, Value>[]
  readonly next: number
  readonly sum: number
}

const firsts = new WeakMap<TestDatabase, ReadonlyMap<string, Contents>>()

async function furnishedShop({ connection: db }: TestDatabase): Promise<ReadonlyMap<string, Contents>> {
  for (const table of tables.toReversed()) {
    await db.execute(`DELETE FROM ${table}`)
    await db.execute(`ALTER TABLE ${table} AUTO_INCREMENT = 1`)
  }
  for (const username of ['ada', 'bob'])
    await insertUser(db, author, { username, email: `${username}@example.com`, passwordHash: noLogin })
  await insertProduct(db, author, { sku: 'TEA-1', name: 'Green tea', price: '4.50', stock: 100 })
  await insertProduct(db, author, { sku: 'POT-1', name: 'Teapot', price: '48.90', stock: 3 })
  const lines = [
    { productId: 1, quantity: 2 },
    { productId: 2, quantity: 1 },
  ]
  await placeOrder(db, { userId: 1, lines, key: 'basket-1', status: 'confirmed', author })
  const [next, sums] = [await nextNumbers(db), await contentSums(db)]
  const contents = new Map<string, Contents>()
  for (const table of tables)
    contents.set(table, {
      rows: await db.rows(`SELECT * FROM ${table}`),
      next: next.get(table) ?? 1,
      sum: sums.get(table) ?? 0,
    })
  return contents
}

/** Writes what a test has changed, and nothing else: to set a table's next number is slow, since it is DDL. */
async function restore({ connection: db }: TestDatabase, first: ReadonlyMap<string, Contents>): Promise<void> {
  const [next, sums] = [await nextNumbers(db), await contentSums(db)]
  const changed = [...first].filter(([table, contents]) => sums.get(table) !== contents.sum)
  if (changed.length > 0) await db.execute('SET foreign_key_checks = 0')
  for (const [table, { rows }] of changed) {
    await db.execute(`DELETE FROM ${table}`)
    if (rows.length > 0) await db.execute(...insertion(table, rows))
  }
  if (changed.length > 0) await db.execute('SET foreign_key_checks = 1')
  for (const [table, contents] of first)
    if (next.get(table) !== contents.next) await db.execute(`ALTER TABLE ${table} AUTO_INCREMENT = ${contents.next}`)
}

function insertion(table: string, rows: readonly Record<string, Value>[]): [sql: string, values: Value[]] {
  const columns = Object.keys(rows[0] ?? {})
  const marks = `(${columns.map(() => '?').join(', ')})`
  return [
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(() => marks).join(', ')}`,
    rows.flatMap((row) => columns.map((column) => row[column] ?? null)),
  ]
}

async function nextNumbers(db: Connection): Promise<ReadonlyMap<string, number>> {
  const found = await db.rows<{ name: string; next: number }>(
    'SELECT table_name AS name, auto_increment AS next FROM information_schema.tables WHERE table_schema = DATABASE()',
  )
  return new Map(found.map(({ name, next }) => [name, next]))
}

async function contentSums(db: Connection): Promise<ReadonlyMap<string, number>> {
  const found = await db.rows<{ Table: string; Checksum: number }>(`CHECKSUM TABLE ${tables.join(', ')}`)
  return new Map(found.map(({ Table, Checksum }) => [Table.slice(Table.indexOf('.') + 1), Checksum]))
}

/** The imported orders, one line each: reference, status, total, units of each SKU, and amounts beside them. */
export async function importedOrders({ connection }: Pick<TestDatabase, 'connection'>): Promise<string[]> {
  const rows = await connection.rows<{ text: string }>(
    `SELECT CONCAT_WS(' ', SUBSTRING(o.idempotency_key, 8), o.status, o.total_amount,
        (SELECT GROUP_CONCAT(CONCAT(i.quantity, '×', p.sku) ORDER BY p.sku SEPARATOR '+')
          FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = o.id),
        (SELECT GROUP_CONCAT(CONCAT(a.kind, ' ', a.amount) ORDER BY a.kind DESC SEPARATOR ' ')
          FROM order_adjustments a WHERE a.order_id = o.id)) AS text
      FROM orders o ORDER BY o.id`,
  )
  return rows.map(({ text }) => text)
}
