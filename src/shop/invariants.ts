import { transactionSnapshot } from '../db/snapshot.ts'
import { firstRow, type Queries, type Session } from '../db/queries.ts'
import { surveyShop } from './survey.ts'

/** A condition that holds for every sound shop; `sql` selects the rows that violate it, with their ids. */
export interface Invariant {
  readonly name: string
  readonly statement: string
  readonly sql: string
}

/**
 * Reads in the order of the lines, which matches the order of the orders. By any other index of orders, millions of
 * lines would be read at random positions of the table.
 */
const linesOfOrders = 'order_items i FORCE INDEX (idx_orderitem_sales) STRAIGHT_JOIN orders o ON o.id = i.order_id'

export const invariants: readonly Invariant[] = [
  {
    name: 'stock-not-negative',
    statement: 'no product has negative stock',
    sql: 'SELECT id AS product_id, sku, stock FROM products WHERE stock < 0',
  },
  {
    name: 'stock-ledger',
    statement: 'the stock of a product is the units received less the units ordered and not cancelled',
    sql: `SELECT p.id AS product_id, p.sku, p.stock, p.stock_received, COALESCE(sold.units, 0) AS units_sold
      FROM products p LEFT JOIN (
        SELECT i.product_id, SUM(i.quantity) AS units
        FROM ${linesOfOrders}
        WHERE o.status <> 'cancelled'
        GROUP BY i.product_id
      ) sold ON sold.product_id = p.id
      WHERE p.stock <> p.stock_received - COALESCE(sold.units, 0)`,
  },
  {
    name: 'sales-figures',
    statement: 'the sales figures of a product match its order lines',
    sql: `SELECT p.id AS product_id, p.sku, p.units_sold, p.times_ordered, p.revenue,
        sold.units, sold.times, sold.revenue AS revenue_of_lines
      FROM products p LEFT JOIN (
        SELECT i.product_id, SUM(i.quantity) AS units, COUNT(*) AS times, SUM(i.quantity * i.price) AS revenue
        FROM ${linesOfOrders}
        WHERE o.status <> 'cancelled'
        GROUP BY i.product_id
      ) sold ON sold.product_id = p.id
      WHERE p.units_sold <> COALESCE(sold.units, 0)
        OR p.times_ordered <> COALESCE(sold.times, 0)
        OR p.revenue <> COALESCE(sold.revenue, 0)`,
  },
  {
    name: 'order-total',
    statement: 'the total of an order is the sum of its lines and adjustments',
    sql: `SELECT o.id AS order_id, o.total_amount, SUM(i.quantity * i.price) AS sum_of_lines,
        COALESCE(MAX(adjusted.amount), 0) AS sum_of_adjustments
      FROM orders o JOIN order_items i ON i.order_id = o.id
        LEFT JOIN (
          SELECT order_id, SUM(amount) AS amount FROM order_adjustments GROUP BY order_id
        ) adjusted ON adjusted.order_id = o.id
      GROUP BY o.id
      HAVING o.total_amount <> sum_of_lines + sum_of_adjustments`,
  },
  {
    name: 'total-not-negative',
    statement: 'no order has a negative total',
    sql: 'SELECT id AS order_id, total_amount FROM orders WHERE total_amount < 0',
  },
  {
    name: 'order-has-lines',
    statement: 'no order is without lines',
    sql: `SELECT o.id AS order_id, o.status
      FROM orders o
      WHERE NOT EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id)`,
  },
  {
    name: 'one-order-a-key',
    statement: 'a key has at most one order, and every order has a key',
    sql: `SELECT MIN(id) AS order_id, idempotency_key, COUNT(*) AS orders
      FROM orders
      GROUP BY idempotency_key
      HAVING orders > 1 OR idempotency_key = ''`,
  },
  {
    name: 'status-legal',
    statement: 'the status of an order is pending, confirmed, shipped, delivered or cancelled',
    sql: `SELECT id AS order_id, status
      FROM orders
      WHERE status NOT IN ('pending', 'confirmed', 'shipped', 'delivered', 'cancelled')`,
  },
  {
    name: 'line-positive',
    statement: 'every line has a positive quantity and a price that is not negative',
    sql: `SELECT id AS item_id, order_id, product_id, quantity, price
      FROM order_items
      WHERE quantity <= 0 OR price < 0`,
  },
  {
    name: 'references',
    statement:
      'every order has its user, every line its order and product, ' +
      'every adjustment its order, and every address its user',
    sql: `SELECT 'orders' AS entity, o.id, o.user_id AS missing_id
      FROM orders o LEFT JOIN users u ON u.id = o.user_id WHERE u.id IS NULL
      UNION ALL SELECT 'order_items', i.id, i.order_id
      FROM order_items i LEFT JOIN orders o ON o.id = i.order_id WHERE o.id IS NULL
      UNION ALL SELECT 'order_items', i.id, i.product_id
      FROM order_items i LEFT JOIN products p ON p.id = i.product_id WHERE p.id IS NULL
      UNION ALL SELECT 'order_adjustments', a.id, a.order_id
      FROM order_adjustments a LEFT JOIN orders o ON o.id = a.order_id WHERE o.id IS NULL
      UNION ALL SELECT 'addresses', a.id, a.user_id
      FROM addresses a LEFT JOIN users u ON u.id = a.user_id WHERE u.id IS NULL`,
  },
]

export interface Finding {
  readonly invariant: string
  readonly statement: string
  readonly ok: boolean
  readonly violations: number
  /** The first violating rows, at most 20. */
  readonly rows: readonly Record<string, unknown>[]
}

const rowsShown = 20

/**
 * Checks all invariants in a consistent snapshot, so that concurrent orders cannot affect the result. A second session
 * takes half of the work, in a snapshot of its own. No sum of one snapshot is compared with a sum of the other.
 */
export function checkInvariants(session: Session, beside?: Session): Promise<Finding[]> {
  return transactionSnapshot(session, async (queries) => {
    const holding = await surveyShop(queries, beside)
    const findings: Finding[] = []
    for (const invariant of invariants)
      findings.push(holding.has(invariant.name) ? sound(invariant) : await checkInvariant(queries, invariant))
    return findings
  })
}

const sound = ({ name, statement }: Invariant): Finding => ({
  invariant: name,
  statement,
  ok: true,
  violations: 0,
  rows: [],
})

/** Reads all rows that an invariant is about. */

export async function checkInvariant(queries: Queries, { name, statement, sql }: Invariant): Promise<Finding> {
  type Counted = Record<string, unknown> & { violations: number }
  const found = await queries.rows<Counted>(
    `SELECT COUNT(*) OVER () AS violations, broken.* FROM (${sql}) AS broken LIMIT ${rowsShown}`,
  )
  const rows = found.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'violations')))
  return { invariant: name, statement, ok: found.length === 0, violations: found[0]?.violations ?? 0, rows }
}

/** Resolves to the number of rows that violate the invariant. */
export async function countViolations(queries: Queries, { sql }: Invariant): Promise<number> {
  return (
    (await firstRow<{ violations: number }>(queries, `SELECT COUNT(*) AS violations FROM (${sql}) AS broken`))
      ?.violations ?? 0
  )
}
