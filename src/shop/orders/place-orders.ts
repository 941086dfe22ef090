import type { Queries } from '../../db/queries.ts'
import { writeInstant } from '../../db/utc.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { resolveOutcome, type UnknownOutcomeInfo } from './exactly-once.ts'
import type { Author } from '../logs.ts'
import { fromCents, toCents } from './money.ts'
import { digestOf, type OrderLine, type OrderRequest, type Placement } from './place-order.ts'
import { ordersThereSql, placeOrdersSql } from './place-orders.sql.ts'

/** A row of the answer; `n` is the place of its order in the request, from 1. */
type Row =
  | {
      readonly outcome: 'placed' | 'existing'
      readonly n: number
      readonly order_id: number
      readonly total_amount: string
      readonly digest: string
    }
  | { readonly outcome: 'short'; readonly product_id: number }

interface Asked {
  readonly request: OrderRequest
  readonly digest: string
}

/** Once for what is there already, once for what is short, and once more for what has come between. */
const mostAttempts = 3
/** What one order may be refused for while the others are sound. */
const ofOneOrder: ReadonlySet<ErrorCode> = new Set(['MISSING_REFERENCE', 'CONSTRAINT', 'DUPLICATE'])

/**
 * Places orders in one transaction, as far as they can be placed together, each exactly once for its key. Resolves to
 * what became of
 * each; undefined: nothing, and whoever asks for that one by itself learns why. Rejects with OUTCOME_UNKNOWN when the
 * connection died and the
 * server could not be asked again within the patience of `queries`. They are committed by one author, and never
 * rehearsed.
 */
export async function placeOrdersTogether(
  queries: Queries,
  requests: readonly OrderRequest[],
): Promise<(Placement | undefined)[]> {
  const placements = new Map<OrderRequest, Placement>()
  let left = requests.map((request): Asked => ({ request, digest: digestOf(request, request.lines) }))
  for (let attempt = 1; attempt <= mostAttempts && left.length > 1; attempt += 1) {
    const rows = await send(queries, left)
    for (const row of rows) {
      if (row.outcome === 'short') continue
      const { outcome, n, order_id: orderId, total_amount: totalAmount, digest } = row
      const asked = left[n - 1]
      if (asked?.digest === digest) placements.set(asked.request, { outcome, orderId, totalAmount })
    }
    if (rows.length === 0 || rows[0]?.outcome === 'placed') break
    left = withoutThoseOf(rows, left)
  }
  return requests.map((request) => placements.get(request))
}

/** Those of which the answer said nothing. */
function withoutThoseOf(rows: readonly Row[], asked: readonly Asked[]): Asked[] {
  const [known, short] = [new Set<number>(), new Set<number>()]
  for (const row of rows) {
    if (row.outcome === 'short') short.add(row.product_id)
    else known.add(row.n)
  }
  return asked.filter(
    ({ request }, index) => !known.has(index + 1) && !request.lines.some(({ productId }) => short.has(productId)),
  )
}

/** No rows: one of them is refused, and nothing was placed. */
async function send(queries: Queries, asked: readonly Asked[]): Promise<readonly Row[]> {
  const { products, orders, lines, author } = documentsOf(asked)
  const unknown: UnknownOutcomeInfo = {
    message: `the connection was lost while ${asked.length} orders were being placed, and the server cannot be asked`,
    hint: 'the same orders with the same keys are found or placed when asked for again, never twice',
  }
  const lookup = async (): Promise<Row[] | undefined> => {
    const rows = await queries.prepared<Row>(ordersThereSql, [orders])
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

/** As the statement takes them. */
function documentsOf(asked: readonly Asked[]): { products: string; orders: string; lines: string; author: Author } {
  const [
    {
      request: { author },
    },
  ] = asked as [Asked]
  const orders = asked.map(({ request: { key, userId, status, orderedAt, lines }, digest }) => [
    key,
    userId,
    status,
    digest,
    orderedAt === undefined ? null : writeInstant(orderedAt),
    lines.length,
    fromCents(agreedCents(lines)),
  ])
  const lines = asked.map(({ request: { key, lines: wanted } }) => [
    key,
    wanted.map(({ productId, quantity, price = null }) => [productId, quantity, price]),
  ])
  return {
    products: JSON.stringify(demandOf(asked.flatMap(({ request }) => request.lines))),
    orders: JSON.stringify(orders),
    lines: JSON.stringify(lines),
    author,
  }
}

const agreedCents = (lines: readonly OrderLine[]): bigint =>
  lines.reduce((sum, { price, quantity }) => (price === undefined ? sum : sum + toCents(price) * BigInt(quantity)), 0n)

/** What all lines together want of each product, ascending. */
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
