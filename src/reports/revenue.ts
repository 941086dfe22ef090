import { parseChoice } from '../values.ts'
import { withEmptyPeriods } from './calendar.ts'
import { localTime } from './local-time.ts'
import { counted, money, noOrders, number, parseCount, report, time } from './report.ts'
import { sql } from './sql.ts'

/** Formats of DATE_FORMAT; the year of an ISO week is the year of its Thursday. */
const formats = { day: '%Y-%m-%d', week: '%x-W%v', month: '%Y-%m' } as const
const parsePeriod = parseChoice(['day', 'week', 'month'])

interface Sales {
  readonly period: string
  readonly orders: number
  readonly units: number
  readonly revenue: string
}

/** The amounts of one order: its lines at their prices, or all that the customer pays. */
const amounts = { lines: sql`SUM(i.quantity * i.price)`, totals: sql`o.total_amount` }
const parseAmount = parseChoice(['lines', 'totals'])

export const revenue = report({
  name: 'revenue',
  question: 'What is the revenue per day, week or month?',
  period: 'orders',
  parameters: {
    by: { flag: '--by <period>', about: 'day, week (ISO 8601) or month', parse: parsePeriod, typed: 'day' },
    of: {
      flag: '--of <what>',
      about: 'lines, or totals with shipping, discounts and tax',
      parse: parseAmount,
      typed: 'lines',
    },
    limit: {
      flag: '--limit <n>',
      about: 'number of most recent periods (0 = all)',
      parse: parseCount,
      typed: '0',
    },
  },
  spare: ['units', 'orders'],
  columns: [time('period'), number('orders'), number('units'), money('revenue')],
  empty: noOrders,
  examples: ['--by month --of totals', '--by day --since 30d --chart'],
  chart: () => ({ kind: 'line', column: 'revenue', label: 'period' }),
  fillGaps: (rows, asked) =>
    withEmptyPeriods(rows as readonly Sales[], asked, (period) => ({ period, orders: 0, units: 0, revenue: '0.00' })),
  // Lines are summed per order first: a direct join would count an order once per line.
  statement: async ({ by, of, limit, zone, ...period }, db) => sql`
    SELECT * FROM (
      SELECT
        DATE_FORMAT(${await localTime(db, sql`sold.created_at`, { ...period, zone })}, ${formats[by]}) AS period,
        COUNT(*) AS orders,
        CAST(SUM(sold.units) AS SIGNED) AS units,
        SUM(sold.revenue) AS revenue
      FROM (
        SELECT o.created_at, SUM(i.quantity) AS units, ${amounts[of]} AS revenue
        FROM orders o JOIN order_items i ON i.order_id = o.id
        WHERE ${counted(period)}
        GROUP BY o.id
      ) AS sold
      GROUP BY period ORDER BY period DESC LIMIT ${limit}
    ) AS newest
    ORDER BY period`,
})
