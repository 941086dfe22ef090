import type { Context } from '../../src/context/context.ts'
import type { View } from '../../src/output/view.ts'
import { hintWhereEmpty } from './hint.ts'

export interface Listing {
  /** The value of `--limit`, if given; zero means all rows. */
  readonly limit: number | undefined
  /** The limit on a terminal if none is given, so that it does not flood the screen; zero means all rows. */
  readonly defaultRows: number
  readonly offset?: number
  /** The filters; a value is undefined if its flag is not given. */
  readonly filter?: object
}

/** Shows a list. The default limit applies neither to a count nor to ids; elsewhere a note says that there are more. */
export async function showList(
  ctx: Context,
  view: View,
  { limit, defaultRows, offset = 0, filter = {} }: Listing,
  rowsOf: (limit: number) => Promise<readonly object[]>,
): Promise<void> {
  const isPart = offset > 0 || Object.values(filter).some((value) => value !== undefined)
  const listed = isPart ? { ...view, empty: view.empty.replace(/\.$/, ' match.') } : view
  if (limit !== undefined || defaultRows === 0 || ctx.out.wantsAll) {
    const all = await rowsOf(limit ?? 0)
    ctx.out.list(listed, all)
    if (all.length === 0) hintWhereEmpty(ctx, isPart)
    return
  }
  const rows = await rowsOf(defaultRows + 1)
  ctx.out.list(listed, rows.slice(0, defaultRows))
  if (rows.length === 0) hintWhereEmpty(ctx, isPart)
  if (rows.length > defaultRows) ctx.out.note(`only the first ${defaultRows} rows; --limit 0 shows all`)
}
