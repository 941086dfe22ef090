import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { DbtoolError } from '../../src/errors.ts'
import type { Product } from '../../src/shop/products/products.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { isBulk, oneOrMany, productView } from '../kit/views.ts'
import { changeProduct } from './update.ts'
import { whichProduct } from '../kit/which.ts'

export interface DeleteProductOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function productsDelete(products: Command, ctx: Context, run = removeProducts): void {
  withView(products.command('delete'), oneOrMany<DeleteProductOptions>(productView))
    .description('Delete products that no order refers to; asks first')
    .argument('[product...]', 'id or SKU; - reads them from standard input')
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'check and show the product, and delete nothing')
    .addHelpText('after', examples('dbtool products delete TEA-1 POT-1 --yes'))
    .action((given: string[], options: DeleteProductOptions) => run(ctx, given, options))
}

async function removeProducts(ctx: Context, given: readonly string[], options: DeleteProductOptions): Promise<void> {
  const { yes = false, dryRun = false } = options
  if (!isBulk(given)) return removeProduct(ctx, given[0], options)
  return (await import('./many.ts')).deleteProducts(ctx, given, { yes, dryRun })
}

export async function removeProduct(
  ctx: Context,
  given: string | undefined,
  { yes = false, dryRun = false }: DeleteProductOptions,
): Promise<void> {
  const [{ getProduct }, { deleteProduct, keptByOrders }] = await Promise.all([
    import('../../src/shop/products/products.ts'),
    import('../../src/shop/products/changes.ts'),
  ])
  const { reference } = await ctx.ask.resolve({ reference: whichProduct(ctx, given) })
  const { product, refusal } = await ctx.shop(async (db) => {
    const found = await getProduct(db, reference)
    return { product: found, refusal: await keptByOrders(db, found) }
  })
  if (refusal !== undefined) {
    // --yes confirms the deletion, not the alternative.
    if (yes || dryRun || !product.is_active || ctx.ask.interactive === undefined) throw refusal
    await offerDeactivation(ctx, product, refusal)
    return
  }
  if (!dryRun)
    await ctx.ask.confirm({ message: `Delete ${product.name} (id ${product.id}, ${product.stock} in stock)?`, yes })
  await ctx.shop((db) => db.transaction((tx) => deleteProduct(tx, ctx.author(), product)), { dryRun })
  ctx.out.item(productView, product)
  ctx.out.success(
    dryRun ? `${product.name} would be deleted; nothing was changed` : `deleted ${product.name} (id ${product.id})`,
  )
}

async function offerDeactivation(ctx: Context, { id }: Product, { message }: DbtoolError): Promise<void> {
  await ctx.ask.confirm({ message: `${message}. Deactivate it instead?`, yes: false, about: 'offer' })
  await changeProduct(ctx, String(id), { inactive: true })
}
