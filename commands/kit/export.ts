import type { Context } from '../../src/context/context.ts'
import type { Queries } from '../../src/db/queries.ts'
import type { WriteRows } from '../../src/output/stream.ts'
import type { View } from '../../src/output/view.ts'

/** Streams a list of any length from one consistent snapshot. */
export async function exportFrom(
  ctx: Context,
  view: View,
  produce: (queries: Queries, write: WriteRows) => Promise<void>,
): Promise<void> {
  const stream = async (write: WriteRows): Promise<void> => {
    const [{ withLease }, { transactionSnapshot }] = await Promise.all([
      import('../../src/db/pool/pool.ts'),
      import('../../src/db/snapshot.ts'),
    ])
    await ctx.shop((db) =>
      withLease(db.pool, (lease) => transactionSnapshot(lease, (queries) => produce(queries, write))),
    )
  }
  await ctx.out.stream(view, stream, { unlessGiven: 'csv' })
}
