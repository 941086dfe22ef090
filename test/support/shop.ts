import { expect } from 'vitest'
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
  const tables = await connection.rows<{ name: string }>('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1')
  const contents: Record<string, unknown[]> = {}
  for (const { name } of tables) contents[name] = await connection.rows(`SELECT * FROM \`${name}\` ORDER BY 1`)
  return contents
}
