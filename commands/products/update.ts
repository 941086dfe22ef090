import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { ProductPatch } from '../../src/shop/products/changes.ts'
import { parseDescription, parsePrice, parseProductName, parseSku } from '../../src/shop/rules.ts'
import { conversational, withView } from '../kit/command.ts'
import { activeFlag, either, orNull, removable, value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { assertPatch, type ColumnPrompts, showUpdated, updatedView, patchFor } from '../kit/update-prompt.ts'
import { isBulk, oneOrMany, productView } from '../kit/views.ts'
import { whichProduct } from '../kit/which.ts'
import { freeSku } from './free-sku.ts'

export interface UpdateProductOptions {
  readonly name?: string
  /** An empty text clears the description; so does an empty SKU. */
  readonly description?: string
  readonly price?: string
  readonly sku?: string
  readonly active?: true
  readonly inactive?: true
  readonly dryRun?: boolean
}

export function productsUpdate(products: Command, ctx: Context, run = changeProducts): void {
  const update = conversational(
    withView(products.command('update'), oneOrMany<UpdateProductOptions>(updatedView(productView))),
  ).description('Change products; use restock for their stock')
  update
    .argument('[product...]', 'id or SKU; - reads them from standard input')
    .option('--name <name>', 'at most 255 characters', value(parseProductName))
    .option('--description <text>', "a longer text; '' removes it", removable(parseDescription))
    .option('--price <amount>', 'such as 19.90; placed orders keep their price', value(parsePrice))
    .option('--sku <code>', "your own product code, unique in the shop; '' removes it", removable(parseSku))
    .addOption(new Option('--stock [n]').argParser(refuseStock).hideHelp())
  either(update, ['--active', 'put the product on sale'], ['--inactive', 'take the product off sale'])
    .option('-n, --dry-run', 'show what would be changed, and change nothing')
    .addHelpText(
      'after',
      examples('dbtool products update TEA-1 --price 4.75', 'dbtool products update TEA-1 POT-1 --inactive'),
    )
    .action((given: string[], options: UpdateProductOptions) => run(ctx, given, options))
}

const columnPrompts = (ctx: Context): ColumnPrompts<ProductPatch> => ({
  name: { flag: '--name', message: 'Name', parse: parseProductName },
  description: { flag: '--description', message: 'Description', parse: parseDescription, canBeNone: true },
  price: { flag: '--price', message: 'Price', parse: parsePrice },
  sku: { flag: '--sku', message: 'SKU', parse: parseSku, canBeNone: true, check: freeSku(ctx) },
  is_active: { yes: '--active', no: '--inactive', message: 'For sale' },
})

async function changeProducts(ctx: Context, given: readonly string[], options: UpdateProductOptions): Promise<void> {
  if (!isBulk(given)) return changeProduct(ctx, given[0], options)
  const patch = patchOf(options)
  const { assertForMany } = await import('../kit/bulk.ts')
  assertForMany(patch, {
    names: '--name, --description, --price, --active or --inactive',
    unique: { sku: '--sku' },
  })
  await (await import('./many.ts')).updateProducts(ctx, given, { patch, dryRun: options.dryRun === true })
}

function patchOf(options: UpdateProductOptions): ProductPatch {
  const { name, description, price, sku } = options
  return { name, description: orNull(description), price, sku: orNull(sku), is_active: activeFlag(options) }
}

export async function changeProduct(
  ctx: Context,
  reference: string | undefined,
  options: UpdateProductOptions,
): Promise<void> {
  const [{ updateProduct }, { getProduct }] = await Promise.all([
    import('../../src/shop/products/changes.ts'),
    import('../../src/shop/products/products.ts'),
  ])
  const { dryRun = false } = options
  const given = patchOf(options)
  assertPatch(ctx, given, '--name, --description, --price, --sku, --active or --inactive')
  const { product } = await ctx.ask.resolve({ product: whichProduct(ctx, reference) })
  const { patch, seen = product } = await patchFor(ctx, given, {
    prompts: () => columnPrompts(ctx),
    current: () => ctx.shop((db) => getProduct(db, product)),
  })
  const changed = await ctx.shop((db) => db.transaction((tx) => updateProduct(tx, ctx.author(), String(seen), patch)), {
    dryRun,
  })
  showUpdated(ctx, productView, changed, { name: changed.thing.name, dryRun })
}

function refuseStock(): never {
  throw new DbtoolError('USAGE', 'stock cannot be set directly; add or remove units', {
    hint: 'use: dbtool products restock <product> --by 5, or --by -5',
  })
}
