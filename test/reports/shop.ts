import { loadMigrations } from '../../src/db/migrations/migration-files.ts'
import type { Queries } from '../../src/db/queries.ts'

type Line = readonly [product: number, quantity: number, price: string]
export interface Sale {
  readonly user: number
  readonly at: string
  readonly lines: readonly Line[]
  readonly status?: 'cancelled'
}

const cents = (amount: string): number => Math.round(Number(amount) * 100)

export async function sell(queries: Queries, sales: readonly Sale[]): Promise<void> {
  for (const { user, at, lines, status = 'confirmed' } of sales) {
    const total = lines.reduce((sum, [, quantity, price]) => sum + quantity * cents(price), 0) / 100
    const { insertId } = await queries.execute(
      `INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest, created_at)
        VALUES (?, ?, ?, UUID(), '', ?)`,
      [user, total.toFixed(2), status, at],
    )
    for (const [product, quantity, price] of lines)
      await queries.execute('INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (?, ?, ?, ?)', [
        insertId,
        product,
        quantity,
        price,
      ])
  }
  await keepFigures(queries)
}

/**
 * What an order keeps with its products, for orders that were written past it: as the migration does for those that
 * were there.
 */
export async function keepFigures(queries: Queries): Promise<void> {
  for (const statement of loadMigrations()
    .flatMap(({ up }) => up)
    .filter((one) => one.startsWith('UPDATE products')))
    await queries.execute(statement)
}

/**
 * Users 1 to 10 and products 1 to 7: ties, 0, 5, 6, 20 and 21 orders, a user and a product that are inactive, a product
 * that nobody ordered.
 */
export async function reportShop(queries: Queries): Promise<void> {
  await queries.execute(`INSERT INTO users (username, email, password_hash, is_active)
    SELECT name, CONCAT(name, '@example.com'), '!', name <> 'gus'
    FROM JSON_TABLE(
      '["ada", "bob", "cyd", "dee", "eve", "gus", "hal", "ivy", "jon", "kim"]', '$[*]'
      COLUMNS (name VARCHAR(50) PATH '$')
    ) AS names`)
  await queries.execute(`INSERT INTO products (sku, name, price, stock, stock_received, is_active)
    VALUES
      ('TEA', 'Green tea', 4.50, 9, 26, TRUE),
      ('CUP', 'Cup', 12, 10, 51, TRUE),
      ('POT', 'Teapot', 48.90, 0, 12, TRUE),
      ('OLD', 'No longer sold', 1, 1, 1, FALSE),
      (NULL, 'Gift card', 100, 9, 11, TRUE),
      ('SPOON', 'Spoon', 1, 100, 102, TRUE),
      ('NEW', 'Never sold', 5, 2, 2, TRUE)`)
  const often = (user: number, times: number, line: Line): Sale[] =>
    Array.from({ length: times }, (_, index) => ({ user, at: `2010-12-0${1 + (index % 2)} 10:00:00`, lines: [line] }))
  await sell(queries, [
    ...often(1, 5, [1, 1, '4.50']),
    ...often(7, 5, [1, 1, '4.50']),
    ...often(2, 6, [1, 1, '4.50']),
    ...often(3, 20, [2, 1, '12.00']),
    ...often(4, 21, [2, 1, '12.00']),
    {
      user: 6,
      at: '2010-12-31 23:59:58',
      lines: [
        [6, 2, '1.00'],
        [3, 10, '48.90'],
      ],
    },
    {
      user: 8,
      at: '2010-12-31 23:59:59',
      lines: [
        [3, 2, '48.90'],
        [1, 1, '4.50'],
      ],
    },
    { user: 9, at: '2011-01-02 23:59:59', lines: [[5, 1, '99.99']] },
    { user: 10, at: '2011-01-03 00:00:00', lines: [[5, 1, '100.00']] },
  ])
}
