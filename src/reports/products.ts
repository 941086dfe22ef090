import { parseChoice } from '../values.ts'
import { counted, money, noOrders, number, parseCount, report, text } from './report.ts'
import { sql } from './sql.ts'

const parseFigure = parseChoice(['units', 'revenue'])

export const topProducts = report({
  name: 'top-products',
  question: 'Which products sell best?',
  period: 'orders',
  parameters: {
    by: { flag: '--by <what>', about: 'units or revenue', parse: parseFigure, typed: 'units' },
  },
  columns: [
    number('product_id'),
    text('sku'),
    text('name'),
    number('total_sold'),
    number('times_ordered'),
    money('revenue'),
  ],
  rows: 10,
  isRanking: true,
  empty: noOrders,
  examples: ['--since 30d', '--by revenue --limit 5 --chart'],
  spare: ['product_id', 'times_ordered'],
  chart: ({ by }) => ({ kind: 'bars', column: by === 'revenue' ? 'revenue' : 'total_sold', label: 'name' }),
  // Without a period, the sales figures come from the products table. With one, the orders are sorted by id, as the
  // lines are stored. By time, the server would read them at random positions.
  statement: ({ by, limit, ...period }) =>
    period.since === undefined && period.until === undefined
      ? sql`
    SELECT p.id AS product_id, p.sku, p.name, p.units_sold AS total_sold, p.times_ordered, p.revenue
    FROM products p WHERE p.times_ordered > 0
    ORDER BY ${by === 'revenue' ? sql`p.revenue` : sql`p.units_sold`} DESC, p.id LIMIT ${limit}`
      : sql`
    SELECT p.id AS product_id, p.sku, p.name, sold.total_sold, sold.times_ordered, sold.revenue
    FROM (
      SELECT
        i.product_id,
        CAST(SUM(i.quantity) AS SIGNED) AS total_sold,
        COUNT(*) AS times_ordered,
        SUM(i.quantity * i.price) AS revenue
      FROM (SELECT o.id FROM orders o WHERE ${counted(period)} ORDER BY o.id LIMIT ${Number.MAX_SAFE_INTEGER}) AS placed
        STRAIGHT_JOIN order_items i FORCE INDEX (idx_orderitem_sales) ON i.order_id = placed.id
      GROUP BY i.product_id
    ) AS sold
    JOIN products p ON p.id = sold.product_id
    ORDER BY ${by === 'revenue' ? sql`sold.revenue` : sql`sold.total_sold`} DESC, p.id LIMIT ${limit}`,
})

export const lowStock = report({
  name: 'low-stock',
  question: 'Which products are about to run out?',
  period: 'only products ordered',
  parameters: {
    below: { flag: '--below <n>', about: 'products with fewer units than this', parse: parseCount, typed: '10' },
  },
  columns: [number('product_id'), text('sku'), text('name'), number('stock')],
  rows: 50,
  empty: (inPeriod, { below }) => {
    const which = inPeriod === '' ? 'active product' : `active product that was ordered${inPeriod}`
    return `No ${which} has a stock below ${below}.`
  },
  examples: ['--below 5', '--since 30d --format csv'],
  spare: ['product_id'],
  chart: () => ({ kind: 'bars', column: 'stock', label: 'name' }),
  statement: ({ below, limit, since, until }) => {
    const ordered = sql` AND EXISTS (
        SELECT 1 FROM order_items i JOIN orders o ON o.id = i.order_id
        WHERE i.product_id = p.id AND ${counted({ since, until })}
      )`
    return sql`
      SELECT p.id AS product_id, p.sku, p.name, p.stock FROM products p
      WHERE p.is_active AND p.stock < ${below}${since === undefined && until === undefined ? sql`` : ordered}
      ORDER BY p.stock, p.id LIMIT ${limit}`
  },
})
