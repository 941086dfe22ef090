import { DatabaseError } from '../../db/failures.ts'
import { firstRow, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { counted } from '../../values.ts'
import { assignments, describeChanges, diff, type Updated } from '../changes.ts'
import { type Author, writeLog } from '../logs.ts'
import { getProduct, named, type Product, productById, duplicateSku, unknownProducts } from './products.ts'

/** What a product may be changed to; null empties. Stock is no wish but a difference: {@link restockProduct}. */
export type ProductPatch = Readonly<{
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
  patch: ProductPatch,
): Promise<Updated<Product>> {
  const { id } = await getProduct(queries, reference)
  const before = await productById(queries, id, 'FOR UPDATE')
  const { name, ...shorter } = patch
  // The name last, since a log row is cut at its end.
  const wanted = diff({ ...shorter, name }, { ...before })
  if (Object.keys(wanted).length === 0) return { thing: before, rowsChanged: 0, changes: '' }
  const { sql, values } = assignments(wanted)
  await queries.execute(`UPDATE products SET ${sql} WHERE id = ?`, [...values, id]).catch((error: unknown) => {
    throw duplicateSku(error, patch.sku ?? null)
  })
  const changes = describeChanges(wanted, { ...before }, ['description'])
  await writeLog(queries, author, {
    entity: 'products',
    entityId: id,
    message: `updated ${before.sku ?? 'without SKU'}: ${changes}`,
  })
  return { thing: await productById(queries, id), rowsChanged: 1, changes }
}

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

const mostStock = 2_147_483_647

/**
 * Both sides of the ledger at once, by a difference: what others take or bring at the same time is neither lost nor
 * undone.
 */
const guardedUpdate = `UPDATE products SET stock = stock + ?, stock_received = stock_received + ?, updated_at = UTC_TIMESTAMP()
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
