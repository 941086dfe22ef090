import { DatabaseError } from '../../db/failures.ts'
import { firstRow, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { counted } from '../../in-words.ts'
import { largestInt, quotedForShell } from '../../values.ts'
import { assignments, describeChanges, diff, type Updated } from '../changes.ts'
import { type Author, writeLog } from '../logs.ts'
import { getProduct, named, type Product, productById, duplicateSku, unknownProducts } from './products.ts'

/** The changes of a product; null clears a value. Stock changes by a difference instead: {@link restockProduct}. */
export type ProductPatch = Readonly<{
  price?: string
  is_active?: boolean
  sku?: string | null
  description?: string | null
  name?: string
}>

/** Changes a product. Call it in a transaction. Rejects with NOT_FOUND, or with DUPLICATE when the SKU is taken. */
export async function updateProduct(
  queries: Queries,
  author: Author,
  reference: string,
  patch: ProductPatch,
): Promise<Updated<Product>> {
  const { id } = await getProduct(queries, reference)
  const before = await productById(queries, id, 'FOR UPDATE')
  const { name, ...shorter } = patch
  // The name comes last, because a log row is truncated at its end.
  const wanted = diff({ ...shorter, name }, { ...before })
  if (Object.keys(wanted).length === 0) return { thing: before, rowsChanged: 0, changes: '' }
  const { sql, values } = assignments(wanted)
  await queries.execute(`UPDATE products SET ${sql} WHERE id = ?`, [...values, id]).catch((error: unknown) => {
    throw duplicateSku(error, patch.sku ?? null)
  })
  await writeLog(queries, author, {
    entity: 'products',
    entityId: id,
    message: `updated ${before.sku ?? 'without SKU'}`,
    changes: { before: { ...before }, after: wanted },
  })
  const changes = describeChanges(wanted, { ...before }, ['description'])
  return { thing: await productById(queries, id), rowsChanged: 1, changes }
}

/** The error REFERENCED if order lines refer to the product, otherwise undefined. */
export async function keptByOrders(queries: Queries, product: Product): Promise<DbtoolError | undefined> {
  const { orders } = (await firstRow<{ orders: number }>(
    queries,
    'SELECT COUNT(*) AS orders FROM order_items WHERE product_id = ?',
    [product.id],
  )) ?? { orders: 0 }
  if (orders === 0) return undefined
  const hint = product.is_active
    ? `deactivate it instead: dbtool products update ${quotedForShell(product.sku ?? String(product.id))} --inactive`
    : 'it is already inactive, and existing orders still refer to it'
  return new DbtoolError(
    'REFERENCED',
    `${counted(orders, 'order refers', 'orders refer')} to ${named(product)}, so it cannot be deleted`,
    { hint },
  )
}

type Deleted = Pick<Product, 'sku' | 'name' | 'price' | 'stock'>

/**
 * Deletes a product. Call it in a transaction. Rejects with REFERENCED when an order line refers to it, and with
 * NOT_FOUND when it no longer exists.
 */
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

/**
 * Changes both sides of the stock ledger by a difference, so that concurrent orders and restocks are neither lost nor
 * undone.
 */
const guardedUpdate = `UPDATE products
  SET stock = stock + ?, stock_received = stock_received + ?, updated_at = UTC_TIMESTAMP()
  WHERE id = ? AND stock + ? BETWEEN 0 AND ${largestInt}`

/**
 * Changes the stock by `by` units and resolves to the changed product. Call it in a transaction. Rejects with
 * NOT_FOUND, with OUT_OF_STOCK when `by` removes more units than are in stock, or with CONSTRAINT when the stock would
 * exceed an INT.
 */
export async function restockProduct(
  queries: Queries,
  author: Author,
  reference: string,
  by: number,
): Promise<Product> {
  const { id } = await getProduct(queries, reference)
  const { affectedRows } = await queries.execute(guardedUpdate, [by, by, id, by])
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
  if (stock + by > largestInt)
    return new DbtoolError(
      'CONSTRAINT',
      `${named(product)} has ${stock} in stock: ${by} more would exceed ${largestInt}`,
      { hint: 'nothing was changed' },
    )
  // The product was restocked meanwhile: a retry succeeds.
  if (stock + by >= 0)
    return new DbtoolError('DEADLOCK', `the stock of ${named(product)} changed meanwhile`, {
      hint: 'nothing was changed; run it again',
    })
  const hint =
    stock === 0
      ? 'there is no stock to remove'
      : `remove at most ${stock}: dbtool products restock ${quotedForShell(sku ?? String(id))} --by -${stock}`
  return new DbtoolError('OUT_OF_STOCK', `${named(product)} has ${stock} in stock: ${-by} cannot be removed`, {
    hint,
  })
}
