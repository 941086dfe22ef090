import { expect } from 'vitest'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { insertProduct } from '../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../src/shop/users/users.ts'
import { dbtool } from './cli.ts'
import type { TestDatabase } from './database.ts'

/** Two users, two products and one order, made with the tool itself. */
export async function smallShop(database: string): Promise<void> {
  const lines = [
    'users create --username ada --email ada@example.com --first-name Ada --generate-password',
    'users create --username bob --email bob@example.com --admin --generate-password',
    'products create --sku TEA-1 --name "Green tea" --price 4.50 --stock 100',
    'products create --sku POT-1 --name Teapot --price 48.9 --stock 3',
    'orders place --user ada --item TEA-1:2 --item POT-1:1 --idempotency-key basket-1',
  ]
  for (const line of lines) expect(await dbtool(line, { database }), line).toMatchObject({ exitCode: 0 })
}

/** Every row of every table; two that are equal show that nothing was changed in between. */
export async function everything({ connection }: TestDatabase): Promise<Record<string, unknown[]>> {
  const tables = await connection.rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  )
  const contents: Record<string, unknown[]> = {}
  for (const { name } of tables) contents[name] = await connection.rows(`SELECT * FROM \`${name}\` ORDER BY 1`)
  return contents
}

const author = { osUser: 'tester', command: 'test' }

/** The same shop, made anew in a moment: for a test before each of which it is as it was. Nobody in it can log in. */
export async function renewedShop({ connection: db }: TestDatabase): Promise<void> {
  for (const table of ['order_items', 'orders', 'products', 'addresses', 'users', 'logs']) {
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
}
