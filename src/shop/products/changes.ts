import type { Queries } from '../../db/queries.ts'
import { assignments, inWords, unmet, type Updated } from '../changes.ts'
import { writeLog, type Author } from '../logs.ts'
import { getProduct, productById, skuTaken, type Product } from './products.ts'

/** What a product may be changed to; null empties. Stock is no wish but a difference: {@link restockProduct}. */
export type ProductWishes = Readonly<{
  price?: string
  is_active?: boolean
  sku?: string | null
  description?: string | null
  name?: string
}>

/** Call it in a transaction. Rejects with NOT_FOUND, or with DUPLICATE when the SKU is taken. */
export async function updateProduct(
  queries: Queries,
  author: Author,
  reference: string,
  wishes: ProductWishes,
): Promise<Updated<Product>> {
  const { id } = await getProduct(queries, reference)
  const before = await productById(queries, id, 'FOR UPDATE')
  const { name, ...shorter } = wishes
  // The name last, since a log row is cut at its end.
  const wanted = unmet({ ...shorter, name }, { ...before })
  if (Object.keys(wanted).length === 0) return { thing: before, rowsChanged: 0, changes: '' }
  const { sql, values } = assignments(wanted)
  await queries.change(`UPDATE products SET ${sql} WHERE id = ?`, [...values, id]).catch((error: unknown) => {
    throw skuTaken(error, wishes.sku ?? null)
  })
  const changes = inWords(wanted, { ...before }, ['description'])
  await writeLog(queries, author, {
    entity: 'products',
    entityId: id,
    message: `updated ${before.sku ?? 'without SKU'}: ${changes}`,
  })
  return { thing: await productById(queries, id), rowsChanged: 1, changes }
}
