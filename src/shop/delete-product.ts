import { DatabaseError } from '../db/failures.ts'
import { firstRow, type Queries } from '../db/queries.ts'
import { DbtoolError } from '../errors.ts'
import { counted } from '../values.ts'
import { writeLog, type Author } from './logs.ts'
import { named, unknownProducts, type Product } from './products/products.ts'

/** Why it cannot be deleted: REFERENCED, or undefined when no order has it. */
export async function keptByOrders(queries: Queries, product: Product): Promise<DbtoolError | undefined> {
  const { orders } = (await firstRow<{ orders: number }>(
    queries,
    'SELECT COUNT(*) AS orders FROM order_items WHERE product_id = ?',
    [product.id],
  )) ?? { orders: 0 }
  if (orders === 0) return undefined
  const hint = product.is_active
    ? `take it out of sale instead: dbtool products update ${product.sku ?? product.id} --inactive`
    : 'it is out of sale already, and its orders keep it'
  return new DbtoolError(
    'REFERENCED',
    `${counted(orders, 'order refers', 'orders refer')} to ${named(product)}, so it cannot be deleted`,
    { hint },
  )
}

type Deleted = Pick<Product, 'sku' | 'name' | 'price' | 'stock'>

/** Call it in a transaction. Rejects with REFERENCED when an order has it, and with NOT_FOUND when it is gone. */
export async function deleteProduct(queries: Queries, author: Author, product: Product): Promise<void> {
  const { id } = product
  const deleted = await firstRow<Deleted>(
    queries,
    'DELETE FROM products WHERE id = ? RETURNING sku, name, price, stock',
    [id],
  ).catch(async (error: unknown) => {
    if (!(error instanceof DatabaseError) || error.code !== 'REFERENCED') throw error
    throw (await keptByOrders(queries, product)) ?? error
  })
  if (deleted === undefined) throw unknownProducts([String(id)])
  const { sku, name, price, stock } = deleted
  await writeLog(queries, author, {
    entity: 'products',
    entityId: id,
    message: `deleted ${sku ?? 'without SKU'}: ${name}, price ${price}, stock ${stock}`,
  })
}
