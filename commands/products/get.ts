import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { productView } from '../kit/views.ts'
import { whichProduct } from '../kit/which.ts'

export function productsGet(products: Command, ctx: Context, run = showProduct): void {
  withView(products.command('get'), productView)
    .description('Show one product')
    .argument('[product]', 'id or SKU')
    .addHelpText('after', examples('dbtool products get TEA-1'))
    .action((product: string | undefined) => run(ctx, product))
}

export async function showProduct(ctx: Context, reference: string | undefined): Promise<void> {
  const { getProduct } = await import('../../src/shop/products/products.ts')
  const { product } = await ctx.ask.resolve({ product: whichProduct(ctx, reference) })
  ctx.out.item(productView, await ctx.shop((db) => getProduct(db, product)))
}
