import { parseChoice } from '../values.ts'
import { counted, number, parseCount, report, text } from './report.ts'
import { sql } from './sql.ts'

/** As DATE_FORMAT has them; the year of an ISO week is that of its Thursday. */
const formats = { day: '%Y-%m-%d', week: '%x-W%v', month: '%Y-%m' } as const
const parsePeriod = parseChoice(['day', 'week', 'month'])

export const revenue = report({
  name: 'revenue',
  question: 'How much is sold in each day, week or month?',
  period: 'orders',
  parameters: {
    by: { flag: '--by <period>', about: 'day, week (ISO 8601) or month', parse: parsePeriod, typed: 'day' },
    limit: { flag: '--limit <n>', about: 'only the newest so many periods; 0 is all', parse: parseCount, typed: '0' },
  },
  columns: [text('period'), number('orders'), number('units'), number('revenue')],
  empty: 'No orders in this period.',
  examples: ['--by month', '--by day --since 30d --chart'],
  chart: () => ({ kind: 'line', column: 'revenue' }),
  // Summed up for each order first: a join with its lines would count it once for each of them.
  statement: ({ by, limit, ...period }) => sql`
    SELECT * FROM (
      SELECT DATE_FORMAT(sold.created_at, ${formats[by]}) AS period, COUNT(*) AS orders, CAST(SUM(sold.units) AS SIGNED) AS units, SUM(sold.revenue) AS revenue
      FROM (SELECT o.created_at, SUM(i.quantity) AS units, SUM(i.quantity * i.price) AS revenue
              FROM orders o JOIN order_items i ON i.order_id = o.id WHERE ${counted(period)} GROUP BY o.id) AS sold
      GROUP BY period ORDER BY period DESC LIMIT ${limit}) AS newest
    ORDER BY period`,
})
