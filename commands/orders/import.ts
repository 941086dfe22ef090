import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import type { RejectsFile } from '../../src/files/rejects.ts'
import type { Output } from '../../src/output/output.ts'
import type { Progress } from '../../src/output/progress.ts'
import { number, type View } from '../../src/output/view.ts'
import type { ImportPlan } from '../../src/shop/import/import-orders.ts'
import type { PlaceDrafts } from '../../src/shop/import/decide-orders.ts'
import type { ImportSummary } from '../../src/shop/import/tally.ts'
import { parseStock } from '../../src/shop/rules.ts'
import { parseChoice, parseWhole } from '../../src/values.ts'
import { withView } from '../kit/command.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { checkRejects, firstReasons, partlyRejected, progressOf } from '../kit/import-rows.ts'

export interface ImportOrdersOptions {
  readonly map?: string
  readonly delimiter?: string
  readonly createMissing?: boolean
  readonly initialStock: number
  readonly onError: 'abort' | 'skip'
  readonly rejects?: string
  readonly concurrency?: number
  readonly dryRun?: boolean
}

export function ordersImport(orders: Command, ctx: Context, run = importFile): void {
  withView(orders.command('import'), summaryView)
    .description('Place the orders of a CSV or NDJSON file of order lines; a second run places nothing twice')
    .argument('[file]', 'the file; - is standard input')
    .option('--map <pairs>', 'columns in the file: order_ref=InvoiceNo,user=CustomerID,…')
    .option('--delimiter <character>', "column separator of a CSV file (default: ',')")
    .option('--create-missing', 'create users and products that do not exist')
    .option('--initial-stock <n>', 'stock of each product so created', value(parseStock), 0)
    .option(
      '--on-error <action>',
      'abort: place nothing on any fault; skip: skip such orders',
      value(parseChoice(['abort', 'skip'] as const)),
      'abort',
    )
    .option('--rejects <file>', 'write rejected orders to this file, with line and reason')
    .addOption(
      new Option('--concurrency <n>', 'concurrent transactions, each of up to 100 orders')
        .argParser(value(parseWhole(1, 1_000)))
        .default(undefined, 'the pool size'),
    )
    .option('-n, --dry-run', 'read and check everything, and place nothing')
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
  checkRejects(options)
  const { path } = await ctx.ask.resolve({
    path: { given, flag: '<file>', message: 'File of order lines (CSV or NDJSON)', parse: (text: string) => text },
  })
  const summary = await importPath(ctx, path, options)
  ctx.out.item(summaryView, summary)
  if (options.dryRun === true) ctx.out.note('dry run: nothing was placed')
  const { orders_rejected: rejected, orders_placed: placed, orders_existing: existing } = summary
  if (rejected > 0) throw partlyRejected(`${rejected} of ${rejected + placed + existing} orders`, options.rejects)
}

/**
 * Imports one file. The file, the server and the schema are checked first. Only then is the rejects file of an earlier
 * run replaced.
 */
async function importPath(ctx: Context, path: string, options: ImportOrdersOptions): Promise<ImportSummary> {
  const [{ openRecordFile }, { parseMap }, { RejectsFile: Rejects }, importing, { orderFields: fields }] =
    await Promise.all([
      import('../../src/files/record-file.ts'),
      import('../../src/files/map.ts'),
      import('../../src/files/rejects.ts'),
      import('../../src/shop/import/import-orders.ts'),
      import('../../src/shop/import/draft-order.ts'),
    ])
  const { delimiter, onError, rejects: rejectsPath } = options
  const map = options.map === undefined ? new Map<string, string>() : parseMap(options.map, fields)
  const concurrency = options.dryRun === true ? 1 : (options.concurrency ?? (await ctx.config()).pool.size)
  const { signal, stdin } = ctx.io
  const file = await openRecordFile(path, { stdin, signal, fields, map, delimiter, raw: ctx.rawCells })
  const progress = ctx.out.progress()
  let rejects: RejectsFile | undefined
  try {
    const met = await importing.checkFile(file, { orders: onError === 'abort', signal })
    return await ctx.shop(async (db) => {
      const { dryRunDrafts, place } = await appliersFor(ctx, db, options)
      const dryRunTally = onError === 'abort' ? await importing.dryRunAll(file, met, dryRunDrafts, signal) : undefined
      if (dryRunTally !== undefined && options.dryRun === true) return dryRunTally
      rejects = rejectsPath === undefined ? undefined : await Rejects.create(rejectsPath, file)
      return importing.importOrders({
        file,
        duplicates: met,
        place,
        concurrency,
        onError,
        rejects,
        signal,
        ...reporting(ctx.out, progress, { bytes: file.bytes, rejectsPath }),
      })
    })
  } finally {
    progress.clear()
    await rejects?.close()
    await file.close()
  }
}

interface Appliers {
  /** Checks draft orders and places none. */
  readonly dryRunDrafts: PlaceDrafts
  /** Places draft orders; in a dry run, the same as `dryRunDrafts`. */
  readonly place: PlaceDrafts
}

async function appliersFor(
  ctx: Context,
  db: Database,
  { createMissing = false, initialStock, dryRun }: ImportOrdersOptions,
): Promise<Appliers> {
  const [{ creatingResolver, lookupResolver }, { applyOrders, dryRunOrders }, { importedUsers, knownUsers }] =
    await Promise.all([
      import('../../src/shop/import/catalog.ts'),
      import('../../src/shop/import/decide-orders.ts'),
      import('../../src/shop/import/resolve-users.ts'),
    ])
  const author = ctx.author()
  const dryRunDrafts = dryRunOrders(
    db,
    { create: createMissing, initialStock },
    createMissing ? importedUsers : knownUsers,
  )
  if (dryRun === true) return { dryRunDrafts, place: dryRunDrafts }
  return {
    dryRunDrafts,
    place: applyOrders(db, createMissing ? creatingResolver(db, author, initialStock) : lookupResolver(db), author),
  }
}

export const summaryView: View = {
  columns: [
    number('orders_placed'),
    number('orders_existing'),
    number('orders_rejected'),
    number('lines_read'),
    number('lines_placed'),
    number('units'),
    number('revenue'),
    number('seconds'),
    number('orders_per_second'),
  ],
  id: 'orders_placed',
  empty: '',
}

/** Callbacks that show progress on a terminal, and the first reasons of rejects if no rejects file receives them. */
function reporting(
  out: Output,
  progress: Progress,
  { bytes, rejectsPath }: { bytes: number; rejectsPath: string | undefined },
): Pick<ImportPlan, 'onProgress' | 'onReject'> {
  const [show, report] = [progressOf(progress, bytes), firstReasons(out, rejectsPath)]
  return {
    onProgress: (read, { placed, existing, rejected }) =>
      show(read, () => `${placed} placed, ${existing} placed before, ${rejected} rejected`),
    onReject: ({ ref, records }, reason) => report(`order '${ref}', line ${records[0]?.line ?? 0}: ${reason}`),
  }
}
