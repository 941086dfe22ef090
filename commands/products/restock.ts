import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { PromptField } from '../../src/prompts/ask.ts'
import { parseDifference } from '../../src/shop/rules.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { isBulk, oneOrMany, productView } from '../kit/views.ts'
import { whichProduct } from '../kit/which.ts'

export interface RestockOptions {
  readonly by?: number
  readonly dryRun?: boolean
}

export function productsRestock(products: Command, ctx: Context, run = restockAll): void {
  withView(products.command('restock'), oneOrMany<RestockOptions>(productView))
    .description('Add units to the stock of products, or remove some')
    .argument('[product...]', 'id or SKU; - reads them from standard input')
    .option('--by <±n>', 'units to add; -5 removes five', value(parseDifference))
    .option('-n, --dry-run', 'check and show the product, and change nothing')
    .addHelpText(
      'after',
      examples('dbtool products restock TEA-1 --by 50', 'dbtool products restock TEA-1 POT-1 --by -3'),
    )
    .action((given: string[], options: RestockOptions) => run(ctx, given, options))
}

async function restockAll(ctx: Context, given: readonly string[], options: RestockOptions): Promise<void> {
  if (!isBulk(given)) return restock(ctx, given[0], options)
  const { by } = await ctx.ask.resolve({ by: unitsField(options.by) })
  return (await import('./many.ts')).restockProducts(ctx, given, { by, dryRun: options.dryRun === true })
}

const unitsField = (given: number | undefined): PromptField<number> => ({
  given,
  flag: '--by',
  message: 'Units to add (-5 removes five)',
  parse: parseDifference,
})

export async function restock(
  ctx: Context,
  reference: string | undefined,
  { by: given, dryRun = false }: RestockOptions,
): Promise<void> {
  const { restockProduct, signed } = await import('../../src/shop/products/changes.ts')
  const { product: wanted, by } = await ctx.ask.resolve({
    product: whichProduct(ctx, reference),
    by: unitsField(given),
  })
  const product = await ctx.shop((db) => db.transaction((tx) => restockProduct(tx, ctx.author(), wanted, by)), {
    dryRun,
  })
  ctx.out.item(productView, product)
  ctx.out.success(
    dryRun
      ? `${product.name} would have ${product.stock} in stock; nothing was changed`
      : `${product.name}: ${signed(by)}, now ${product.stock} in stock`,
  )
}
