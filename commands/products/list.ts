import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { listProducts, productSortColumns } from '../../src/shop/products.ts'
import { activeFlag, paged, parseSort, value, type PageFlags } from '../flags.ts'
import { examples } from '../help.ts'
import { productView } from '../views.ts'

export interface ListProductsOptions extends PageFlags {
  readonly active?: true
  readonly inactive?: true
  readonly search?: string
  readonly sort: { column: (typeof productSortColumns)[number]; descending: boolean }
}

export function productsList(products: Command, ctx: Context, run = showProducts): void {
  paged(products.command('list').description('List products'))
    .option('--active', 'only those that are sold')
    .option('--inactive', 'only those that are not')
    .option('--search <text>', 'in SKU and name')
    .option('--sort <column>', `${productSortColumns.join(', ')}; with - before it in reverse`, value(parseSort(productSortColumns)), { column: 'id', descending: false })
    .addHelpText('after', examples('dbtool products list --search tea --sort -price'))
    .action((options: ListProductsOptions) => run(ctx, options))
}

export async function showProducts(ctx: Context, options: ListProductsOptions): Promise<void> {
  const { search, sort, limit, offset } = options
  ctx.out.list(productView, await ctx.shop((db) => listProducts(db, { active: activeFlag(options), search }, sort, { limit, offset })))
}
