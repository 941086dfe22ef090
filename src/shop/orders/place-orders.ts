import type { Queries } from '../../db/queries.ts'
import { writeInstant } from '../../db/utc.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { resolveOutcome, type UnknownOutcomeInfo } from './exactly-once.ts'
import type { Author } from '../logs.ts'
import { fromCents, toCents } from './money.ts'
import {
  digestOf,
  type OrderLine,
  type OrderRequest,
  OutOfStock,
  type Placement,
  type Shortage,
} from './place-order.ts'
import { existingOrdersSql, placeOrdersInSql, placeOrdersSql } from './place-orders.sql.ts'

/** A row of the answer; `n` is the position of its order in the request, from 1. */
type Row =
  | {
      readonly outcome: 'placed' | 'existing'
      readonly n: number
      readonly order_id: number
      readonly total_amount: string
      readonly digest: string
    }
  | { readonly outcome: 'short'; readonly product_id: number }

interface DigestedRequest {
  readonly request: OrderRequest
  readonly digest: string
}

/** One attempt each for orders that already exist, for products that are short, and for changes made meanwhile. */
const mostAttempts = 3
/** Error codes that refuse one order while the others may be sound. */
const ofOneOrder: ReadonlySet<ErrorCode> = new Set(['MISSING_REFERENCE', 'CONSTRAINT', 'DUPLICATE'])

/**
 * Places orders in one transaction, as many as can be placed together, each exactly once per key. Resolves to the
 * placement of each order. Undefined means that nothing happened to the order; placing it separately shows why.
 *
 * Rejects with OUTCOME_UNKNOWN when the connection was lost and the server did not answer again within the retry time
 * of `queries`. All orders have the same author, and there is no dry run.
 */
export async function placeOrdersTogether(
  queries: Queries,
  requests: readonly OrderRequest[],
): Promise<(Placement | undefined)[]> {
  const placements = new Map<OrderRequest, Placement>()
  let pending = requests.map((request): DigestedRequest => ({ request, digest: digestOf(request, request.lines) }))
  for (let attempt = 1; attempt <= mostAttempts && pending.length > 1; attempt += 1) {
    const rows = await send(queries, pending)
    for (const row of rows) {
      if (row.outcome === 'short') continue
      const { outcome, n, order_id: orderId, total_amount: totalAmount, digest } = row
      const answered = pending[n - 1]
      if (answered?.digest === digest) placements.set(answered.request, { outcome, orderId, totalAmount })
    }
    if (rows.length === 0 || rows[0]?.outcome === 'placed') break
    pending = withoutAnswered(rows, pending)
  }
  return requests.map((request) => placements.get(request))
}

/**
 * Places all orders in the transaction of `tx`, which the caller commits. Rejects if any of them cannot be placed: with
 * OutOfStock, with DUPLICATE if its key already exists, or with MISSING_REFERENCE. The caller then rolls back.
 */
export async function placeOrdersIn(tx: Queries, requests: readonly OrderRequest[]): Promise<Placement[]> {
  const batch = requests.map((request): DigestedRequest => ({ request, digest: digestOf(request, request.lines) }))
  const { products, orders, lines, author } = documentsOf(batch)
  const rows = await tx.prepared<Row>(placeOrdersInSql, [products, orders, lines, author.osUser, author.command])
  const short = rows.flatMap((row) => (row.outcome === 'short' ? [row.product_id] : []))
  if (short.length > 0) throw await outOfStock(tx, short, requests)
  return rows.map((row) => {
    if (row.outcome === 'short') throw new DbtoolError('UNEXPECTED', 'the server returned two different outcomes')
    return { outcome: 'placed', orderId: row.order_id, totalAmount: row.total_amount }
  })
}

async function outOfStock(
  queries: Queries,
  productIds: readonly number[],
  requests: readonly OrderRequest[],
): Promise<OutOfStock> {
  const products = await queries.rows<Omit<Shortage, 'wanted'>>(
    `SELECT id AS product_id, sku, name, stock, is_active
      FROM products WHERE id IN (${productIds.map(() => '?').join(', ')})`,
    productIds,
  )
  const wanted = new Map(demandOf(requests.flatMap(({ lines }) => lines)).map(([id, units]) => [id, units]))
  return new OutOfStock(products.map((product) => ({ ...product, wanted: wanted.get(product.product_id) ?? 0 })))
}

/** The orders that the answer does not concern. */
function withoutAnswered(rows: readonly Row[], batch: readonly DigestedRequest[]): DigestedRequest[] {
  const [known, short] = [new Set<number>(), new Set<number>()]
  for (const row of rows) {
    if (row.outcome === 'short') short.add(row.product_id)
    else known.add(row.n)
  }
  return batch.filter(
    ({ request }, index) => !known.has(index + 1) && !request.lines.some(({ productId }) => short.has(productId)),
  )
}

/** Sends the orders. An empty answer means that one of them was refused, so none was placed. */
async function send(queries: Queries, batch: readonly DigestedRequest[]): Promise<readonly Row[]> {
  const { products, orders, lines, author } = documentsOf(batch)
  const unknown: UnknownOutcomeInfo = {
    message:
      `the connection was lost while ${batch.length} orders were being placed, ` + 'and the server cannot be reached',
    hint: 'request the same orders with the same keys again: each is found or placed, never twice',
  }
  const lookup = async (): Promise<Row[] | undefined> => {
    const rows = await queries.prepared<Row>(existingOrdersSql, [orders])
    return rows.length === 0 ? undefined : rows
  }
  const execute = (): Promise<Row[]> =>
    queries.prepared<Row>(placeOrdersSql, [products, orders, lines, author.osUser, author.command])
  const { answer } = await resolveOutcome<readonly Row[]>(queries, { execute, lookup, unknown }).catch(
    (error: unknown) => {
      if (error instanceof DbtoolError && ofOneOrder.has(error.code)) return { answer: [] }
      throw error
    },
  )
  return answer
}

/** The bound JSON documents of the statement. */
function documentsOf(batch: readonly DigestedRequest[]): {
  products: string
  orders: string
  lines: string
  author: Author
} {
  const [
    {
      request: { author },
    },
  ] = batch as [DigestedRequest]
  const orders = batch.map(({ request: { key, userId, status, orderedAt, lines }, digest }) => [
    key,
    userId,
    status,
    digest,
    orderedAt === undefined ? null : writeInstant(orderedAt),
    lines.length,
    fromCents(agreedCents(lines)),
  ])
  const lines = batch.map(({ request: { key, lines: wanted } }) => [
    key,
    wanted.map(({ productId, quantity, price = null }) => [productId, quantity, price]),
  ])
  return {
    products: JSON.stringify(demandOf(batch.flatMap(({ request }) => request.lines))),
    orders: JSON.stringify(orders),
    lines: JSON.stringify(lines),
    author,
  }
}

const agreedCents = (lines: readonly OrderLine[]): bigint =>
  lines.reduce((sum, { price, quantity }) => (price === undefined ? sum : sum + toCents(price) * BigInt(quantity)), 0n)

/** The total demand for each product, in ascending id. */
function demandOf(
  lines: readonly OrderLine[],
): [productId: number, units: number, times: number, agreed: string, open: number][] {
  const demand = new Map<number, OrderLine[]>()
  for (const line of lines) {
    const before = demand.get(line.productId)
    if (before === undefined) demand.set(line.productId, [line])
    else before.push(line)
  }
  const units = (some: readonly OrderLine[]): number => some.reduce((sum, { quantity }) => sum + quantity, 0)
  return [...demand]
    .sort(([a], [b]) => a - b)
    .map(([productId, of]) => [
      productId,
      units(of),
      of.length,
      fromCents(agreedCents(of)),
      units(of.filter(({ price }) => price === undefined)),
    ])
}
