import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { orderStatuses, type OrderStatus } from '../../src/shop/rules.ts'
import { parseChoice } from '../../src/values.ts'
import { csvFlags, type CsvOptions, exportFrom } from '../kit/export.ts'
import { orderExportView } from '../kit/views.ts'
import { past, value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

export interface ExportOrdersOptions extends CsvOptions {
  readonly user?: string
  readonly status?: OrderStatus
  readonly since?: Date
  readonly until?: Date
}

export function ordersExport(orders: Command, ctx: Context, run = exportAll): void {
  csvFlags(withView(orders.command('export'), orderExportView))
    .description(
      'Write all order lines as CSV, NDJSON or JSON, ready for import; ' +
        'cancelled orders only with --status cancelled',
    )
    .option('--user <user>', 'only orders of this user: id, username or email')
    .option(
      '--status <status>',
      `only orders with this status: ${orderStatuses.join(', ')}`,
      value(parseChoice(orderStatuses)),
    )
    .option('--since <time>', 'placed at or after a time, or an age such as 30d', past)
    .option('--until <time>', 'placed before a time, or an age such as 30d', past)
    .addHelpText(
      'after',
      examples('dbtool orders export > lines.csv', 'dbtool orders export --user ada --since 30d --format ndjson'),
    )
    .action((options: ExportOrdersOptions) => run(ctx, options))
}

export async function exportAll(ctx: Context, options: ExportOrdersOptions): Promise<void> {
  const { user, status, since, until } = options
  const [{ exportOrders }, { getUser }] = await Promise.all([
    import('../../src/shop/export/orders.ts'),
    import('../../src/shop/users/users.ts'),
  ])
  await exportFrom(ctx, orderExportView, options, async (queries, sink) => {
    const userId = user === undefined ? undefined : (await getUser(queries, user)).id
    await exportOrders(queries, { userId, status, since, until }, sink)
  })
}
