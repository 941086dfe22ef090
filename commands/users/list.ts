import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { eachOf } from '../../src/shop/select.ts'
import { selectUsers, userSortColumns } from '../../src/shop/users/users.ts'
import type { PastTime } from '../../src/past-time.ts'
import { largestInt, parseWhole } from '../../src/values.ts'
import { activeFlag, defaultLimit, either, paged, past, sorted, value, type PageFlags } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { clockOf } from '../kit/period.ts'
import { withView } from '../kit/command.ts'
import { userView } from '../kit/views.ts'

export interface ListUsersOptions extends PageFlags {
  readonly active?: true
  readonly inactive?: true
  readonly search?: string
  readonly minOrders?: number
  readonly createdSince?: PastTime
  readonly sort: { column: (typeof userSortColumns)[number]; descending: boolean }
}

export function usersList(users: Command, ctx: Context, run = showUsers): void {
  either(
    paged(withView(users.command('list'), userView).description('List users, newest first')),
    ['--active', 'only users who may log in'],
    ['--inactive', 'only users who may not log in'],
  )
    .option('--search <text>', 'search in username, email and names')
    .option('--min-orders <n>', 'only users with at least n orders', value(parseWhole(0, largestInt)))
    .option('--created-since <time>', 'created at or after a time, or an age such as 30d', past)
    .addOption(sorted(userSortColumns, '-created_at'))
    .addHelpText(
      'after',
      examples(
        'dbtool users list --search ada',
        'dbtool users list --active --min-orders 1 --sort username --format csv',
      ),
    )
    .action((options: ListUsersOptions) => run(ctx, options))
}

export async function showUsers(ctx: Context, options: ListUsersOptions): Promise<void> {
  const { search, minOrders, createdSince, sort, limit, offset } = options
  const filter = { active: activeFlag(options), search, minOrders, createdSince: createdSince?.(clockOf(ctx)) }
  await showList(ctx, userView, { limit, defaultRows: defaultLimit, offset, filter }, (rows, write) =>
    ctx.shop((db) => eachOf(db, selectUsers(filter, sort, { limit: rows, offset }), write)),
  )
}
