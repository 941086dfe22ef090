import type { Context } from '../../src/context/context.ts'
import type { WriteRows } from '../../src/output/stream.ts'
import type { View } from '../../src/output/view.ts'
import { hintWhereEmpty } from './hint.ts'

export interface Listing {
  /** The value of `--limit`, if given; zero means all rows. */
  readonly limit: number | undefined
  /** The limit on a terminal if none is given, so that it does not flood the screen; zero means all rows. */
  readonly defaultRows: number
  /** The default limit applies everywhere, because it is a part of the question, such as the best ten. */
  readonly isRanking?: boolean | undefined
  readonly offset?: number
  /** Receives the rows that are shown. */
  readonly onShown?: (rows: readonly object[]) => void
  /** The filters; a value is undefined if its flag is not given. */
  readonly filter?: object
}

/**
 * Streams a list of any length. `produce` gets the number of rows to write; zero means all. If the default limit cuts
 * the list, a notice says so.
 */
export async function showList(
  ctx: Context,
  view: View,
  listing: Listing,
  produce: (limit: number, write: WriteRows) => Promise<void>,
): Promise<void> {
  const { limit, offset = 0, filter = {} } = listing
  const isPart = offset > 0 || Object.values(filter).some((value) => value !== undefined)
  const listed = isPart ? { ...view, empty: view.empty?.replace(/\.$/, ' match.') } : view
  const most = defaultLimitOf(ctx, listing)
  let found = 0
  await ctx.out.stream(listed, (write) =>
    // One more row tells whether there are more.
    produce(limit ?? (most === Infinity ? 0 : most + 1), async (rows) => {
      const before = found
      found += rows.length
      if (before >= most) return
      const visible = rows.slice(0, most - before)
      listing.onShown?.(visible)
      await write(visible)
    }),
  )
  if (found === 0) hintWhereEmpty(ctx, isPart)
  if (found > most) ctx.out.notice(`only the first ${most} rows; --limit 0 shows all`)
}

/** The number of rows that is most without `--limit`. */
function defaultLimitOf({ out }: Context, { limit, defaultRows, isRanking = false }: Listing): number {
  const applies = isRanking ? !out.wantsAll : out.isOnScreen
  return limit === undefined && defaultRows > 0 && applies ? defaultRows : Infinity
}
