import type { Context } from '../src/context/context.ts'
import { data, type View } from '../src/output/view.ts'
import type { Updated } from '../src/shop/changes.ts'

interface Telling {
  /** As a person calls the thing. */
  readonly name: string
  readonly dryRun: boolean
}

/** The thing, and how many rows changed. */
export function updatedView(view: View): View {
  return { ...view, columns: [...view.columns, data('rows_changed')] }
}

/** Shows the thing as it is now, and how many rows changed: for a person on stderr, for a program as a column. */
export function showUpdated(
  ctx: Context,
  view: View,
  { thing, rowsChanged, changes }: Updated<object>,
  { name, dryRun }: Telling,
): void {
  ctx.out.item(updatedView(view), { ...thing, rows_changed: rowsChanged })
  if (rowsChanged === 0) ctx.out.note(`nothing to change: ${name} is like that already`)
  else ctx.out.success(dryRun ? `1 row would be changed: ${changes}; nothing was changed` : `1 row changed: ${changes}`)
}
