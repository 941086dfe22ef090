import type { Context } from '../../src/context/context.ts'
import type { View } from '../../src/output/view.ts'
import { hintWhereEmpty } from './hint.ts'

export interface Listing {
  /** As it was given; zero is all. */
  readonly limit: number | undefined
  /** What holds when none was given, so that a person's screen is not flooded; zero is all. */
  readonly unasked: number
  readonly offset?: number
  /** What was asked for: its values are undefined where everything was. */
  readonly filter?: object
}

/** Shows a list. A limit that nobody asked for cuts neither a count nor ids, and nothing else without a word. */
export async function showList(
  ctx: Context,
  view: View,
  { limit, unasked, offset = 0, filter = {} }: Listing,
  rowsOf: (limit: number) => Promise<readonly object[]>,
): Promise<void> {
  const isPart = offset > 0 || Object.values(filter).some((asked) => asked !== undefined)
  const listed = isPart ? { ...view, empty: view.empty.replace(/\.$/, ' like that.') } : view
  if (limit !== undefined || unasked === 0 || ctx.out.wantsAll) {
    const all = await rowsOf(limit ?? 0)
    ctx.out.list(listed, all)
    if (all.length === 0) hintWhereEmpty(ctx, isPart)
    return
  }
  const rows = await rowsOf(unasked + 1)
  ctx.out.list(listed, rows.slice(0, unasked))
  if (rows.length === 0) hintWhereEmpty(ctx, isPart)
  if (rows.length > unasked) ctx.out.note(`the first ${unasked}, and there are more; --limit 0 shows all`)
}
