import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import type { Queries } from '../../src/db/queries.ts'
import { DbtoolError, messageOf } from '../../src/errors.ts'
import type { UnknownOutcomeInfo } from '../../src/shop/orders/exactly-once.ts'
import { getOrder, type Order } from '../../src/shop/orders/orders.ts'
import { quotedForShell } from '../../src/values.ts'
import type { Placement } from '../../src/shop/orders/place-order.ts'
import type { RefusedOrder } from '../../src/shop/orders/refusals.ts'

/** How an interrupted command finds its outcome, and the messages for it. */
export interface OutcomeLookup {
  /**
   * Resolves to the error that reports the applied change, or to undefined if it was not applied. Rejects with
   * OutcomeUnknown.
   */
  readonly find: (queries: Queries) => Promise<DbtoolError | undefined>
  readonly notApplied: string
  readonly unknown: UnknownOutcomeInfo
}

/**
 * After Ctrl-C the statement was killed at the server. A new connection finds out whether it was applied before that.
 * Rejects with the `error` itself if there was no interrupt.
 */
export async function resolveInterrupted(
  ctx: Context,
  { find, notApplied, unknown }: OutcomeLookup,
  error: unknown,
): Promise<never> {
  if (!ctx.io.signal.aborted) throw error
  const { OutcomeUnknown } = await import('../../src/shop/orders/exactly-once.ts')
  await ctx.close()
  const applied = await ctx.connection(find, {}).catch((cause: unknown) => {
    throw cause instanceof OutcomeUnknown ? cause : new OutcomeUnknown(unknown, [], cause)
  })
  throw applied ?? new DbtoolError('INTERRUPTED', notApplied)
}

/** The outcome of an interrupted `orders place`. */
export async function placementOutcome(order: RefusedOrder, error: unknown): Promise<OutcomeLookup> {
  const { unknownPlacement, resolveByKey } = await import('../../src/shop/orders/place-order.ts')
  return {
    find: async (queries) => {
      const orderId = await resolveByKey(queries, order, error)
      return orderId === undefined ? undefined : interruptedAfter(orderId)
    },
    notApplied: 'interrupted; no order was placed',
    unknown: unknownPlacement(order.key),
  }
}

/** A change that was applied to an order, before the order is read for display. */
export interface AppliedChange {
  readonly orderId: number
  /** A predicate such as `was placed`. */
  readonly predicate: string
  /** The command that shows the order later. */
  readonly hint: string
  /** The error for an interrupt while the order is read. */
  readonly interrupted: DbtoolError
}

/**
 * Reads the order after a change. Rejects with OUTCOME_UNKNOWN or INTERRUPTED if that fails, and says that the change
 * was applied.
 */
export async function readBack(
  ctx: Context,
  db: Database,
  { orderId, predicate, hint, interrupted }: AppliedChange,
): Promise<Order> {
  return db
    .reading((queries) => getOrder(queries, orderId))
    .catch((cause: unknown) => {
      if (ctx.io.signal.aborted) throw interrupted
      throw new DbtoolError(
        'OUTCOME_UNKNOWN',
        `order ${orderId} ${predicate}, but it cannot be read now: ${messageOf(cause)}`,
        { cause, hint },
      )
    })
}

/** The change after an order was placed with this key. */
export function placed({ orderId, totalAmount }: Placement, key: string): AppliedChange {
  return {
    orderId,
    predicate: `was placed, with a total of ${totalAmount}`,
    hint: `the same command with --idempotency-key ${quotedForShell(key)} shows it`,
    interrupted: interruptedAfter(orderId),
  }
}

function interruptedAfter(orderId: number): DbtoolError {
  return new DbtoolError('INTERRUPTED', `interrupted, but order ${orderId} had already been placed`, {
    hint: `look at it: dbtool orders get ${orderId}`,
  })
}
