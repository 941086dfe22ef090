import type { Context } from '../../src/context.ts'
import type { Database } from '../../src/db/database.ts'
import { DbtoolError } from '../../src/errors.ts'
import { getOrder, type Order } from '../../src/shop/orders.ts'

/** After Ctrl-C the statement has been ended at the server. Whether the order made it before that, only its key can tell. */
export async function settle(ctx: Context, key: string, error: unknown): Promise<never> {
  if (!ctx.io.signal.aborted) throw error
  const { OutcomeUnknown, resolveByKey } = await import('../../src/shop/order-answer.ts')
  await ctx.close()
  const orderId = await ctx.connection((connection) => resolveByKey(connection, key, error), {}).catch((cause: unknown) => {
    throw cause instanceof OutcomeUnknown ? cause : new OutcomeUnknown(key, [], cause)
  })
  throw orderId === undefined ? new DbtoolError('INTERRUPTED', 'interrupted; nothing was ordered') : interruptedAfter(orderId)
}

/** The order as it was placed. A failure to read it must not look as if there were none. */
export async function readBack(ctx: Context, db: Database, { orderId, totalAmount, key }: { orderId: number; totalAmount: string; key: string }): Promise<Order> {
  const { quotedForShell } = await import('../../src/shop/order-answer.ts')
  return db.reading((queries) => getOrder(queries, orderId)).catch((cause: unknown) => {
    if (ctx.io.signal.aborted) throw interruptedAfter(orderId)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DbtoolError('OUTCOME_UNKNOWN', `order ${orderId} was placed, with a total of ${totalAmount}, but it cannot be read now: ${reason}`, {
      cause,
      hint: `the same command with --idempotency-key ${quotedForShell(key)} shows it`,
    })
  })
}

function interruptedAfter(orderId: number): DbtoolError {
  return new DbtoolError('INTERRUPTED', `interrupted, but order ${orderId} had already been placed`, { hint: `look at it: dbtool orders get ${orderId}` })
}
