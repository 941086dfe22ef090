import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { Progress } from '../../src/output/progress.ts'
import { money, number, type View } from '../../src/output/view.ts'
import type { Counts, Sizes } from '../../src/shop/seed/plan.ts'
import { parsePastTime } from '../../src/past-time.ts'
import { utc } from '../../src/time-zone.ts'
import { largestInt, parseWhole, quoteValue } from '../../src/values.ts'
import { withDefault } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView, unlessDryRun, withEffect } from '../kit/command.ts'

const view: View = {
  columns: [
    number('users'),
    number('addresses'),
    number('products'),
    number('orders'),
    number('order_lines'),
    number('units'),
    money('revenue'),
    number('seconds'),
  ],
  id: 'orders',
}

export interface SeedOptions extends Sizes {
  readonly dryRun?: boolean
}

export function dbSeed(db: Command, ctx: Context, run = seed): void {
  withEffect(withView(db.command('seed'), view), { changes: unlessDryRun, isWholesale: unlessDryRun })
    .description('Fill an empty shop with generated users, products and a year of orders')
    .addOption(withDefault('--users <n>', 'number of users; none can log in', parseWhole(0, 1_000_000), '100'))
    .addOption(withDefault('--products <n>', 'number of products', parseWhole(0, 100_000), '50'))
    .addOption(
      withDefault('--orders <n>', 'number of orders, with 3 lines on average', parseWhole(0, 5_000_000), '500'),
    )
    .addOption(
      withDefault('--seed <n>', 'the same numbers give the same shop everywhere', parseWhole(0, largestInt), '1'),
    )
    .addOption(
      withDefault(
        '--until <time>',
        'end of the year of orders: a time, or an age such as 30d',
        parseUntil,
        '2026-01-01',
      ),
    )
    .option('-n, --dry-run', 'show the row counts, and add nothing')
    .addHelpText(
      'after',
      examples('dbtool db seed', 'dbtool db seed --users 20000 --products 1000 --orders 333333 --seed 7'),
    )
    .action((options: SeedOptions) => run(ctx, options))
}

export async function seed(ctx: Context, { dryRun = false, ...sizes }: SeedOptions): Promise<void> {
  if (sizes.orders > 0 && (sizes.users === 0 || sizes.products === 0))
    throw new DbtoolError('USAGE', 'orders need users and products', {
      hint: 'give --users and --products, or --orders 0',
    })
  const [{ planShop }, { assertEmpty, fillShop }] = await Promise.all([
    import('../../src/shop/seed/plan.ts'),
    import('../../src/shop/seed/fill.ts'),
  ])
  const { signal } = ctx.io
  const started = performance.now()
  const progress = ctx.out.progress()
  const seedShop = async (db: Database): Promise<Counts> => {
    await assertEmpty(db)
    const plan = await planShop(sizes, signal)
    if (!dryRun)
      await fillShop(db, { plan, author: ctx.author(), signal, onProgress: progressOf(progress, plan.counts) })
    return plan.counts
  }
  const counts = await ctx.shop(seedShop, { dryRun, writesInSteps: !dryRun }).finally(() => progress.clear())
  ctx.out.item(view, { ...counts, seconds: Number(((performance.now() - started) / 1_000).toFixed(3)) })
  ctx.out.success(
    dryRun ? 'the shop would be filled like this; nothing was changed' : `the shop is filled (seed ${sizes.seed})`,
  )
}

/** Returns a function that shows the progress in rows, and the estimated time left. */
function progressOf(
  progress: Progress,
  { users, addresses, products, orders, order_lines }: Counts,
): (written: number) => void {
  const [all, started] = [users + addresses + products + orders + order_lines, performance.now()]
  return (written) =>
    progress.show(() => {
      const left = Math.ceil(((performance.now() - started) / 1_000) * (all / written - 1))
      return `${Math.floor((written / all) * 100)} %  ${written} of ${all} rows, about ${left} s left`
    })
}

function parseUntil(text: string): Date {
  // In every zone, the same numbers make the same shop.
  const until = parsePastTime(text)({ zone: utc, now: new Date() })
  const year = until.getUTCFullYear()
  if (year < 1970 || year > 9999) throw new InvalidValue(`must be in the years 1970 to 9999, not ${quoteValue(text)}`)
  return until
}
