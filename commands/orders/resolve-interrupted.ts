import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import type { Queries } from '../../src/db/queries.ts'
import { DbtoolError, messageOf } from '../../src/errors.ts'
import type { UnknownOutcomeInfo } from '../../src/shop/orders/exactly-once.ts'
import { getOrder, type Order } from '../../src/shop/orders/orders.ts'
import { quotedForShell } from '../../src/values.ts'
import type { Placement } from '../../src/shop/orders/place-order.ts'

/** What an interrupted command wants to know, and says. */
export interface Ending {
  /** What became of it: undefined, or the error that tells it. Rejects with OutcomeUnknown. */
  readonly found: (queries: Queries) => Promise<DbtoolError | undefined>
  readonly nothing: string
  readonly unknown: UnknownOutcomeInfo
}

/**
 * After Ctrl-C the statement has been ended at the server; whether it took place before that is asked on a new
 * connection.
 */
export async function resolveInterrupted(
  ctx: Context,
  { found, nothing, unknown }: Ending,
  error: unknown,
): Promise<never> {
  if (!ctx.io.signal.aborted) throw error
  const { OutcomeUnknown } = await import('../../src/shop/orders/exactly-once.ts')
  await ctx.close()
  const done = await ctx.connection(found, {}).catch((cause: unknown) => {
    throw cause instanceof OutcomeUnknown ? cause : new OutcomeUnknown(unknown, [], cause)
  })
  throw done ?? new DbtoolError('INTERRUPTED', nothing)
}

/** How an interrupted placing ends. */
export async function placingEnds(key: string, error: unknown): Promise<Ending> {
  const { unknownPlacement, resolveByKey } = await import('../../src/shop/orders/place-order.ts')
  return {
    found: async (queries) => {
      const orderId = await resolveByKey(queries, key, error)
      return orderId === undefined ? undefined : interruptedAfter(orderId)
    },
    nothing: 'interrupted; nothing was ordered',
    unknown: unknownPlacement(key),
  }
}

/** What was done to an order that is still to be shown. */
export interface Done {
  readonly orderId: number
  /** `was placed`. */
  readonly what: string
  /** How it can be shown later. */
  readonly hint: string
  readonly interrupted: DbtoolError
}

/** The order as it is now. A failure to read it must not look as if nothing had been done. */
export async function readBack(ctx: Context, db: Database, { orderId, what, hint, interrupted }: Done): Promise<Order> {
  return db
    .reading((queries) => getOrder(queries, orderId))
    .catch((cause: unknown) => {
      if (ctx.io.signal.aborted) throw interrupted
      throw new DbtoolError(
        'OUTCOME_UNKNOWN',
        `order ${orderId} ${what}, but it cannot be read now: ${messageOf(cause)}`,
        { cause, hint },
      )
    })
}

/** An order that was placed with this key. */
export function placed({ orderId, totalAmount }: Placement, key: string): Done {
  return {
    orderId,
    what: `was placed, with a total of ${totalAmount}`,
    hint: `the same command with --idempotency-key ${quotedForShell(key)} shows it`,
    interrupted: interruptedAfter(orderId),
  }
}

function interruptedAfter(orderId: number): DbtoolError {
  return new DbtoolError('INTERRUPTED', `interrupted, but order ${orderId} had already been placed`, {
    hint: `look at it: dbtool orders get ${orderId}`,
  })
}
