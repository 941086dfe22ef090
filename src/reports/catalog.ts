import { ordered, type Report } from './report.ts'

export const reports: readonly Report[] = [
  {
    name: 'top-products',
    question: 'Which products sell best?',
    columns: [
      { name: 'product_id', kind: 'number' },
      { name: 'sku', kind: 'text' },
      { name: 'name', kind: 'text' },
      { name: 'total_sold', kind: 'number' },
      { name: 'times_ordered', kind: 'number' },
      { name: 'revenue', kind: 'number' },
    ],
    choices: ['units', 'revenue'],
    defaultLimit: 10,
    statement(parameters) {
      const { sql, values } = ordered(parameters)
      return {
        sql: `SELECT p.id AS product_id, p.sku, p.name, sold.total_sold, sold.times_ordered, sold.revenue
          FROM (SELECT i.product_id, CAST(SUM(i.quantity) AS SIGNED) AS total_sold, COUNT(*) AS times_ordered, SUM(i.quantity * i.price) AS revenue
                  FROM order_items i JOIN orders o ON o.id = i.order_id WHERE ${sql} GROUP BY i.product_id) AS sold
          JOIN products p ON p.id = sold.product_id
          ORDER BY ${parameters.by === 'revenue' ? 'sold.revenue' : 'sold.total_sold'} DESC, p.id`,
        values,
      }
    },
  },
]
