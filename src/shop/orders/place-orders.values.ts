import type { Value } from '../../db/queries.ts'
import { counted } from '../../in-words.ts'
import type { OrderStatus } from '../rules.ts'
import { adjustmentCents } from './adjustments.ts'
import { fromCents, toCents } from './money.ts'
import type { OrderRequest } from './place-order.ts'

/** An order with any status, which may have taken its stock long ago. */
export interface BulkOrderRequest extends Omit<OrderRequest, 'status' | 'dryRun'> {
  /** A cancelled order takes no stock. */
  readonly status: OrderStatus
  /** Leaves the stock as it is: the units of this order count as received and sold earlier. */
  readonly history?: boolean
}

export interface DigestedRequest {
  readonly request: BulkOrderRequest
  readonly digest: string
}

/** The products of lines without an agreed price. */
export const unpricedProducts = (batch: readonly DigestedRequest[]): Set<number> =>
  new Set(
    batch.flatMap(({ request: { lines } }) =>
      lines.flatMap(({ productId, price }) => (price === undefined ? [productId] : [])),
    ),
  )

export const keysOf = (batch: readonly DigestedRequest[]): string[] => batch.map(({ request: { key } }) => key)

/** A line with its agreed or assumed price; a product without one does not exist. */
interface PricedLine {
  readonly productId: number
  readonly quantity: number
  readonly price: string | null
  readonly isAssumed: boolean
  /** The amount of the line, in cents. */
  readonly cents: bigint
}

export interface PricedOrder extends DigestedRequest {
  readonly lines: readonly PricedLine[]
  readonly total: string
}

export function pricedBatch(batch: readonly DigestedRequest[], prices: ReadonlyMap<number, string>): PricedOrder[] {
  return batch.map(({ request, digest }) => {
    const lines = request.lines.map(({ productId, quantity, price }): PricedLine => {
      const isAssumed = price === undefined
      const known = isAssumed ? (prices.get(productId) ?? null) : price
      const cents = known === null ? 0n : toCents(known) * BigInt(quantity)
      return { productId, quantity, price: known, isAssumed, cents }
    })
    const goods = lines.reduce((sum, { cents }) => sum + cents, 0n)
    return { request, digest, lines, total: fromCents(goods + adjustmentCents(request.adjustments ?? [])) }
  })
}

/** The next power of two: a connection prepares few texts, and at most half of one is skipped. */
const capacityFor = (count: number): number => 2 ** Math.ceil(Math.log2(count))

/** The number of orders that the text of the statement has room for, and the values that it binds. */
export function batchValues(batch: readonly PricedOrder[]): { readonly capacity: number; readonly values: Value[] } {
  const capacity = capacityFor(batch.length)
  const lines = batch.flatMap((order, index) =>
    order.lines.map(({ productId, quantity, price }) => [index + 1, productId, quantity, price]),
  )
  const adjustments = batch.flatMap(({ request: { adjustments: beside = [] } }, index) =>
    beside.map(({ kind, label, amount }) => [index + 1, kind, label, amount]),
  )
  const documents = [demandOf(batch), lines, adjustments, keysOf(batch)].map((document) => JSON.stringify(document))
  const { osUser = '', command = '' } = batch[0]?.request.author ?? {}
  const orders = Array.from({ length: capacity }, (_, index) => orderValues(batch[index]))
  return { capacity, values: [...documents, osUser, command, batch.length, ...orders.flat()] }
}

const noOrder: readonly Value[] = [null, null, null, null, null, null, null]

function orderValues(order: PricedOrder | undefined): readonly Value[] {
  if (order === undefined) return noOrder
  const { request, digest, lines, total } = order
  const { key, userId, status, orderedAt } = request
  const message = `placed for user ${userId}: ${counted(lines.length, 'line')}, total ${total}`
  return [userId, total, status, key, digest, orderedAt ?? null, message]
}

/** The demand for one product, as the statement wants it. */
type Demand = [productId: number, units: number, times: number, revenue: string, deducted: number, price: string | null]

/** The total demand of the orders for each product, in ascending id. Cancelled orders demand nothing. */
function demandOf(orders: readonly PricedOrder[]): Demand[] {
  const demand = new Map<number, ProductDemand>()
  for (const { request, lines } of orders) {
    if (request.status === 'cancelled') continue
    for (const { productId, quantity, price, isAssumed, cents } of lines) {
      let of = demand.get(productId)
      if (of === undefined) demand.set(productId, (of = new ProductDemand()))
      of.units += quantity
      of.times += 1
      of.cents += cents
      if (request.history !== true) of.deducted += quantity
      if (isAssumed) of.assumed ??= price
    }
  }
  return [...demand]
    .sort(([a], [b]) => a - b)
    .map(([productId, { units, times, cents, deducted, assumed }]) => [
      productId,
      units,
      times,
      fromCents(cents),
      deducted,
      assumed,
    ])
}

class ProductDemand {
  units = 0
  times = 0
  cents = 0n
  deducted = 0
  /** The price on which lines without an agreed one rely. */
  assumed: string | null = null
}
