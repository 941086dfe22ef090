import { createHash } from 'node:crypto'
import { DatabaseError } from '../../db/failures.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { quotedForShell } from '../../values.ts'
import type { Author } from '../logs.ts'
import { quoteValue } from '../rules.ts'
import { resolveOutcome, resolved, type UnknownOutcomeInfo } from './exactly-once.ts'
import { type OrderParameters, placeOrderStatement } from './place-order.sql.ts'

export interface OrderLine {
  readonly productId: number
  /** Units, 1 or more. */
  readonly quantity: number
  /** A unit price agreed elsewhere, as of an invoice; otherwise the product's price at this moment. */
  readonly price?: string | undefined
}

export interface OrderRequest {
  readonly userId: number
  /** A product at most once. */
  readonly lines: readonly OrderLine[]
  /** At most one order ever has this key, whoever asks how often. */
  readonly key: string
  readonly status: 'confirmed' | 'pending'
  /** For orders taken earlier; otherwise now. */
  readonly orderedAt?: Date | undefined
  readonly author: Author
  /** Tries everything and keeps nothing. */
  readonly dryRun?: boolean
}

export interface Placement {
  /** `existing`: this key had placed the same order before; nothing new was taken. */
  readonly outcome: 'placed' | 'existing'
  readonly orderId: number
  readonly totalAmount: string
}

export interface Shortage {
  readonly product_id: number
  readonly sku: string | null
  readonly name: string | null
  readonly wanted: number
  readonly stock: number | null
  readonly is_active: number | null
}

/** Every product that was short, with what is there. */
export class OutOfStock extends DbtoolError {
  constructor(readonly shortages: readonly Shortage[]) {
    const isForSale = shortages.some(({ stock, is_active }) => stock !== null && is_active !== 0)
    const what = isForSale ? 'out of stock' : 'cannot be ordered'
    super('OUT_OF_STOCK', `${what}: ${shortages.map(describe).join('; ')}`, {
      hint: `nothing was ordered; ${isForSale ? 'ask for what is there' : 'see what there is: dbtool products list --active'}`,
    })
  }
}

function describe({ product_id, sku, name, wanted, stock, is_active }: Shortage): string {
  if (stock === null) return `product ${product_id} does not exist`
  const product = `${sku ?? product_id} (${name ?? ''})`
  return is_active === 0 ? `${product} is not for sale` : `${product}: ${wanted} wanted, ${stock} there`
}

/**
 * Places one order: all of it or none, exactly once for a key. Rejects with OutOfStock, KEY_CONFLICT (the key belongs
 * to
 * another order), NOT_FOUND (no such user), or OUTCOME_UNKNOWN when the connection died and the server could not be
 * asked again within the patience of `queries`.
 */
export async function placeOrder(queries: Queries, request: OrderRequest): Promise<Placement> {
  const lines = [...request.lines].sort((a, b) => a.productId - b.productId)
  const digest = digestOf(request, lines)
  const answer = await askUntilKnown(queries, { ...request, lines, digest }).catch((error: unknown) => {
    throw explained(error, request)
  })
  return read(answer, request, digest)
}

function read(answer: Answer, { key }: OrderRequest, digest: string): Placement {
  const { outcome, order_id: orderId, total_amount: totalAmount } = answer
  if (outcome === 'short' || orderId === null) throw new OutOfStock(JSON.parse(answer.short ?? '[]') as Shortage[])
  if (outcome === 'existing' && answer.digest !== digest) {
    throw keyConflict(key, orderId)
  }
  return { outcome, orderId, totalAmount }
}

export function keyConflict(key: string, orderId: number): DbtoolError {
  return new DbtoolError(
    'KEY_CONFLICT',
    `the key ${quoteValue(key)} was already used for order ${orderId}, with other contents`,
    { hint: `look at it: dbtool orders get ${orderId}` },
  )
}

function explained(error: unknown, { userId }: OrderRequest): unknown {
  if (!(error instanceof DatabaseError)) return error
  if (error.code === 'MISSING_REFERENCE')
    return new DbtoolError('NOT_FOUND', `there is no user ${userId}`, { cause: error })
  if (error.errno === 1264)
    return new DbtoolError('CONSTRAINT', 'the total of the order is more than 99999999.99', {
      cause: error,
      hint: 'split it into several orders',
    })
  return error
}

/**
 * What makes two requests the same: who, what, how many, in which status, and a price where one was agreed; not when or
 * by whom.
 */
export function digestOf(
  { userId, status }: Pick<OrderRequest, 'userId' | 'status'>,
  lines: readonly OrderLine[],
): string {
  const sorted = [...lines].sort((a, b) => a.productId - b.productId)
  const content = [
    userId,
    status,
    ...sorted.map(({ productId, quantity, price = null }) => [productId, quantity, price]),
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

/** What the server says of an order. */
export interface Answer {
  readonly outcome: 'placed' | 'existing' | 'short'
  readonly order_id: number | null
  readonly total_amount: string
  readonly digest: string | null
  readonly short: string | null
}

type Existing = Answer & { readonly order_id: number }

/** When nobody can be asked what became of the order with this key. */
export function unknownPlacement(key: string): UnknownOutcomeInfo {
  return {
    message: `the connection was lost while the order was being placed, and the server cannot be asked; its key is ${quoteValue(key)}`,
    hint: `the same command with --idempotency-key ${quotedForShell(key)} finds the order or places it, never twice`,
  }
}

/** Asks for the order until the answer is certain: its key finds what was placed, and what was not is placed now. */
async function askUntilKnown(queries: Queries, order: OrderParameters): Promise<Answer> {
  const { key } = order
  const { answer } = await resolveOutcome<Answer>(queries, {
    execute: () => send(queries, order),
    lookup: () => orderOfKey(queries, key),
    unknown: unknownPlacement(key),
  })
  return answer
}

/** What refused the order was over when it was looked at. */
interface Passed {
  readonly outcome: 'again'
}

async function send(queries: Queries, order: OrderParameters): Promise<Answer> {
  const { sql, values } = placeOrderStatement(order)
  const [answer] = await queries.prepared<Answer | Passed>(sql, values).catch((error: unknown) => {
    throw error instanceof DbtoolError && error.code === 'DUPLICATE'
      ? passed('another order with the same key came and went', error)
      : error
  })
  if (answer === undefined || answer.outcome === 'again') throw passed('what was short came back')
  return answer
}

const passed = (what: string, cause?: unknown): DbtoolError => new DbtoolError('DEADLOCK', what, { cause })

async function orderOfKey(queries: Queries, key: string): Promise<Existing | undefined> {
  const sql = `SELECT 'existing' AS outcome, id AS order_id, total_amount, content_digest AS digest, NULL AS short
    FROM orders WHERE idempotency_key = ? LOCK IN SHARE MODE`
  const [answer] = await queries.prepared<Existing>(sql, [key])
  return answer
}

/** For whoever was interrupted by `error`: the order of this key, once it is certain. Rejects with OutcomeUnknown. */
export async function resolveByKey(queries: Queries, key: string, error: unknown): Promise<number | undefined> {
  return (await resolved(queries, { lookup: () => orderOfKey(queries, key), unknown: unknownPlacement(key) }, error))
    ?.order_id
}
