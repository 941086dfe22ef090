import type { Queries } from '../../db/queries.ts'
import { savepoint } from '../../db/transaction.ts'
import { DbtoolError } from '../../errors.ts'
import { digestOf, keyConflict, type OrderRequest, type Placement } from './place-order.ts'
import { placeOrdersIn } from './place-orders.ts'

/** The statements of a transaction; `inTransaction` is false if there is none. */
type InTransaction = Queries & { readonly inTransaction?: boolean }

interface Existing {
  readonly order_id: number
  readonly total_amount: string
  readonly digest: string
}

/** The last order that was begun on a session. Never rejects. */
const lastOrders = new WeakMap<InTransaction, Promise<unknown>>()

/**
 * Places one order in the open transaction of `session`, whose owner commits it. A refusal undoes the order alone, so
 * the transaction can continue. Resolves and rejects as placing it alone does.
 *
 * Orders of one session go one after another. A refusal rolls back to a savepoint, and with it everything since.
 */
export function placeInTransaction(session: InTransaction, request: OrderRequest): Promise<Placement> {
  const order = (lastOrders.get(session) ?? Promise.resolve()).then(() => placeNext(session, request))
  lastOrders.set(
    session,
    order.catch(() => undefined),
  )
  return order
}

async function placeNext(session: InTransaction, request: OrderRequest): Promise<Placement> {
  if (session.inTransaction === false) throw withoutTransaction()
  const existing = await existingOrder(session, request)
  if (existing !== undefined) return existing
  try {
    return await attempt(session, request)
  } catch (error) {
    // Another session may have placed an order with this key meanwhile.
    if (!(error instanceof DbtoolError) || error.code !== 'DUPLICATE') throw error
    const placed = await existingOrder(session, request)
    if (placed === undefined) throw error
    return placed
  }
}

/** The order whose key this is, if it exists. The lock waits for an order that is not yet committed. */
async function existingOrder(session: Queries, request: OrderRequest): Promise<Placement | undefined> {
  const [order] = await session.prepared<Existing>(
    `SELECT id AS order_id, total_amount, content_digest AS digest
      FROM orders WHERE idempotency_key = ? LOCK IN SHARE MODE`,
    [request.key],
  )
  if (order === undefined) return undefined
  if (order.digest !== digestOf(request, request.lines)) throw keyConflict(request.key, order.order_id)
  return { outcome: 'existing', orderId: order.order_id, totalAmount: order.total_amount }
}

/** Undoes the order of a dry run. */
class Undo extends Error {
  constructor(readonly placement: Placement) {
    super('dry run')
  }
}

async function attempt(session: Queries, request: OrderRequest): Promise<Placement> {
  try {
    return await savepoint(session, async (queries) => {
      const [placement] = await placeOrdersIn(queries, [request])
      if (placement === undefined) throw new DbtoolError('UNEXPECTED', 'the server returned no outcome for the order')
      if (request.dryRun === true) throw new Undo(placement)
      return placement
    })
  } catch (error) {
    if (error instanceof Undo) return error.placement
    throw error
  }
}

const withoutTransaction = (): DbtoolError =>
  new DbtoolError('USAGE', 'this connection has no open transaction, so an order cannot be part of it', {
    hint: 'begin a transaction first, or give placeOrder the pool: the order is then a transaction of its own',
  })
