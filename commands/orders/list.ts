import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { listOrders } from '../../src/shop/orders.ts'
import { orderStatuses, type OrderStatus } from '../../src/shop/rules.ts'
import { getUser } from '../../src/shop/users.ts'
import { parseChoice } from '../../src/values.ts'
import { defaultLimit, paged, value, type PageFlags } from '../flags.ts'
import { examples } from '../help.ts'
import { showList } from '../list.ts'
import { orderHeadView } from '../views.ts'

export interface ListOrdersOptions extends PageFlags {
  readonly user?: string
  readonly status?: OrderStatus
}

export function ordersList(orders: Command, ctx: Context, run = showOrders): void {
  paged(orders.command('list').description('List orders, newest first'))
    .option('--user <user>', 'only of this user: id, username or email')
    .option('--status <status>', orderStatuses.join(', '), value(parseChoice(orderStatuses)))
    .addHelpText('after', examples('dbtool orders list --user ada', 'dbtool orders list --status confirmed --format ids'))
    .action((options: ListOrdersOptions) => run(ctx, options))
}

export async function showOrders(ctx: Context, { user, status, limit, offset }: ListOrdersOptions): Promise<void> {
  await showList(ctx, orderHeadView, { limit, unasked: defaultLimit }, (rows) =>
    ctx.shop(async (db) => {
      const userId = user === undefined ? undefined : (await getUser(db, user)).id
      return listOrders(db, { userId, status }, { limit: rows, offset })
    }),
  )
}
