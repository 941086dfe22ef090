import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { fromCents, toCents } from '../money.ts'
import { OutOfStock, placeOrder, type OrderLine, type Placement } from '../place-order.ts'
import { shown } from '../rules.ts'
import type { Catalog } from './catalog.ts'
import type { DraftOrder } from './order-groups.ts'
import type { ImportLine } from './order-line.ts'

export type Taken = Pick<Placement, 'outcome' | 'totalAmount'>

/** Takes one order of the file; `existing` when an earlier run had already placed it. */
export type PlaceDraft = (draft: DraftOrder) => Promise<Taken>

/** The reference of an order in a file is its key: a second run finds what the first one placed. */
export const keyOf = (ref: string): string => `import:${ref}`

export function realPlacer(queries: Queries, catalog: Catalog, author: Author): PlaceDraft {
  return async ({ ref, lines }): Promise<Taken> => {
    const [userId, productIds] = await Promise.all([catalog.userId(lines[0]?.user ?? ''), catalog.productIds(lines)])
    const orderLines = lines.map(({ quantity, price }, index): OrderLine => ({ productId: productIds[index] ?? 0, quantity, price }))
    return placeOrder(queries, { userId, lines: orderLines, key: keyOf(ref), status: 'confirmed', orderedAt: lines[0]?.orderedAt, author, end: 'COMMIT' })
  }
}

interface Rehearsed {
  readonly price: string
  stock: number
  readonly active: boolean
}

export interface Missing {
  readonly create: boolean
  readonly initialStock: number
}

/** For `--dry-run`: reads the shop, takes stock only in memory, and locks nothing. */
export function rehearsingPlacer(queries: Queries, missing: Missing, findUserId: (reference: string) => Promise<number | undefined>): PlaceDraft {
  const products = new Map<string, Rehearsed>()
  return async ({ ref, lines }) => {
    const [existing] = await queries.prepared<{ total_amount: string }>('SELECT total_amount FROM orders WHERE idempotency_key = ?', [keyOf(ref)])
    if (existing !== undefined) return { outcome: 'existing', totalAmount: existing.total_amount }
    const user = lines[0]?.user ?? ''
    if (!missing.create && (await findUserId(user)) === undefined) throw new DbtoolError('NOT_FOUND', `there is no user ${shown(user)}`)
    for (const line of lines) if (!products.has(line.sku)) products.set(line.sku, await lookUp(queries, line, missing))
    return { outcome: 'placed', totalAmount: take(products, lines) }
  }
}

/** All or nothing, as the database would. Returns the total. */
function take(products: Map<string, Rehearsed>, lines: readonly ImportLine[]): string {
  const wanted = lines.flatMap((line) => {
    const product = products.get(line.sku)
    return product === undefined ? [] : [{ line, product }]
  })
  const short = wanted.filter(({ line, product }) => !product.active || product.stock < line.quantity)
  if (short.length > 0) {
    throw new OutOfStock(short.map(({ line: { sku, quantity }, product: { stock, active } }) => ({ product_id: 0, sku, name: sku, wanted: quantity, stock, is_active: active ? 1 : 0 })))
  }
  for (const { line, product } of wanted) product.stock -= line.quantity
  return fromCents(wanted.reduce((sum, { line, product }) => sum + toCents(line.price ?? product.price) * BigInt(line.quantity), 0n))
}

async function lookUp(queries: Queries, { sku, price }: ImportLine, missing: Missing): Promise<Rehearsed> {
  const [row] = await queries.prepared<{ price: string; stock: number; is_active: number }>('SELECT price, stock, is_active FROM products WHERE sku = ?', [sku])
  if (row !== undefined) return { price: row.price, stock: row.stock, active: row.is_active === 1 }
  if (!missing.create || price === undefined) throw new DbtoolError('NOT_FOUND', `there is no product with SKU ${shown(sku)}`)
  return { price, stock: missing.initialStock, active: true }
}
