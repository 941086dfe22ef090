import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { csvFlags, type CsvOptions, exportFrom } from '../kit/export.ts'
import { productExportView } from '../kit/views.ts'
import { activeFlag, either } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

export interface ExportProductsOptions extends CsvOptions {
  readonly active?: true
  readonly inactive?: true
  readonly search?: string
}

export function productsExport(products: Command, ctx: Context, run = exportAll): void {
  either(
    csvFlags(withView(products.command('export'), productExportView)).description(
      'Write all products as CSV, NDJSON or JSON, ready for import',
    ),
    ['--active', 'only products for sale'],
    ['--inactive', 'only products not for sale'],
  )
    .option('--search <text>', 'search in SKU and name')
    .addHelpText(
      'after',
      examples('dbtool products export > products.csv', 'dbtool products export --search tea --format ndjson'),
    )
    .action((options: ExportProductsOptions) => run(ctx, options))
}

export async function exportAll(ctx: Context, options: ExportProductsOptions): Promise<void> {
  const { exportProducts } = await import('../../src/shop/export/products.ts')
  const filter = { active: activeFlag(options), search: options.search }
  await exportFrom(ctx, productExportView, options, (queries, sink) => exportProducts(queries, filter, sink))
}
