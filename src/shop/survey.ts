import { firstRow, type Queries, type Session } from '../db/queries.ts'
import { transactionSnapshot } from '../db/snapshot.ts'
import { orderStatuses } from './rules.ts'

/**
 * Sums over the whole shop, from which most invariants follow: half of them by product, half by order. They read the
 * order lines twice, in the order of their index, instead of seven times. Single rows are read only for an invariant
 * that does not follow from them.
 */

/** Each product, and each id in a line, with the sums of its lines, less those of cancelled orders, which are few. */
const productSums = `SELECT
    COALESCE(SUM(l.times), 0) AS all_lines,
    COALESCE(SUM(IF(p.id IS NULL, 0, l.times)), 0) AS product_lines,
    COALESCE(SUM(p.stock < 0), 0) AS negative_stock,
    COALESCE(SUM(p.stock <> p.stock_received - l.units + COALESCE(c.units, 0)), 0) AS wrong_stock,
    COALESCE(SUM(
      p.units_sold <> l.units - COALESCE(c.units, 0)
      OR p.times_ordered <> l.times - COALESCE(c.times, 0)
      OR p.revenue <> l.amount - COALESCE(c.amount, 0)
    ), 0) AS wrong_sales
  FROM (
      SELECT product_id, SUM(units) AS units, SUM(times) AS times, SUM(amount) AS amount
      FROM (
          SELECT product_id, SUM(quantity) AS units, COUNT(*) AS times, SUM(quantity * price) AS amount
          FROM order_items FORCE INDEX (idx_orderitem_sales)
          GROUP BY product_id
          UNION ALL SELECT id, 0, 0, 0 FROM products
        ) parts
      GROUP BY product_id
    ) l
    LEFT JOIN products p ON p.id = l.product_id
    LEFT JOIN (
      SELECT i.product_id, SUM(i.quantity) AS units, COUNT(*) AS times, SUM(i.quantity * i.price) AS amount
      FROM orders o STRAIGHT_JOIN order_items i FORCE INDEX (idx_orderitem_sales) ON i.order_id = o.id
      WHERE o.status = 'cancelled'
      GROUP BY i.product_id
    ) c ON c.product_id = p.id`

const statuses = orderStatuses.map((status) => `'${status}'`).join(', ')

/**
 * Each order that has lines, with the sums of its lines and adjustments. A join that begins with the orders took
 * twice as long over a million lines. Lines are judged here: by product, the smallest values took 100 ms more.
 */
const orderSums = `SELECT
    (SELECT COUNT(*) FROM orders) AS all_orders,
    COUNT(o.id) AS orders_with_lines,
    COALESCE(SUM(l.times), 0) AS line_count,
    COALESCE(SUM(IF(o.id IS NULL, 0, l.times)), 0) AS order_lines,
    COALESCE(SUM(o.total_amount <> l.amount + COALESCE(a.amount, 0)), 0) AS wrong_totals,
    COALESCE(SUM(o.total_amount < 0), 0) AS negative_totals,
    COALESCE(SUM(o.status NOT IN (${statuses})), 0) AS illegal_statuses,
    COALESCE(SUM(l.bad_lines), 0) AS orders_with_bad_lines
  FROM (
      SELECT order_id, COUNT(*) AS times, SUM(quantity * price) AS amount,
        BIT_OR(quantity <= 0 OR price < 0) AS bad_lines
      FROM order_items FORCE INDEX (idx_orderitem_sales)
      GROUP BY order_id
    ) l
    LEFT JOIN orders o ON o.id = l.order_id
    LEFT JOIN (SELECT order_id, SUM(amount) AS amount FROM order_adjustments GROUP BY order_id) a
      ON a.order_id = l.order_id`

/** Rows in all, and rows whose other side exists. */
const counts = `SELECT
    (SELECT COUNT(*) FROM orders) AS orders,
    (SELECT COUNT(*) FROM users u JOIN orders o ON o.user_id = u.id) AS users_orders,
    (SELECT COUNT(*) FROM order_adjustments) AS adjustments,
    (SELECT COUNT(*) FROM order_adjustments a JOIN orders o ON o.id = a.order_id) AS orders_adjustments,
    (SELECT COUNT(*) FROM addresses) AS addresses,
    (SELECT COUNT(*) FROM addresses a JOIN users u ON u.id = a.user_id) AS users_addresses`

const byProduct = [counts, productSums]
const byOrder = [orderSums]

type Sums = Readonly<Record<string, number>>

/** The invariants that follow from the sums, by name; those about lines only if every line has its other sides. */
const conclusions: Readonly<Record<string, (sums: Sums) => boolean>> = {
  'stock-not-negative': ({ negative_stock }) => negative_stock === 0,
  'stock-ledger': (sums) => allLinesAreSummed(sums) && sums['wrong_stock'] === 0,
  'sales-figures': (sums) => allLinesAreSummed(sums) && sums['wrong_sales'] === 0,
  'order-total': (sums) => allLinesAreSummed(sums) && sums['wrong_totals'] === 0,
  'total-not-negative': (sums) => everyOrderHasLines(sums) && sums['negative_totals'] === 0,
  'order-has-lines': (sums) => everyOrderHasLines(sums),
  'status-legal': (sums) => everyOrderHasLines(sums) && sums['illegal_statuses'] === 0,
  'line-positive': (sums) => allLinesAreSummed(sums) && sums['orders_with_bad_lines'] === 0,
  references: (sums) =>
    allLinesAreSummed(sums) &&
    sums['users_orders'] === sums['orders'] &&
    sums['orders_adjustments'] === sums['adjustments'] &&
    sums['users_addresses'] === sums['addresses'],
}

/** Each comparison is of sums of the same half: orders that are placed between two snapshots do not disturb it. */
const allLinesAreSummed = ({ product_lines, all_lines, order_lines, line_count }: Sums): boolean =>
  product_lines === all_lines && order_lines === line_count

const everyOrderHasLines = ({ orders_with_lines, all_orders }: Sums): boolean => orders_with_lines === all_orders

/**
 * Resolves to the names of invariants that certainly hold. Call it in a snapshot, before single rows are read. A second
 * session sums one half at the same time, in a snapshot of its own.
 */
export async function surveyShop(queries: Queries, beside?: Session): Promise<ReadonlySet<string>> {
  const sums =
    beside === undefined ? await sumsOf(queries, [...byProduct, ...byOrder]) : await bothAtOnce(queries, beside)
  return new Set(Object.keys(conclusions).filter((name) => conclusions[name]?.(sums) === true))
}

function bothAtOnce(queries: Queries, beside: Session): Promise<Sums> {
  return transactionSnapshot(beside, async (other) => {
    const [ofProducts, ofOrders] = await Promise.all([sumsOf(queries, byProduct), sumsOf(other, byOrder)])
    return { ...ofProducts, ...ofOrders }
  })
}

async function sumsOf(queries: Queries, statements: readonly string[]): Promise<Sums> {
  const sums: Record<string, number> = {}
  for (const sql of statements)
    for (const [name, value] of Object.entries((await firstRow<Record<string, unknown>>(queries, sql)) ?? {}))
      sums[name] = Number(value)
  return sums
}
