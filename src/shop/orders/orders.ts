import { firstRow, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { oneOf, orderAndPage, where, type Page, type Sort } from '../filters.ts'
import type { OrderStatus } from '../rules.ts'
import { type Adjustment, adjustmentSums, type AdjustmentSums } from './adjustments.ts'

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

export interface Order extends OrderHead, AdjustmentSums {
  readonly items: readonly OrderItem[]
  readonly adjustments: readonly Adjustment[]
}

/** Orders come first in the join: their index returns them in list order, so the first page reads only its own rows. */
const head = `SELECT o.id, o.user_id, u.username, o.status, o.total_amount, o.idempotency_key, o.created_at
  FROM orders o STRAIGHT_JOIN users u ON u.id = o.user_id`

const itemsOfOne = `SELECT i.product_id, p.sku, p.name, i.quantity, i.price, i.quantity * i.price AS subtotal
  FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = ? ORDER BY i.product_id`

/** Resolves to one order with its items, in three statements whatever their number. Rejects with NOT_FOUND. */
export async function getOrder(queries: Queries, id: number): Promise<Order> {
  const order = await firstRow<OrderHead>(queries, `${head} WHERE o.id = ?`, [id])
  if (order === undefined) throw unknownOrder(id)
  const items = await queries.rows<OrderItem>(itemsOfOne, [id])
  const adjustments = (await adjustmentsOf(queries, [id])).get(id) ?? []
  return { ...order, ...adjustmentSums(adjustments), items, adjustments }
}

async function adjustmentsOf(queries: Queries, orderIds: readonly number[]): Promise<Map<number, Adjustment[]>> {
  const rows = await queries.rows<Adjustment & { order_id: number }>(
    `SELECT a.order_id, a.kind, a.label, a.amount
      FROM JSON_TABLE(?, '$[*]' COLUMNS (order_id INT PATH '$')) AS wanted
        STRAIGHT_JOIN order_adjustments a ON a.order_id = wanted.order_id
      ORDER BY a.id`,
    [JSON.stringify(orderIds)],
  )
  const found = new Map<number, Adjustment[]>()
  for (const { order_id: id, ...row } of rows) found.set(id, [...(found.get(id) ?? []), row])
  return found
}

export function unknownOrder(id: number): DbtoolError {
  return new DbtoolError('NOT_FOUND', `there is no order ${id}`, { hint: 'list the orders: dbtool orders list' })
}

/** The items of several orders in one statement, whatever the number of orders. */
const itemsOfMany = `
  SELECT i.order_id, i.product_id, p.sku, p.name, i.quantity, i.price, i.quantity * i.price AS subtotal
  FROM JSON_TABLE(?, '$[*]' COLUMNS (order_id INT PATH '$')) AS wanted
    STRAIGHT_JOIN order_items i ON i.order_id = wanted.order_id
    JOIN products p ON p.id = i.product_id
  ORDER BY i.order_id, i.product_id`

/** Resolves to the same orders with their items and adjustments, in two statements. */
export async function withItems(queries: Queries, orders: readonly OrderHead[]): Promise<Order[]> {
  const ids = orders.map(({ id }) => id)
  const rows = await queries.rows<OrderItem & { order_id: number }>(itemsOfMany, [JSON.stringify(ids)])
  const beside = await adjustmentsOf(queries, ids)
  const items = new Map<number, OrderItem[]>(orders.map(({ id }) => [id, []]))
  for (const row of rows) items.get(row.order_id)?.push(row)
  return orders.map((order) => {
    const adjustments = beside.get(order.id) ?? []
    return { ...order, ...adjustmentSums(adjustments), items: items.get(order.id) ?? [], adjustments }
  })
}

export const orderSortColumns = ['id', 'created_at', 'total_amount', 'status'] as const

export interface OrderFilter {
  readonly ids?: readonly number[] | undefined
  readonly userIds?: readonly number[] | undefined
  readonly statuses?: readonly OrderStatus[] | undefined
  readonly since?: Date | undefined
  /** Exclusive. */
  readonly until?: Date | undefined
}

export async function listOrders(
  queries: Queries,
  filter: OrderFilter,
  sort: Sort<(typeof orderSortColumns)[number]>,
  page: Page,
): Promise<OrderHead[]> {
  const { ids, userIds, statuses, since, until } = filter
  const condition = where([
    oneOf('o.id', ids),
    oneOf('o.user_id', userIds),
    oneOf('o.status', statuses),
    since === undefined ? undefined : { sql: 'o.created_at >= ?', values: [since] },
    until === undefined ? undefined : { sql: 'o.created_at < ?', values: [until] },
  ])
  const paging = orderAndPage('o', sort, page)
  return queries.rows<OrderHead>(`${head} ${condition.sql} ${paging.sql}`, [...condition.values, ...paging.values])
}
