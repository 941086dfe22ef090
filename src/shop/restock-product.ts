import type { Queries } from '../db/queries.ts'
import { DbtoolError } from '../errors.ts'
import { writeLog, type Author } from './logs.ts'
import { getProduct, named, productById, type Product } from './products/products.ts'

const mostStock = 2_147_483_647

/**
 * Both sides of the ledger at once, by a difference: what others take or bring at the same time is neither lost nor
 * undone.
 */
const guarded = `UPDATE products SET stock = stock + ?, stock_received = stock_received + ?, updated_at = UTC_TIMESTAMP()
  WHERE id = ? AND stock + ? BETWEEN 0 AND ${mostStock}`

/**
 * Call it in a transaction. Resolves to the product as it is then. Rejects with NOT_FOUND, with OUT_OF_STOCK when more
 * is
 * taken out than is there, or with CONSTRAINT when there would be more than an INT holds.
 */
export async function restockProduct(
  queries: Queries,
  author: Author,
  reference: string,
  by: number,
): Promise<Product> {
  const { id } = await getProduct(queries, reference)
  const { affectedRows } = await queries.change(guarded, [by, by, id, by])
  if (affectedRows === 0) throw refusal(await productById(queries, id, 'FOR UPDATE'), by)
  const product = await productById(queries, id)
  const { sku, stock } = product
  await writeLog(queries, author, {
    entity: 'products',
    entityId: id,
    message: `restocked ${sku ?? 'without SKU'} by ${signed(by)}: ${stock - by} → ${stock}`,
  })
  return product
}

export const signed = (by: number): string => (by > 0 ? `+${by}` : String(by))

function refusal(product: Product, by: number): DbtoolError {
  const { id, sku, stock } = product
  if (stock + by > mostStock)
    return new DbtoolError(
      'CONSTRAINT',
      `${named(product)} has ${stock} in stock: with ${by} more there would be more than ${mostStock}`,
      { hint: 'nothing was changed' },
    )
  // It has just been restocked: the same again will find it.
  if (stock + by >= 0)
    return new DbtoolError('DEADLOCK', `the stock of ${named(product)} changed meanwhile`, {
      hint: 'nothing was changed; try again',
    })
  const hint =
    stock === 0
      ? 'there is nothing to take out'
      : `take out what is there: dbtool products restock ${sku ?? id} --by -${stock}`
  return new DbtoolError('OUT_OF_STOCK', `${named(product)} has ${stock} in stock: ${-by} cannot be taken out`, {
    hint,
  })
}
