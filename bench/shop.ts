import { migrate } from '../src/db/migrations/migrate.ts'
import { loadMigrations } from '../src/db/migrations/migration-files.ts'
import { firstRow, type Queries } from '../src/db/queries.ts'
import type { Connection } from '../src/db/connection/connection.ts'
import { checkInvariants } from '../src/shop/invariants.ts'
import { WrongRun } from './core/results.ts'
import type { BenchServer } from './private-server.ts'

export const author = { osUser: 'bench', command: 'bench' } as const
/** More stock than any run can sell. */
export const plenty = 1_000_000_000

export interface ShopSize {
  readonly users: number
  readonly products: number
}

/** Creates a database without tables, in place of an existing one. */
export function makeEmptyDatabase(server: BenchServer, name: string): Promise<void> {
  return server.connection(undefined, async (connection) => {
    await connection.execute(`DROP DATABASE IF EXISTS ${name}`)
    await connection.execute(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  })
}

/** Creates an empty database with the shop's schema, in place of an existing one. */
export async function makeDatabase(server: BenchServer, name: string): Promise<void> {
  await makeEmptyDatabase(server, name)
  await server.connection(name, (session) => migrate({ session, known: loadMigrations() }))
}

/** Creates users 1 to `users` and products 1 to `products` on the server; these products are not new. */
export async function fillShop(queries: Queries, { users, products }: ShopSize): Promise<void> {
  await queries.execute(
    `INSERT INTO users (id, username, email, password_hash)
     SELECT seq, CONCAT('user', seq), CONCAT('user', seq, '@example.com'), '' FROM seq_1_to_${users}`,
  )
  await queries.execute(
    `INSERT INTO products (id, sku, name, price, stock, stock_received, refused_at)
     SELECT seq, CONCAT('P-', seq), CONCAT('Product ', seq), 10 + MOD(seq, 1000) / 100, ${plenty}, ${plenty}, NULL
     FROM seq_1_to_${products}`,
  )
}

/** Deletes all orders and restores the stock, in the schema of this build or of an earlier one. */
export async function withoutOrders(connection: Connection): Promise<void> {
  const tables = await connection.rows<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name IN ('order_adjustments', 'order_items', 'orders', 'logs')`,
  )
  await emptied(
    connection,
    tables.map(({ name }) => name),
  )
  await connection.execute('UPDATE products SET stock = stock_received, units_sold = 0, times_ordered = 0, revenue = 0')
}

/** Truncates tables without checking foreign keys. */
export async function emptied(connection: Connection, tables: readonly string[]): Promise<void> {
  await connection.execute('SET foreign_key_checks = 0')
  for (const table of tables) await connection.execute(`TRUNCATE TABLE ${table}`)
  await connection.execute('SET foreign_key_checks = 1')
}

/**
 * Checks all invariants and that `table` has the number of rows that the run reported. Rejects with WrongRun, because
 * the speed of a wrong run does not matter.
 */
export async function verify(connection: Connection, table: 'orders' | 'products', reported: number): Promise<void> {
  const count = (await firstRow<{ n: number }>(connection, `SELECT COUNT(*) AS n FROM ${table}`))?.n
  if (count !== reported)
    throw new WrongRun(`the run reported ${reported} ${table}, but the database has ${count ?? 'none'}`)
  const broken = (await checkInvariants(connection)).filter(({ ok }) => !ok)
  if (broken.length > 0)
    throw new WrongRun(
      broken.map(({ statement, violations }) => `violated ${violations} times: ${statement}`).join('; '),
    )
}
