import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { examples } from '../kit/help.ts'
import { importInto, type ImportRowsOptions, rowFlags } from '../kit/import-rows.ts'

export function productsImport(products: Command, ctx: Context, run = importProducts): void {
  rowFlags(
    products.command('import').description('Add or update products from a CSV or NDJSON file'),
    'SKU',
    'sku=Code,price=Amount',
  )
    .addHelpText(
      'after',
      examples(
        'dbtool products import products.csv',
        'dbtool products import prices.csv --map sku=Code,name=Title --on-conflict update --dry-run',
      ),
    )
    .action((file: string | undefined, options: ImportRowsOptions) => run(ctx, file, options))
}

export async function importProducts(
  ctx: Context,
  file: string | undefined,
  options: ImportRowsOptions,
): Promise<void> {
  const { importedProducts } = await import('../../src/shop/import/tables.ts')
  await importInto(ctx, importedProducts, file, options)
}
