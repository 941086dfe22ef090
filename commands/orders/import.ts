import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { OrderSummary } from '../../src/shop/import/tally.ts'
import { parseStock } from '../../src/shop/rules.ts'
import { parseWhole } from '../../src/values.ts'
import { withView } from '../kit/command.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { importFlags, type ImportOptions, runImport, summaryView } from '../kit/import.ts'

export interface ImportOrdersOptions extends ImportOptions {
  readonly createMissing?: boolean
  readonly initialStock: number
  readonly concurrency?: number
}

const orderView = summaryView([
  'orders_placed',
  'orders_existing',
  'orders_rejected',
  'lines_read',
  'lines_placed',
  'units',
  'revenue',
  'seconds',
  'orders_per_second',
])

export function ordersImport(orders: Command, ctx: Context, run = importFile): void {
  importFlags(
    withView(orders.command('import'), orderView).description(
      'Place the orders of a CSV or NDJSON file of order lines; a second run places nothing twice',
    ),
    { mapped: 'order_ref=InvoiceNo,user=CustomerID', unit: 'order' },
  )
    .option('--create-missing', 'create users and products that do not exist')
    .option('--initial-stock <n>', 'stock of each product so created', value(parseStock), 0)
    .addOption(
      new Option('--concurrency <n>', 'concurrent transactions, each of up to 100 orders')
        .argParser(value(parseWhole(1, 1_000)))
        .default(undefined, 'the pool size'),
    )
    .addHelpText(
      'after',
      examples(
        'dbtool orders import lines.csv',
        'dbtool orders import invoices.csv --map order_ref=InvoiceNo,user=CustomerID --create-missing ' +
          '--initial-stock 1000 --on-error skip --rejects rejects.csv',
      ),
    )
    .action((file: string | undefined, options: ImportOrdersOptions) => run(ctx, file, options))
}

export async function importFile(ctx: Context, given: string | undefined, options: ImportOrdersOptions): Promise<void> {
  const [{ checkFile, importOrders }, { orderFields }] = await Promise.all([
    import('../../src/shop/import/import-orders.ts'),
    import('../../src/shop/import/draft-order.ts'),
  ])
  const { onError, dryRun = false, createMissing: create = false, initialStock } = options
  await runImport<OrderSummary>(ctx, given, options, {
    noun: 'orders',
    contents: 'order lines',
    fields: orderFields,
    view: orderView,
    unchanged: 'nothing was placed',
    rollsBack: false,
    rejected: ({ orders_rejected: rejected, orders_placed: placed, orders_existing: existing }) =>
      rejected === 0 ? undefined : `${rejected} of ${rejected + placed + existing} orders`,
    check: async (file, signal) => {
      const duplicates = await checkFile(file, signal)
      const concurrency = options.concurrency ?? (await ctx.config()).pool.size
      return (db, { onProgress, onReject, ...session }) =>
        importOrders({
          ...session,
          file,
          duplicates,
          db,
          author: ctx.author(),
          missing: { create, initialStock },
          concurrency,
          onError,
          dryRun,
          onProgress: (read, { orders_placed: placed, orders_existing: existing, orders_rejected: rejected }) =>
            onProgress(read, () => `${placed} placed, ${existing} placed before, ${rejected} rejected`),
          onReject: ({ ref, records }, reason) => onReject(`order '${ref}', line ${records[0]?.line ?? 0}: ${reason}`),
        })
    },
  })
}
