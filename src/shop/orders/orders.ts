import { firstRow, type Queries, type OnRows } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { joined, oneOf, orderAndPage, orderBy, where, type Condition, type Page, type Sort } from '../filters.ts'
import type { OrderStatus } from '../rules.ts'
import { quoteValue } from '../../values.ts'
import { allOf, asItIs, eachOf, type Select } from '../select.ts'
import { type Adjustment, adjustmentSums, type AdjustmentSums } from './adjustments.ts'

/** An order without its items. Amounts are decimal texts with two decimals, such as `'59.80'`. */
export interface OrderHead {
  readonly id: number
  readonly user_id: number
  readonly username: string
  readonly status: OrderStatus
  /** The sum of the items and adjustments: a decimal text. */
  readonly total_amount: string
  /** The key of the caller, or the random one of an order without a key. */
  readonly idempotency_key: string
  readonly created_at: Date
}

/** One product of an order. */
export interface OrderItem {
  readonly product_id: number
  readonly sku: string | null
  /** The present name of the product. */
  readonly name: string
  /** Units, 1 or more. */
  readonly quantity: number
  /** The price of one unit when the order was placed: a decimal text. */
  readonly price: string
  /** `quantity` times `price`: a decimal text. */
  readonly subtotal: string
}

/** An order with its items by product, and its adjustments. */
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
  if (order === undefined) throw unknownOrder(`order ${id}`)
  return whole(queries, order)
}

/** Like {@link getOrder}, by the idempotency key of the order. */
export async function getOrderByKey(queries: Queries, key: string): Promise<Order> {
  const order = await firstRow<OrderHead>(queries, `${head} WHERE o.idempotency_key = ?`, [key])
  if (order === undefined) throw unknownOrder(`order with the key ${quoteValue(key)}`)
  return whole(queries, order)
}

async function whole(queries: Queries, order: OrderHead): Promise<Order> {
  const { id } = order
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

export function unknownOrder(order: string): DbtoolError {
  return new DbtoolError('NOT_FOUND', `there is no ${order}`, {
    hint: 'list the orders: dbtool orders list',
    hintInCode: 'listOrders(pool) lists the orders',
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

type OrderSort = Sort<(typeof orderSortColumns)[number]>

function conditionsOf({ ids, userIds, statuses, since, until }: OrderFilter): Condition {
  return where([
    oneOf('o.id', ids),
    oneOf('o.user_id', userIds),
    oneOf('o.status', statuses),
    since === undefined ? undefined : { sql: 'o.created_at >= ?', values: [since] },
    until === undefined ? undefined : { sql: 'o.created_at < ?', values: [until] },
  ])
}

/** The orders of a list, without their items, for {@link eachOf}. */
export function selectOrders(filter: OrderFilter, sort: OrderSort, page: Page): Select<OrderHead, OrderHead> {
  return { ...joined(head, conditionsOf(filter), orderAndPage('o', sort, page)), fromRow: asItIs }
}

export function listOrders(queries: Queries, ...parts: Parameters<typeof selectOrders>): Promise<OrderHead[]> {
  return allOf(queries, selectOrders(...parts))
}

/** The adjustments of an order as JSON, in which money is text. */
const adjustmentsOfOrder = `(
  SELECT JSON_ARRAYAGG(
      JSON_OBJECT('kind', a.kind, 'label', a.label, 'amount', CAST(a.amount AS CHAR)) ORDER BY a.id
    ) FROM order_adjustments a WHERE a.order_id = o.id)`

/** A row per item, or one row with NULLs for an order without items. */
type ItemRow = OrderHead &
  (OrderItem | { readonly product_id: null }) & { readonly adjustments: string | Adjustment[] | null }

/**
 * The same orders with their items, in one statement and so from one instant. The rows of an order are adjacent,
 * because ids are unique. Sorting by the items too would make the server sort all items instead of all orders.
 */
export function selectOrderItems(filter: OrderFilter, sort: OrderSort, page: Page): Select<ItemRow, ItemRow> {
  const [condition, paging] = [conditionsOf(filter), orderAndPage('o', sort, page)]
  const own = 'o.id, o.user_id, o.status, o.total_amount, o.idempotency_key, o.created_at'
  return {
    sql: `SELECT ${own}, ${adjustmentsOfOrder} AS adjustments, u.username, i.product_id, p.sku, p.name,
        i.quantity, i.price, i.quantity * i.price AS subtotal
      FROM (SELECT ${own} FROM orders o ${condition.sql} ${paging.sql}) AS o
        STRAIGHT_JOIN users u ON u.id = o.user_id
        LEFT JOIN order_items i ON i.order_id = o.id
        LEFT JOIN products p ON p.id = i.product_id
      ${orderBy('o', sort)}`,
    values: [...condition.values, ...paging.values],
    fromRow: asItIs,
  }
}

/** Hands over the orders of a list of any length with their items, in constant memory. */
export async function eachOrderWithItems(
  queries: Queries,
  list: Parameters<typeof selectOrders>,
  onRows: OnRows<Order>,
): Promise<void> {
  const grouped = new GroupedItems()
  await eachOf(queries, selectOrderItems(...list), (rows) => onRows(grouped.complete(rows)))
  await onRows(grouped.rest())
}

/** Makes orders of adjacent rows. The last order of a batch waits, because the next batch may continue it. */
class GroupedItems {
  #open: { readonly head: ItemRow; readonly items: OrderItem[] } | undefined

  complete(rows: readonly ItemRow[]): Order[] {
    const orders: Order[] = []
    for (const row of rows) {
      if (this.#open?.head.id !== row.id) {
        orders.push(...this.rest())
        this.#open = { head: row, items: [] }
      }
      if (row.product_id !== null) this.#open.items.push(row)
    }
    return orders
  }

  rest(): Order[] {
    if (this.#open === undefined) return []
    const { head, items } = this.#open
    this.#open = undefined
    const { adjustments: beside, ...order } = head
    const adjustments = typeof beside === 'string' ? (JSON.parse(beside) as Adjustment[]) : (beside ?? [])
    const sorted = items.sort((one, other) => one.product_id - other.product_id)
    return [{ ...order, ...adjustmentSums(adjustments), items: sorted, adjustments }]
  }
}
