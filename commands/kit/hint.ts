import type { Context } from '../../src/context/context.ts'

/** What most people do next after a verb, as it is typed; `7` stands for the id of what was made. */
export const next = {
  'server start': 'dbtool db migrate',
  'db migrate': 'dbtool db seed',
  'orders place': 'dbtool orders get 7',
  'pool stress': 'dbtool pool tune',
} as const

/** Where there is nothing to list: how to make one. */
export const whereEmpty: Readonly<Record<string, string>> = {
  'users list': 'dbtool users create',
  'addresses list': 'dbtool addresses add',
  'products list': 'dbtool products create',
  'orders list': 'dbtool orders place',
}

export function hint(ctx: Context, after: keyof typeof next, id?: number): void {
  ctx.out.hint(id === undefined ? next[after] : next[after].replace('7', String(id)))
}

/** After a list that had nothing to show. Where only a part was asked for, there may be others. */
export function hintWhereEmpty(ctx: Context, isPart: boolean): void {
  const { command } = ctx.author()
  const line = isPart ? `dbtool ${command}` : whereEmpty[command]
  if (line !== undefined) ctx.out.hint(line)
}
