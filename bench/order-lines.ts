import type { Connection } from '../src/db/connection/connection.ts'
import { fillShop } from './shop.ts'

const shop = { users: 10_000, products: 1_000 }
const linesPerOrder = 5
const ordersAtOnce = 200_000

/** SQL for the lines of a range of orders: five different products each, with one to five units. */
function linesSql(from: number, to: number): string {
  return `FROM seq_${from}_to_${to} AS o JOIN seq_0_to_${linesPerOrder - 1} AS line
     JOIN products p ON p.id = 1 + MOD(o.seq * 7 + line.seq * 199, ${shop.products})`
}

const quantity = '1 + MOD(o.seq + line.seq, 5)'

/**
 * Creates orders of the last year on the server, with this number of lines; one in fifty is cancelled. The shop
 * satisfies all invariants, as if the orders had been placed. The schema is that of this build or of an earlier one.
 */
export async function fillOrders(connection: Connection, lineCount: number): Promise<void> {
  const orders = lineCount / linesPerOrder
  await fillShop(connection, shop)
  // Both checks hold by construction.
  await connection.execute('SET foreign_key_checks = 0, unique_checks = 0')
  for (let from = 1; from <= orders; from += ordersAtOnce) {
    const to = Math.min(orders, from + ordersAtOnce - 1)
    const lines = linesSql(from, to)
    await connection.execute(
      `INSERT INTO orders (id, user_id, total_amount, status, idempotency_key, content_digest, created_at)
       SELECT o.seq, 1 + MOD(o.seq * 7919, ${shop.users}), SUM((${quantity}) * p.price), ${statusSql},
              CONCAT('bench-', o.seq), SHA2(o.seq, 256),
              UTC_TIMESTAMP() - INTERVAL MOD(o.seq * 7919, 525600) MINUTE
       ${lines} GROUP BY o.seq`,
    )
    await connection.execute(
      `INSERT INTO order_items (order_id, product_id, quantity, price)
       SELECT o.seq, p.id, ${quantity}, p.price ${lines}`,
    )
    // Calculated again, because reading ten million lines by order takes longer than writing them.
    await connection.execute(
      `UPDATE products JOIN (
         SELECT p.id, SUM(${quantity}) AS units, COUNT(*) AS times, SUM((${quantity}) * p.price) AS money
         ${lines} WHERE NOT ${cancelled} GROUP BY p.id
       ) AS sold USING (id)
       SET stock = stock - sold.units, units_sold = units_sold + sold.units,
           times_ordered = times_ordered + sold.times, revenue = revenue + sold.money`,
    )
  }
  await connection.execute('SET foreign_key_checks = 1, unique_checks = 1')
  await connection.rows('ANALYZE TABLE orders, order_items, products')
}

const cancelled = 'MOD(o.seq, 50) = 0'
const statusSql = `CASE WHEN ${cancelled} THEN 'cancelled' WHEN MOD(o.seq, 20) = 1 THEN 'shipped' ELSE 'delivered' END`
