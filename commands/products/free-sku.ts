import type { Context } from '../../src/context/context.ts'

/** Says at once when another product has what was typed. */
export function freeSku(ctx: Context): (text: string) => Promise<string | undefined> {
  return async (text) => {
    const { skuExists } = await import('../../src/shop/products/products.ts')
    return text !== '' && (await ctx.shop((db) => skuExists(db, text)))
      ? 'Another product has this SKU already'
      : undefined
  }
}
