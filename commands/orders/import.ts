import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { parseStock } from '../../src/shop/rules.ts'
import type { ImportSummary } from '../../src/shop/import/tally.ts'
import { number, type View } from '../../src/output/view.ts'
import { parseChoice, parseWhole } from '../../src/values.ts'
import { value } from '../flags.ts'
import { examples } from '../help.ts'

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

const summaryView: View = {
  columns: [
    number('orders_placed'), number('orders_existing'), number('orders_rejected'), number('lines_read'), number('lines_placed'),
    number('units'), number('revenue'), number('seconds'), number('orders_per_second'),
  ],
  id: 'orders_placed',
  empty: '',
}

const reasonsShown = 5

export function ordersImport(orders: Command, ctx: Context, run = importFile): void {
  orders
    .command('import')
    .description('Place the orders of a CSV or NDJSON file of order lines; run again, it places nothing twice')
    .argument('[file]', 'the file; - is standard input')
    .option('--map <pairs>', 'what the file calls our columns: order_ref=InvoiceNo,user=CustomerID,…')
    .option('--delimiter <character>', "what separates the columns of a CSV file (default: ',')")
    .option('--create-missing', 'create users and products that are met for the first time')
    .option('--initial-stock <n>', 'units in stock of a product so created', value(parseStock), 0)
    .option('--on-error <what>', 'abort: place nothing if the file has a fault; skip: leave such orders out', value(parseChoice(['abort', 'skip'] as const)), 'abort')
    .option('--rejects <file>', 'write the orders left out here, with line and reason')
    .option('--concurrency <n>', 'orders in flight at once (default: the size of the pool)', value(parseWhole(1, 1_000)))
    .option('-n, --dry-run', 'read and check everything, and place nothing')
    .addHelpText('after', examples('dbtool orders import lines.csv', 'dbtool orders import invoices.csv --map order_ref=InvoiceNo,user=CustomerID --create-missing --initial-stock 1000 --on-error skip --rejects rejects.csv'))
    .action((file: string | undefined, options: ImportOrdersOptions) => run(ctx, file, options))
}

export async function importFile(ctx: Context, given: string | undefined, options: ImportOrdersOptions): Promise<void> {
  if (options.rejects !== undefined && options.onError === 'abort') throw new DbtoolError('USAGE', '--rejects is for orders that are left out', { hint: 'add --on-error skip' })
  const { path } = await ctx.ask.fill({ path: { given, flag: '<file>', message: 'File of order lines (CSV or NDJSON)', parse: (text: string) => text } })
  const summary = await importPath(ctx, path, options)
  ctx.out.item(summaryView, summary)
  if (options.dryRun === true) ctx.out.note('dry run: nothing was placed')
  if (summary.orders_rejected > 0) throw partly(summary, options.rejects)
}

async function importPath(ctx: Context, path: string, options: ImportOrdersOptions): Promise<ImportSummary> {
  const [{ openRecordFile }, { parseMap }, { RejectsFile }, { importOrders }, { orderFields }] = await Promise.all([
    import('../../src/files/record-file.ts'), import('../../src/files/map.ts'), import('../../src/files/rejects.ts'),
    import('../../src/shop/import/import-orders.ts'), import('../../src/shop/import/order-line.ts'),
  ])
  const map = options.map === undefined ? new Map<string, string>() : parseMap(options.map, orderFields)
  const { signal, stdin } = ctx.io
  const file = await openRecordFile(path, { stdin, signal, fields: orderFields, map, delimiter: options.delimiter })
  const rejects = options.rejects === undefined ? undefined : await RejectsFile.create(options.rejects, file)
  const concurrency = options.concurrency ?? (await ctx.config()).pool.size
  try {
    return await ctx.shop(async (db) => {
      const place = await placerFor(ctx, db, options)
      return importOrders({ file, place, concurrency, onError: options.onError, rejects, signal, ...reporting(ctx, file.bytes, options) })
    })
  } finally {
    await rejects?.close()
    await file.close()
  }
}

type Placer = import('../../src/shop/import/placer.ts').PlaceDraft
type Db = import('../../src/db/database.ts').Database

async function placerFor(ctx: Context, db: Db, { createMissing = false, initialStock, dryRun }: ImportOrdersOptions): Promise<Placer> {
  const [{ growingCatalog, knownCatalog }, { realPlacer, rehearsingPlacer }, { importedUser, knownUser }] = await Promise.all([
    import('../../src/shop/import/catalog.ts'), import('../../src/shop/import/placer.ts'), import('../../src/shop/import/references.ts'),
  ])
  const author = ctx.author()
  if (dryRun === true) return rehearsingPlacer(db, { create: createMissing, initialStock }, (reference) => (createMissing ? importedUser : knownUser)(db, reference))
  return realPlacer(db, createMissing ? growingCatalog(db, author, initialStock) : knownCatalog(db), author)
}

/** Progress on a terminal; the first reasons for everybody. */
function reporting(ctx: Context, bytes: number, { rejects }: ImportOrdersOptions): Pick<Parameters<typeof import('../../src/shop/import/import-orders.ts').importOrders>[0], 'onProgress' | 'onReject'> {
  const progress = ctx.out.progress()
  const started = performance.now()
  let shown = 0
  return {
    onProgress: (read, { placed, existing, rejected }) =>
      progress.show(() => {
        const share = bytes === 0 ? 1 : read / bytes
        const left = Math.ceil(((performance.now() - started) / 1_000) * (1 / Math.max(share, 0.001) - 1))
        return `${Math.floor(share * 100)} %  ${placed} placed, ${existing} placed before, ${rejected} rejected, about ${left} s left`
      }),
    onReject: ({ ref, records }, reason) => {
      shown += 1
      if (rejects === undefined && shown <= reasonsShown) ctx.out.note(`left out: order '${ref}', line ${records[0]?.line ?? 0}: ${reason}`)
      if (rejects === undefined && shown === reasonsShown + 1) ctx.out.note('… and more; --rejects FILE keeps them all')
    },
  }
}

function partly({ orders_rejected: rejected, orders_placed: placed, orders_existing: existing }: ImportSummary, rejects: string | undefined): DbtoolError {
  const hint = rejects === undefined ? 'see why with --rejects FILE' : `they are in ${rejects}, with line and reason: mend them and import that file`
  return new DbtoolError('PARTLY_DONE', `${rejected} of ${rejected + placed + existing} orders were left out`, { hint })
}

