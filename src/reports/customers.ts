import { parseDuration, parsePrice } from '../values.ts'
import { counted, money, noOrders, number, report, text, time, type Asked } from './report.ts'
import { sql, type Sql } from './sql.ts'

const user = [number('user_id'), text('username')]
const rows = 50

/** Each user with orders: the number of orders, their total, and the time of the last one. */
function ordersOfUsers(period: Pick<Asked, 'since' | 'until'>): Sql {
  return sql`(
    SELECT
      o.user_id,
      COUNT(*) AS order_count,
      SUM(o.total_amount) AS total_spent,
      MAX(o.created_at) AS last_order_at
    FROM orders o WHERE ${counted(period)} GROUP BY o.user_id
  ) AS placed`
}

export const ordersPerUser = report({
  name: 'orders-per-user',
  question: 'How many orders has each user placed?',
  period: 'orders',
  parameters: {},
  spare: ['user_id'],
  columns: [...user, number('order_count'), money('total_spent')],
  rows,
  empty: noOrders,
  examples: ['--since 30d', '--chart'],
  chart: () => ({ kind: 'bars', column: 'order_count', label: 'username' }),
  statement: ({ limit, ...period }) => sql`
    SELECT u.id AS user_id, u.username, placed.order_count, placed.total_spent
    FROM ${ordersOfUsers(period)} JOIN users u ON u.id = placed.user_id
    ORDER BY placed.order_count DESC, placed.total_spent DESC, u.id LIMIT ${limit}`,
})

/** The first instant in the guaranteed range of DATETIME. */
const beginning = Date.UTC(1000, 0, 1)

export const recentCustomers = report({
  name: 'recent-customers',
  question: 'Who has ordered lately?',
  period: 'orders',
  parameters: {
    within: {
      flag: '--within <duration>',
      about: 'length of the period before now, or before --until',
      parse: parseDuration,
      typed: '30d',
      excludes: 'since',
    },
  },
  spare: ['user_id'],
  columns: [...user, time('last_order_at'), number('order_count')],
  rows,
  // Without flags, it is the last 30 days.
  empty: () => noOrders(' in this period'),
  examples: ['--within 7d', '--since 2026-11-01 --until 2026-12-01'],
  statement: ({ within, since, until, limit, now }) => {
    const from = since ?? new Date(Math.max(beginning, (until ?? now).getTime() - within))
    return sql`
      SELECT u.id AS user_id, u.username, placed.last_order_at, placed.order_count
      FROM ${ordersOfUsers({ since: from, until })} JOIN users u ON u.id = placed.user_id
      ORDER BY placed.last_order_at DESC, u.id LIMIT ${limit}`
  },
})

export const customerCategories = report({
  name: 'customer-categories',
  question: 'Who is inactive, occasional, regular or a VIP?',
  period: 'orders',
  parameters: {},
  spare: ['user_id'],
  columns: [...user, number('order_count'), text('category')],
  rows,
  empty: () => 'No users.',
  examples: ['--limit 0 --format csv', '--since 365d --chart'],
  chart: () => ({ kind: 'bars', column: 'order_count', label: 'username' }),
  statement: ({ limit, ...period }) => sql`
    SELECT u.id AS user_id, u.username, COALESCE(placed.order_count, 0) AS order_count,
      CASE WHEN placed.order_count IS NULL THEN 'inactive' WHEN placed.order_count <= 5 THEN 'occasional'
           WHEN placed.order_count <= 20 THEN 'regular' ELSE 'vip' END AS category
    FROM users u LEFT JOIN ${ordersOfUsers(period)} ON placed.user_id = u.id
    ORDER BY order_count DESC, u.id LIMIT ${limit}`,
})

export const bigSpenders = report({
  name: 'big-spenders',
  question: 'Which active users have spent the most?',
  period: 'orders',
  parameters: {
    minSpent: { flag: '--min-spent <amount>', about: 'minimum total amount', parse: parsePrice, typed: '100' },
  },
  spare: ['user_id'],
  columns: [...user, number('order_count'), money('total_spent')],
  rows,
  empty: (inPeriod, { minSpent }) => `No active user has spent ${minSpent} or more${inPeriod}.`,
  examples: ['--min-spent 250.50 --since 365d', '--limit 5 --chart'],
  chart: () => ({ kind: 'bars', column: 'total_spent', label: 'username' }),
  // Without the CAST, comparing with text would convert the DECIMAL to a float.
  statement: ({ minSpent, limit, ...period }) => sql`
    SELECT
      u.id AS user_id,
      u.username,
      COALESCE(placed.order_count, 0) AS order_count,
      COALESCE(placed.total_spent, 0) AS total_spent
    FROM users u LEFT JOIN ${ordersOfUsers(period)} ON placed.user_id = u.id
    WHERE u.is_active AND COALESCE(placed.total_spent, 0) >= CAST(${minSpent} AS DECIMAL(10, 2))
    ORDER BY total_spent DESC, u.id LIMIT ${limit}`,
})
