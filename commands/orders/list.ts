import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { View } from '../../src/output/view.ts'
import { eachOrderWithItems, orderSortColumns, selectOrders } from '../../src/shop/orders/orders.ts'
import { orderStatuses, type OrderStatus } from '../../src/shop/rules.ts'
import { eachOf } from '../../src/shop/select.ts'
import { getUser } from '../../src/shop/users/users.ts'
import { parseChoice } from '../../src/values.ts'
import { defaultLimit, paged, sorted, value, type PageFlags } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { clockOf, type PeriodFlags, periodOf, withPeriod } from '../kit/period.ts'
import { withView } from '../kit/command.ts'
import { orderHeadView, orderView } from '../kit/views.ts'

export interface ListOrdersOptions extends PageFlags, PeriodFlags {
  readonly user?: string
  readonly status?: OrderStatus
  readonly items?: boolean
  readonly sort: { column: (typeof orderSortColumns)[number]; descending: boolean }
}

export function ordersList(orders: Command, ctx: Context, run = showOrders): void {
  const list = paged(withView(orders.command('list'), viewOf).description('List orders, newest first'))
  withPeriod(list, 'placed')
    .option('--user <user>', 'only orders of this user: id, username or email')
    .option('--status <status>', orderStatuses.join(', '), value(parseChoice(orderStatuses)))
    .option('--items', 'include the items; one statement for any number of orders')
    .addOption(sorted(orderSortColumns, '-created_at'))
    .addHelpText(
      'after',
      examples('dbtool orders list --user ada --items', 'dbtool orders list --status confirmed --format ids'),
    )
    .action((options: ListOrdersOptions) => run(ctx, options))
}

const viewOf = ({ items = false }: ListOrdersOptions): View => (items ? orderView : orderHeadView)

export async function showOrders(ctx: Context, options: ListOrdersOptions): Promise<void> {
  const { user, status, items = false, sort, limit, offset } = options
  const { since, until } = periodOf(options, clockOf(ctx))
  await showList(
    ctx,
    viewOf(options),
    { limit, defaultRows: defaultLimit, offset, filter: { user, status, since, until } },
    (rows, write) =>
      ctx.shop(async (db) => {
        const userIds = user === undefined ? undefined : [(await getUser(db, user)).id]
        const list: Parameters<typeof selectOrders> = [
          { userIds, statuses: status === undefined ? undefined : [status], since, until },
          sort,
          { limit: rows, offset },
        ]
        await (items ? eachOrderWithItems(db, list, write) : eachOf(db, selectOrders(...list), write))
      }),
  )
}
