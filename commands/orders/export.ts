import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { orderStatuses, type OrderStatus } from '../../src/shop/rules.ts'
import { parseChoice } from '../../src/values.ts'
import { csvFlags, type CsvOptions, exportFrom } from '../kit/export.ts'
import { orderExportView } from '../kit/views.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { clockOf, type PeriodFlags, periodOf, withPeriod } from '../kit/period.ts'

export interface ExportOrdersOptions extends CsvOptions, PeriodFlags {
  readonly user?: string
  readonly status?: OrderStatus
}

export function ordersExport(orders: Command, ctx: Context, run = exportAll): void {
  const verb = csvFlags(withView(orders.command('export'), orderExportView))
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
  withPeriod(verb, 'placed')
    .addHelpText(
      'after',
      examples(
        'dbtool orders export > lines.csv',
        'dbtool orders export --user ada --since 30d --format ndjson',
        'dbtool orders export --from 2026-11-01 --to 2026-11-30 -o november.csv',
      ),
    )
    .action((options: ExportOrdersOptions) => run(ctx, options))
}

export async function exportAll(ctx: Context, options: ExportOrdersOptions): Promise<void> {
  const { user, status } = options
  const [{ exportOrders }, { getUser }] = await Promise.all([
    import('../../src/shop/export/orders.ts'),
    import('../../src/shop/users/users.ts'),
  ])
  const { since, until } = periodOf(options, clockOf(ctx, 'csv'))
  await exportFrom(ctx, orderExportView, options, async (queries, sink) => {
    const userId = user === undefined ? undefined : (await getUser(queries, user)).id
    await exportOrders(queries, { userId, status, since, until }, sink)
  })
}
