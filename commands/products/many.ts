import type { Context } from '../../src/context/context.ts'
import type { ProductPatch } from '../../src/shop/products/changes.ts'
import { counted } from '../../src/in-words.ts'
import { changeEach, namesOf } from '../kit/bulk.ts'

/** Changes many products in the same way, each in a transaction of its own. */
export async function updateProducts(
  ctx: Context,
  given: readonly string[],
  { patch, dryRun }: { readonly patch: ProductPatch; readonly dryRun: boolean },
): Promise<void> {
  const { updateProduct } = await import('../../src/shop/products/changes.ts')
  const items = await namesOf(ctx, given)
  await ctx.shop(
    (db) =>
      changeEach(ctx, {
        ...products(items, dryRun),
        done: 'updated',
        change: async (reference) => {
          const { rowsChanged, changes } = await db.transaction((tx) =>
            updateProduct(tx, ctx.author(), reference, patch),
          )
          return rowsChanged === 0 ? { outcome: 'unchanged' } : { outcome: 'updated', message: changes }
        },
      }),
    { dryRun },
  )
}

/** Adds the same number of units to the stock of many products. */
export async function restockProducts(
  ctx: Context,
  given: readonly string[],
  { by, dryRun }: { readonly by: number; readonly dryRun: boolean },
): Promise<void> {
  const { restockProduct, signed } = await import('../../src/shop/products/changes.ts')
  const items = await namesOf(ctx, given)
  await ctx.shop(
    (db) =>
      changeEach(ctx, {
        ...products(items, dryRun),
        done: 'restocked',
        change: async (reference) => {
          const { stock } = await db.transaction((tx) => restockProduct(tx, ctx.author(), reference, by))
          return { outcome: 'restocked', message: `now ${stock} in stock (${signed(by)})` }
        },
      }),
    { dryRun },
  )
}

/** Deletes many products, each in a transaction of its own. Asks once. */
export async function deleteProducts(
  ctx: Context,
  given: readonly string[],
  { yes, dryRun }: { readonly yes: boolean; readonly dryRun: boolean },
): Promise<void> {
  const [{ getProduct }, { deleteProduct, keptByOrders }] = await Promise.all([
    import('../../src/shop/products/products.ts'),
    import('../../src/shop/products/changes.ts'),
  ])
  const items = await namesOf(ctx, given)
  await ctx.shop(
    async (db) => {
      if (!dryRun && items.length > 0)
        await ctx.ask.confirm({ message: `Delete ${counted(items.length, 'product')}?`, yes })
      await changeEach(ctx, {
        ...products(items, dryRun),
        done: 'deleted',
        change: async (reference) => {
          const product = await getProduct(db, reference)
          const refusal = await keptByOrders(db, product)
          if (refusal !== undefined) throw refusal
          await db.transaction((tx) => deleteProduct(tx, ctx.author(), product))
          return { outcome: 'deleted', message: `${product.name} (id ${product.id})` }
        },
      })
    },
    { dryRun },
  )
}

const products = (items: readonly string[], dryRun: boolean) => ({
  items,
  dryRun,
  nameOf: (reference: string) => reference,
  counted: (count: number) => counted(count, 'product'),
})
