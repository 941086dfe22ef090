import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { parseDescription, parsePrice, parseProductName, parseSku, parseStock } from '../../src/shop/rules.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { productView } from '../kit/views.ts'
import { freeSku } from './free-sku.ts'

export interface CreateProductOptions {
  readonly name?: string
  readonly price?: string
  readonly stock?: number
  readonly sku?: string
  readonly description?: string
  readonly dryRun?: boolean
}

export function productsCreate(products: Command, ctx: Context, run = createProduct): void {
  withView(products.command('create'), productView)
    .description('Add a product; asks for missing values')
    .option('--name <name>', 'at most 255 characters', value(parseProductName))
    .option('--price <amount>', 'such as 19.90', value(parsePrice))
    .option('--stock <n>', 'units in stock (default: 0)', value(parseStock))
    .option('--sku <code>', 'your own product code, unique in the shop', value(parseSku))
    .option('--description <text>', 'a longer text', value(parseDescription))
    .option('-n, --dry-run', 'show the product, and add nothing')
    .addHelpText('after', examples('dbtool products create --sku TEA-1 --name "Green tea" --price 4.50 --stock 100'))
    .action((options: CreateProductOptions) => run(ctx, options))
}

export async function createProduct(ctx: Context, options: CreateProductOptions): Promise<void> {
  const { insertProduct } = await import('../../src/shop/products/products.ts')
  const { description, dryRun = false } = options
  const { sku, name, price, stock } = await ctx.ask.resolve({
    sku: {
      given: options.sku,
      flag: '--sku',
      message: 'SKU (your own product code; empty: none)',
      parse: (text) => (text === '' ? undefined : parseSku(text)),
      defaultAnswer: '',
      check: freeSku(ctx),
    },
    name: { given: options.name, flag: '--name', message: 'Name', parse: parseProductName },
    price: { given: options.price, flag: '--price', message: 'Price', parse: parsePrice },
    stock: { given: options.stock, flag: '--stock', message: 'Units in stock', parse: parseStock, defaultAnswer: '0' },
  })
  const product = await ctx.shop(
    (db) => db.transaction((tx) => insertProduct(tx, ctx.author(), { sku, name, description, price, stock })),
    { dryRun },
  )
  ctx.out.item(productView, dryRun ? { ...product, id: null, created_at: null } : product)
  ctx.out.success(
    dryRun ? `${product.name} would be added; nothing was changed` : `added ${product.name} (id ${product.id})`,
  )
}
