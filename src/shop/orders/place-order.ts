import { outOfRange } from '../../db/error-numbers.ts'
import { hash } from 'node:crypto'
import { currentRows, isGaleraNode } from '../../db/cluster/sync-wait.ts'
import { type ConnectionIdentity, DatabaseError } from '../../db/failures.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { firstOf } from '../../in-words.ts'
import { largestAmount, quotedForShell, quoteValue } from '../../values.ts'
import type { Author } from '../logs.ts'
import type { OrderStatus } from '../rules.ts'
import { type RecoverableOperation, resolveOutcome, resolved, type UnknownOutcomeInfo } from './exactly-once.ts'
import type { Adjustment } from './adjustments.ts'
import { type OrderParameters, placeOrderStatement } from './place-order.sql.ts'
import { refuseAttempts, type RefusedOrder } from './refusals.ts'

/** A product to order. */
export interface OrderLine {
  /** Number of the product, as `dbtool products list` shows it. */
  readonly productId: number
  /** Units, 1 or more. */
  readonly quantity: number
  /** A unit price agreed elsewhere, as a text such as `'19.90'`; the default is the current price of the product. */
  readonly price?: string | undefined
}

/** A lost connection of an earlier command, and the products of its attempt. The order may have other lines now. */
export interface EarlierAttempt extends ConnectionIdentity {
  readonly productIds: readonly number[]
}

export interface OrderRequest {
  readonly userId: number
  /** Each product at most once. */
  readonly lines: readonly OrderLine[]
  /** Amounts beside the lines: shipping, discounts and tax. */
  readonly adjustments?: readonly Adjustment[] | undefined
  /** The idempotency key: it has at most one order, however often and by whomever the order is requested. */
  readonly key: string
  /** The key was generated for this request: nobody else can have requested the order. */
  readonly isNewKey?: boolean | undefined
  readonly status: 'confirmed' | 'pending'
  /** The time of an order that was placed elsewhere earlier; the default is now. */
  readonly orderedAt?: Date | undefined
  readonly author: Author
  /** Runs the complete statement, then rolls it back. */
  readonly dryRun?: boolean
  /** The lost connections of an earlier command with this key, whose outcome is unknown. */
  readonly earlier?: readonly EarlierAttempt[] | undefined
}

/** The result of placing an order. */
export interface Placement {
  /** `existing`: the same order was placed earlier with this key; no stock was deducted. */
  readonly outcome: 'placed' | 'existing'
  /** Number of the order. An order of a dry run does not exist. */
  readonly orderId: number
  /** The total of the order: a decimal text with two decimals. */
  readonly totalAmount: string
}

/** A product that cannot be ordered in the requested quantity. */
export interface Shortage {
  readonly product_id: number
  readonly sku: string | null
  /** Null if there is no such product. */
  readonly name: string | null
  /** The requested units. */
  readonly wanted: number
  /** The available units; null if there is no such product. */
  readonly stock: number | null
  /** 1 if the product is for sale, 0 if not; null if there is no such product. */
  readonly is_active: number | null
}

/** Lists every product that is short, with its stock. */
export class OutOfStock extends DbtoolError {
  constructor(readonly shortages: readonly Shortage[]) {
    const isForSale = shortages.some(({ stock, is_active }) => stock !== null && is_active !== 0)
    const what = isForSale ? 'out of stock' : 'cannot be ordered'
    super('OUT_OF_STOCK', `${what}: ${firstOf(shortages.map(describe), mostListed, '; ')}`, {
      hint: isForSale
        ? 'no order was placed; reduce the quantities to what is in stock'
        : 'no order was placed; list the products for sale: dbtool products list --active',
      hintInCode: isForSale
        ? undefined
        : 'no order was placed; listProducts(pool, { active: true }) lists the products for sale',
    })
  }
}

/** A message with thousands of products would help nobody. */
const mostListed = 100

function describe({ product_id, sku, name, wanted, stock, is_active }: Shortage): string {
  if (stock === null) return `product ${product_id} does not exist`
  const product = `${sku ?? product_id} (${name ?? ''})`
  return is_active === 0 ? `${product} is not for sale` : `${product}: ${wanted} wanted, ${stock} in stock`
}

/**
 * Places one order, completely or not at all, and exactly once per key. Rejects with OutOfStock, KEY_CONFLICT (the key
 * belongs to another order), NOT_FOUND (no such user), or OUTCOME_UNKNOWN. The outcome is unknown when the connection
 * was lost and the server did not answer again within the retry time of `queries`.
 */
export async function placeOrder(queries: Queries, request: OrderRequest): Promise<Placement> {
  const lines = [...request.lines].sort((a, b) => a.productId - b.productId)
  const digest = digestOf(request, lines)
  const answer = await placeWithKnownOutcome(queries, { ...request, lines, digest }).catch((error: unknown) => {
    throw explained(error, request)
  })
  return read(answer, request, digest)
}

function read(answer: Answer, { key }: OrderRequest, digest: string): Placement {
  const { outcome, order_id: orderId, total_amount: totalAmount } = answer
  if (outcome === 'short' || orderId === null) throw new OutOfStock(answer.shortages ?? [])
  if (outcome === 'existing' && answer.digest !== digest) {
    throw keyConflict(key, orderId)
  }
  return { outcome, orderId, totalAmount }
}

export function keyConflict(key: string, orderId: number): DbtoolError {
  return new DbtoolError(
    'KEY_CONFLICT',
    `the key ${quoteValue(key)} was already used for order ${orderId}, with other contents`,
    { hint: `look at it: dbtool orders get ${orderId}`, hintInCode: `look at it: getOrder(pool, ${orderId})` },
  )
}

/** Explains the error of a statement that places an order; returns other errors unchanged. */
export function explained(error: unknown, { userId }: Pick<OrderRequest, 'userId'>): unknown {
  if (!(error instanceof DatabaseError)) return error
  if (error.code === 'MISSING_REFERENCE')
    return new DbtoolError('NOT_FOUND', `there is no user ${userId}`, { cause: error })
  if (error.errno === 4025 && error.message.includes('check_total_positive')) return totalNegative(error)
  return error.errno === outOfRange ? totalTooLarge(error) : error
}

export const totalNegative = (cause?: unknown): DbtoolError =>
  new DbtoolError('CONSTRAINT', 'the discount is more than the rest of the order', {
    cause,
    hint: 'no order was placed; reduce the discount',
  })

export const totalTooLarge = (cause?: unknown): DbtoolError =>
  new DbtoolError('CONSTRAINT', `the total of the order is more than ${largestAmount}`, {
    cause,
    hint: 'split it into several orders',
  })

/**
 * The digest of an order. Two requests are the same order if user, products, quantities, status, agreed prices and
 * adjustments are equal; time and author do not count.
 */
export function digestOf(
  { userId, status, adjustments = [] }: Pick<OrderRequest, 'userId' | 'adjustments'> & { readonly status: OrderStatus },
  lines: readonly OrderLine[],
): string {
  const sorted = [...lines].sort((a, b) => a.productId - b.productId)
  const content = [
    userId,
    status,
    ...sorted.map(({ productId, quantity, price = null }) => [productId, quantity, price]),
    // Orders without adjustments have the digest of the time before there were any.
    ...adjustments.map(({ kind, label, amount }) => [kind, label, amount]),
  ]
  return hash('sha256', JSON.stringify(content), 'hex')
}

/** The answer of the statement, but for 'refused'. */
export interface Answer {
  readonly outcome: 'placed' | 'existing' | 'short'
  readonly order_id: number | null
  readonly total_amount: string
  readonly digest: string | null
  readonly shortages?: readonly Shortage[]
}

type Existing = Answer & { readonly order_id: number }

/** The error for an order with this key whose outcome is unknown. */
export function unknownPlacement(key: string): UnknownOutcomeInfo {
  return {
    message:
      'the connection was lost while the order was being placed, and the server cannot be reached; ' +
      `the key of the order is ${quoteValue(key)}`,
    hint: `the same command with --idempotency-key ${quotedForShell(key)} finds the order or places it, never twice`,
    hintInCode: 'placeOrder with the same key finds the order or places it, never twice',
  }
}

/**
 * Places the order and resolves its outcome: the key finds an order that was placed, and an order that was not is
 * placed now.
 */
async function placeWithKnownOutcome(
  queries: Queries,
  order: OrderParameters & Pick<OrderRequest, 'earlier' | 'isNewKey'>,
): Promise<Answer> {
  const { isNewKey = false, dryRun = false, earlier } = order
  const { answer } = await resolveOutcome<Answer>(queries, {
    execute: () => send(queries, order),
    ...recovery(queries, order),
    isRefusal: ({ outcome }) => outcome === 'short',
    earlier: dryRun ? [] : earlier,
    // Another process may have requested the order, through another node.
    mayBeElsewhere: async (maybeApplied) => (!isNewKey || maybeApplied) && !dryRun && (await isGaleraNode(queries)),
    // A dry run that was lost is rolled back, and writes nothing.
    ...(dryRun ? { refuse: () => Promise.resolve() } : {}),
  })
  return answer
}

/** An order whose outcome is to be found. */
export type AttemptedOrder = RefusedOrder & Pick<OrderRequest, 'earlier'>

/** How the outcome of an order is found, and made final. */
function recovery(
  queries: Queries,
  { key, lines, earlier = [] }: AttemptedOrder,
): Required<Pick<RecoverableOperation<Existing>, 'lookup' | 'refuse' | 'unknown'>> {
  const ofEarlier = earlier.flatMap(({ productIds }) => productIds.map((productId) => ({ productId })))
  return {
    lookup: () => orderOfKey(queries, key),
    refuse: () => refuseAttempts(queries, [{ key, lines: [...lines, ...ofEarlier] }]),
    unknown: unknownPlacement(key),
  }
}

/** A row of the answer. */
type Row = (Answer & Shortage) | { readonly outcome: 'refused'; readonly refused_round: number }

async function send(queries: Queries, order: OrderParameters, round = 0): Promise<Answer> {
  const { sql, values } = placeOrderStatement(order, round)
  const rows = await queries.prepared<Row>(sql, values).catch((error: unknown) => {
    throw error instanceof DbtoolError && error.code === 'DUPLICATE'
      ? retryable('another order with the same key appeared and disappeared', error)
      : error
  })
  const [row] = rows
  if (row === undefined) throw retryable('the missing stock is available again')
  if (row.outcome === 'refused') return send(queries, order, row.refused_round + 1)
  const answer = row.outcome === 'short' ? { ...row, shortages: (rows as Shortage[]).map(shortageOf) } : row
  // A node that lags behind its cluster may not have the order yet that was placed on another one. Instead of a dry
  // run, the refusal finds it.
  return answer.outcome === 'short' && order.dryRun === true && (await isGaleraNode(queries))
    ? ((await orderOfKey(queries, order.key)) ?? answer)
    : answer
}

const shortageOf = ({ product_id, sku, name, wanted, stock, is_active }: Shortage): Shortage => ({
  ...{ product_id, sku, name, wanted, stock, is_active },
})

const retryable = (what: string, cause?: unknown): DbtoolError => new DbtoolError('DEADLOCK', what, { cause })

async function orderOfKey(queries: Queries, key: string): Promise<Existing | undefined> {
  const sql = `SELECT 'existing' AS outcome, id AS order_id, total_amount, content_digest AS digest
    FROM orders WHERE idempotency_key = ? LOCK IN SHARE MODE`
  const [answer] = await currentRows<Existing>(queries, sql, [key])
  return answer
}

/**
 * After `error` interrupted an order: resolves to the id of the order with its key, undefined if there is none. Rejects
 * with OutcomeUnknown while that cannot be determined.
 */
export async function resolveByKey(
  queries: Queries,
  order: AttemptedOrder,
  error: unknown,
): Promise<number | undefined> {
  return (await resolved(queries, recovery(queries, order), error))?.order_id
}
