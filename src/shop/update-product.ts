import type { Queries } from '../db/queries.ts'
import { assignments, unmet } from './changes.ts'
import { writeLog, type Author } from './logs.ts'
import { getProduct, productById, skuTaken, type Product } from './products.ts'

/** What a product may be changed to; null empties. Stock is no wish but a difference: {@link restockProduct}. */
export type ProductWishes = Readonly<{ price?: string; is_active?: boolean; sku?: string | null; description?: string | null; name?: string }>

export interface UpdatedProduct {
  readonly product: Product
  /** One or, where every wish was true already, zero: then there is no row in the log either. */
  readonly rowsChanged: number
  /** Such as `price 4.50 → 4.75`. */
  readonly changes: string
}

/** Call it in a transaction. Rejects with NOT_FOUND, or with DUPLICATE when the SKU is taken. */
export async function updateProduct(queries: Queries, author: Author, reference: string, wishes: ProductWishes): Promise<UpdatedProduct> {
  const { id } = await getProduct(queries, reference)
  const before = await productById(queries, id, 'FOR UPDATE')
  const wanted = unmet(wishes, { ...before })
  if (Object.keys(wanted).length === 0) return { product: before, rowsChanged: 0, changes: '' }
  const { sql, values } = assignments(wanted)
  const { affectedRows } = await queries.change(`UPDATE products SET ${sql} WHERE id = ?`, [...values, id]).catch((error: unknown) => {
    throw skuTaken(error, wishes.sku ?? null)
  })
  const product = await productById(queries, id)
  const changes = described(before, product)
  await writeLog(queries, author, { entity: 'products', entityId: id, message: `updated ${before.sku ?? 'without SKU'}: ${changes}` })
  return { product, rowsChanged: affectedRows, changes }
}

/** The name last, since a log row is cut at its end; a description can be too long for a line. */
const told = ['price', 'is_active', 'sku', 'description', 'name'] as const

function described(before: Product, after: Product): string {
  const changed = told.filter((column) => before[column] !== after[column])
  return changed.map((column) => (column === 'description' ? column : `${column} ${String(before[column] ?? 'NULL')} → ${String(after[column] ?? 'NULL')}`)).join(', ')
}
