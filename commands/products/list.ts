import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { productSortColumns, selectProducts } from '../../src/shop/products/products.ts'
import { eachOf } from '../../src/shop/select.ts'
import { activeFlag, defaultLimit, either, paged, sorted, type PageFlags } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { withView } from '../kit/command.ts'
import { productView } from '../kit/views.ts'

export interface ListProductsOptions extends PageFlags {
  readonly active?: true
  readonly inactive?: true
  readonly search?: string
  readonly sort: { column: (typeof productSortColumns)[number]; descending: boolean }
}

export function productsList(products: Command, ctx: Context, run = showProducts): void {
  either(
    paged(withView(products.command('list'), productView).description('List products')),
    ['--active', 'only products for sale'],
    ['--inactive', 'only products not for sale'],
  )
    .option('--search <text>', 'search in SKU and name')
    .addOption(sorted(productSortColumns, 'id'))
    .addHelpText('after', examples('dbtool products list --search tea --sort -price'))
    .action((options: ListProductsOptions) => run(ctx, options))
}

export async function showProducts(ctx: Context, options: ListProductsOptions): Promise<void> {
  const { search, sort, limit, offset } = options
  const filter = { active: activeFlag(options), search }
  await showList(ctx, productView, { limit, defaultRows: defaultLimit, offset, filter }, (rows, write) =>
    ctx.shop((db) => eachOf(db, selectProducts(filter, sort, { limit: rows, offset }), write)),
  )
}
