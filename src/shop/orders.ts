import { firstRow, type Queries } from '../db/queries.ts'
import { DbtoolError } from '../errors.ts'
import { orderAndPage, where, type Page } from './filters.ts'
import type { OrderStatus } from './rules.ts'

export interface OrderHead {
  readonly id: number
  readonly user_id: number
  readonly username: string
  readonly status: OrderStatus
  readonly total_amount: string
  readonly idempotency_key: string
  readonly created_at: Date
}

export interface OrderItem {
  readonly product_id: number
  readonly sku: string | null
  readonly name: string
  readonly quantity: number
  readonly price: string
  readonly subtotal: string
}

export interface Order extends OrderHead {
  readonly items: readonly OrderItem[]
}

const head = `SELECT o.id, o.user_id, u.username, o.status, o.total_amount, o.idempotency_key, o.created_at
  FROM orders o JOIN users u ON u.id = o.user_id`

const items = `SELECT i.product_id, p.sku, p.name, i.quantity, i.price, i.quantity * i.price AS subtotal
  FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = ? ORDER BY i.product_id`

/** One order with its items, in two statements whatever their number. Rejects with NOT_FOUND. */
export async function getOrder(queries: Queries, id: number): Promise<Order> {
  const order = await firstRow<OrderHead>(queries, `${head} WHERE o.id = ?`, [id])
  if (order === undefined) throw unknownOrder(id)
  return { ...order, items: await queries.rows<OrderItem>(items, [id]) }
}

export function unknownOrder(id: number): DbtoolError {
  return new DbtoolError('NOT_FOUND', `there is no order ${id}`, { hint: 'see which there are: dbtool orders list' })
}

export interface OrderFilter {
  readonly userId?: number | undefined
  readonly status?: OrderStatus | undefined
}

/** Newest first. */
export async function listOrders(queries: Queries, { userId, status }: OrderFilter, page: Page): Promise<OrderHead[]> {
  const condition = where([
    userId === undefined ? undefined : { sql: 'o.user_id = ?', values: [userId] },
    status === undefined ? undefined : { sql: 'o.status = ?', values: [status] },
  ])
  const paging = orderAndPage('o', { column: 'created_at', descending: true }, page)
  return queries.rows<OrderHead>(`${head} ${condition.sql} ${paging.sql}`, [...condition.values, ...paging.values])
}
