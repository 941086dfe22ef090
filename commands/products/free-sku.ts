import type { Context } from '../../src/context/context.ts'

/** Returns a check of the typed SKU, which fails if a product has it already. */
export function freeSku(ctx: Context): (text: string) => Promise<string | undefined> {
  return async (text) => {
    const { skuExists } = await import('../../src/shop/products/products.ts')
    return text !== '' && (await ctx.shop((db) => skuExists(db, text))) ? 'This SKU is already in use' : undefined
  }
}
