import { currentRows } from '../../db/cluster/sync-wait.ts'
import { inParts } from '../../db/parts.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { resolveOutcome, type UnknownOutcomeInfo } from './exactly-once.ts'
import { KnownPrices } from './known-prices.ts'
import { digestOf, explained, OutOfStock, type Placement, type Shortage } from './place-order.ts'
import { existingOrdersSql, placeOrdersInSql, placeOrdersSql } from './place-orders.sql.ts'
import {
  batchValues,
  type BulkOrderRequest,
  type DigestedRequest,
  keysOf,
  type PricedOrder,
  pricedBatch,
  unpricedProducts,
} from './place-orders.values.ts'
import { refuseAttempts } from './refusals.ts'

/** The row of all orders that were placed. */
interface PlacedRow {
  readonly outcome: 'placed'
  /** The time that the server worked on the batch, in microseconds. */
  readonly server_us: number
  /** In the order of the request, separated by commas. */
  readonly order_ids: string
}

/** A row of the answer; `n` is the position of its order in the request, from 1. */
type Row =
  | {
      readonly outcome: 'placed'
      readonly server_us: number
      readonly n: number
      readonly order_id: number
      readonly total_amount: string
    }
  | {
      readonly outcome: 'existing'
      readonly n: number
      readonly order_id: number
      readonly total_amount: string
      readonly digest: string
    }
  | { readonly outcome: 'short'; readonly product_id: number }
  | { readonly outcome: 'repriced'; readonly product_id: number }
  | { readonly outcome: 'refused'; readonly n: number }

/**
 * One attempt each for orders that already exist, for keys that were refused before, for products that are short, and
 * for prices that changed. The last one is for other changes made meanwhile.
 */
const mostAttempts = 5
/** Error codes that refuse one order while the others may be sound. */
const ofOneOrder: ReadonlySet<ErrorCode> = new Set(['MISSING_REFERENCE', 'CONSTRAINT', 'DUPLICATE'])

/**
 * Places orders in one transaction, as many as can be placed together, each exactly once per key. Where the server does
 * not accept so large a statement, there are several transactions. Resolves to the placement of each order. Undefined
 * means that nothing happened to the order; placing it separately shows why.
 *
 * Rejects with OUTCOME_UNKNOWN when the connection was lost and the server did not answer again within the retry time
 * of `queries`. All orders have the same author, and there is no dry run.
 */
export function placeOrdersTogether(
  queries: Queries,
  requests: readonly BulkOrderRequest[],
  options: TogetherOptions = {},
): Promise<(Placement | undefined)[]> {
  return inParts(requests, (part) => placeAtOnce(queries, part, options))
}

export interface TogetherOptions {
  /** The prices that earlier calls have seen. */
  readonly prices?: KnownPrices
  /** Receives the time that the server worked on the batch, in milliseconds. */
  readonly onPlaced?: (serverMs: number) => void
}

async function placeAtOnce(
  queries: Queries,
  requests: readonly BulkOrderRequest[],
  { prices = new KnownPrices(), onPlaced }: TogetherOptions,
): Promise<(Placement | undefined)[]> {
  const placements = new Map<BulkOrderRequest, Placement>()
  let pending = requests.map((request): DigestedRequest => ({ request, digest: digestOf(request, request.lines) }))
  for (let attempt = 1; attempt <= mostAttempts && pending.length > 1; attempt += 1) {
    const rows = await send(queries, pending, prices)
    for (const row of rows) {
      if (row.outcome === 'repriced') prices.forget(row.product_id)
      if (row.outcome !== 'placed' && row.outcome !== 'existing') continue
      const { outcome, n, order_id: orderId, total_amount: totalAmount } = row
      const answered = pending[n - 1]
      if (answered !== undefined && (outcome === 'placed' || row.digest === answered.digest))
        placements.set(answered.request, { outcome, orderId, totalAmount })
    }
    const [first] = rows
    if (first?.outcome === 'placed') onPlaced?.(first.server_us / 1_000)
    if (first === undefined || first.outcome === 'placed') break
    pending = withoutAnswered(rows, pending)
  }
  return requests.map((request) => placements.get(request))
}

/**
 * Places all orders in the transaction of `tx`, which the caller commits. Rejects if any of them cannot be placed, as
 * placing it alone does, or with DUPLICATE if its key already exists. The caller then rolls back.
 */
export async function placeOrdersIn(tx: Queries, requests: readonly BulkOrderRequest[]): Promise<Placement[]> {
  const batch = requests.map((request): DigestedRequest => ({ request, digest: digestOf(request, request.lines) }))
  const prices = await new KnownPrices().of(tx, unpricedProducts(batch))
  const rows = await answerOf(tx, placeOrdersInSql, pricedBatch(batch, prices)).catch((error: unknown) => {
    throw explained(error, requests[0] ?? { userId: 0 })
  })
  const short = rows.flatMap((row) => (row.outcome === 'short' ? [row.product_id] : []))
  if (short.length > 0) throw await outOfStock(tx, short, requests)
  return rows.map((row) => {
    if (row.outcome === 'repriced') throw new DbtoolError('DEADLOCK', 'a price changed meanwhile; try again')
    if (row.outcome !== 'placed') throw new DbtoolError('UNEXPECTED', 'the server returned two different outcomes')
    return { outcome: 'placed', orderId: row.order_id, totalAmount: row.total_amount }
  })
}

async function outOfStock(
  queries: Queries,
  productIds: readonly number[],
  requests: readonly BulkOrderRequest[],
): Promise<OutOfStock> {
  const products = await queries.rows<Omit<Shortage, 'wanted'>>(
    `SELECT id AS product_id, sku, name, stock, is_active
      FROM products WHERE id IN (${productIds.map(() => '?').join(', ')})`,
    productIds,
  )
  const wanted = new Map<number, number>()
  for (const { status, history = false, lines } of requests)
    if (status !== 'cancelled' && !history)
      for (const { productId, quantity } of lines) wanted.set(productId, (wanted.get(productId) ?? 0) + quantity)
  const found = new Map(products.map((product) => [product.product_id, product]))
  const missing = { sku: null, name: null, stock: null, is_active: null }
  return new OutOfStock(
    productIds.map((id) => ({ product_id: id, ...missing, ...found.get(id), wanted: wanted.get(id) ?? 0 })),
  )
}

/** The orders that the answer does not concern. */
function withoutAnswered(rows: readonly Row[], batch: readonly DigestedRequest[]): DigestedRequest[] {
  const [known, short] = [new Set<number>(), new Set<number>()]
  for (const row of rows) {
    if (row.outcome === 'short') short.add(row.product_id)
    else if (row.outcome !== 'repriced') known.add(row.n)
  }
  return batch.filter(
    ({ request }, index) => !known.has(index + 1) && !request.lines.some(({ productId }) => short.has(productId)),
  )
}

/** Sends the orders. An empty answer means that one of them was refused, so none was placed. */
async function send(queries: Queries, batch: readonly DigestedRequest[], prices: KnownPrices): Promise<readonly Row[]> {
  const unknown: UnknownOutcomeInfo = {
    message:
      `the connection was lost while ${batch.length} orders were being placed, ` + 'and the server cannot be reached',
    hint: 'request the same orders with the same keys again: each is found or placed, never twice',
  }
  const lookup = async (): Promise<Row[] | undefined> => {
    const rows = await currentRows<Row>(queries, existingOrdersSql, [JSON.stringify(keysOf(batch))])
    return rows.length === 0 ? undefined : rows
  }
  const execute = async (): Promise<Row[]> => {
    const known = await prices.of(queries, unpricedProducts(batch))
    return answerOf(queries, placeOrdersSql, pricedBatch(batch, known))
  }
  // All orders are one transaction, so one of them stands for all.
  const refuse = (): Promise<void> =>
    refuseAttempts(
      queries,
      batch.slice(0, 1).map(({ request }) => request),
    )
  const operation = { execute, lookup, isRefusal, refuse, unknown }
  const { answer } = await resolveOutcome<readonly Row[]>(queries, operation).catch((error: unknown) => {
    if (error instanceof DbtoolError && ofOneOrder.has(error.code)) return { answer: [] }
    throw error
  })
  return answer
}

/** Sends one of the two statements. The total of a placed order is the one that was sent. */
async function answerOf(
  queries: Queries,
  sql: (capacity: number) => string,
  batch: readonly PricedOrder[],
): Promise<Row[]> {
  const { capacity, values } = batchValues(batch)
  const rows = await queries.prepared<PlacedRow | Exclude<Row, { outcome: 'placed' }>>(sql(capacity), values)
  return rows.flatMap((row): Row | Row[] => {
    if (row.outcome !== 'placed') return row
    const { outcome, server_us } = row
    return row.order_ids.split(',').map((id, index) => {
      return { outcome, server_us, n: index + 1, order_id: Number(id), total_amount: batch[index]?.total ?? '' }
    })
  })
}

/** Orders that exist need no refusal: a lost attempt to place one of them again fails. */
const isRefusal = ([first]: readonly Row[]): boolean => first?.outcome === 'short' || first?.outcome === 'repriced'
