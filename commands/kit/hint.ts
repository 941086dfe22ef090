import type { Context } from '../../src/context/context.ts'

/** The usual next command after a verb; `7` stands for the id of the new order. */
export const next: Readonly<Record<string, string>> = {
  'server start': 'dbtool db migrate',
  'db migrate': 'dbtool db seed',
  'orders place': 'dbtool orders get 7',
  'pool stress': 'dbtool pool tune',
}

/** After an empty list: the command that creates a first row. */
export const whereEmpty: Readonly<Record<string, string>> = {
  'users list': 'dbtool users create',
  'addresses list': 'dbtool addresses add',
  'products list': 'dbtool products create',
  'orders list': 'dbtool orders place',
}

/** Prints the next command after this one. A verb within `dbtool demo` has none: the tour is on its own database. */
export function hint(ctx: Context, id?: number): void {
  const line = next[ctx.author().command]
  if (line !== undefined) ctx.out.hint(id === undefined ? line : line.replace('7', String(id)))
}

/** Prints the hint after an empty list. With a filter or an offset, the hint is the list without them. */
export function hintWhereEmpty(ctx: Context, isPart: boolean): void {
  const { command } = ctx.author()
  const line = isPart ? `dbtool ${command}` : whereEmpty[command]
  if (line !== undefined) ctx.out.hint(line)
}
