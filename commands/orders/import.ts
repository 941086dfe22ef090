import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import type { DraftOrder, DraftRules } from '../../src/shop/import/draft-order.ts'
import type { RecordFile } from '../../src/files/record-file.ts'
import type { KeyRule } from '../../src/shop/import/order-groups.ts'
import { orderCounts, type OrderSummary } from '../../src/shop/import/tally.ts'
import { parseStock } from '../../src/shop/rules.ts'
import { parseWhole } from '../../src/values.ts'
import { withView } from '../kit/command.ts'
import { lazyValue, value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { importFlags, type ImportOptions, runImport, summaryView } from '../kit/import.ts'
import { amountColumns, noteAmounts, noteNames } from '../kit/reading-notes.ts'

export interface ImportOrdersOptions extends ImportOptions {
  readonly createMissing?: boolean
  readonly initialStock: number
  readonly concurrency?: number
  readonly key?: KeyRule
  readonly guest?: string
  readonly history?: boolean
}

const orderView = summaryView([...orderCounts, 'revenue', 'seconds', 'orders_per_second'], amountColumns)

const guestRule = async () => (await import('../../src/shop/import/draft-order.ts')).parseUser

export function ordersImport(orders: Command, ctx: Context, run = importFile): void {
  importFlags(
    withView(orders.command('import'), orderView).description(
      'Place the orders of a CSV or NDJSON file of order lines; a second run places nothing twice',
    ),
    { mapped: 'order_ref=InvoiceNo', unit: 'order' },
  )
    .option('--create-missing', 'create users and products that do not exist')
    .option('--initial-stock <n>', 'stock of each product so created', value(parseStock), 0)
    .option('--key <columns>', 'columns that tell orders apart: order_ref,ordered_at', lazyValue(keyRule))
    .option('--guest <user>', 'customer of orders for which the file names none', lazyValue(guestRule))
    .option('--history', 'orders of earlier times: leave the stock as it is')
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
  const [{ importOrders }, { guestOrderFields, orderFields }, { keyByReference, OrderGroups }] = await Promise.all([
    import('../../src/shop/import/import-orders.ts'),
    import('../../src/shop/import/draft-order.ts'),
    import('../../src/shop/import/order-groups.ts'),
  ])
  const { onError, dryRun = false, createMissing: create = false, initialStock, history = false } = options
  const { key = keyByReference } = options
  await runImport<OrderSummary>(ctx, given, options, {
    noun: 'orders',
    contents: 'order lines',
    fields: options.guest === undefined ? orderFields : guestOrderFields,
    view: orderView,
    unchanged: 'nothing was placed',
    rollsBack: false,
    note(out, summary) {
      noteNames(out, summary)
      noteAmounts(out, summary)
    },
    rejected: ({ orders_rejected: rejected, orders_placed: placed, orders_existing: existing }) =>
      rejected === 0 ? undefined : `${rejected} of ${rejected + placed + existing} orders`,
    check: async (file, signal) => {
      const orders = await OrderGroups.scan(file, signal, key)
      const concurrency = options.concurrency ?? (await ctx.config()).pool.size
      return async (db, { onProgress, onReject, onNote, ...session }) =>
        importOrders({
          ...session,
          fileName: file.name,
          orders,
          ...(await guestRules(db, options, isRepeating(file, options))),
          policy: { create, initialStock, history },
          db,
          author: ctx.author(),
          concurrency,
          onError,
          dryRun,
          onProgress: (read, { orders_placed: placed, orders_existing: existing, orders_rejected: rejected }) =>
            onProgress(read, () => `${placed} placed, ${existing} placed before, ${rejected} rejected`),
          onReject: (draft, reason) => onReject(`${nameOf(draft)}: ${reason}`),
          onNote: (draft, note) => onNote(`${nameOf(draft)}: ${note}`),
        })
    },
  })
}

/** Whether the lines of an order repeat its amounts, as presets and dbtool define it, or are of one object. */
const isRepeating = ({ header }: RecordFile, { preset, map }: ImportOrdersOptions): boolean =>
  header === undefined || preset !== undefined || map === undefined

const keyRule = async (): Promise<(text: string) => KeyRule> =>
  (await import('../../src/shop/import/key-rule.ts')).parseKeyRule

/**
 * The rules for orders without a user. The guest is named as everywhere on the command line, and created if users of
 * the file are.
 */
async function guestRules(
  db: Database,
  { key, guest, createMissing = false }: ImportOrdersOptions,
  repeatsAmounts: boolean,
): Promise<{ rules: DraftRules; guests: ReadonlyMap<string, number> }> {
  const [{ findUser, getUser }, { keyByReference }] = await Promise.all([
    import('../../src/shop/users/users.ts'),
    import('../../src/shop/import/order-groups.ts'),
  ])
  const rules = { key: key ?? keyByReference, repeatsAmounts }
  if (guest === undefined) return { rules: { ...rules, guest }, guests: new Map() }
  const user = await db.reading((queries) => (createMissing ? findUser : getUser)(queries, guest))
  if (user === undefined) return { rules: { ...rules, guest }, guests: new Map() }
  return { rules: { ...rules, guest: guestName }, guests: new Map([[guestName, user.id]]) }
}

/** A name that no file can give to a user. */
const guestName = '\0guest'

const nameOf = ({ ref, line }: DraftOrder): string => `order '${ref}', line ${line}`
