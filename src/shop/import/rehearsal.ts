import type { Database } from '../../db/database.ts'
import type { Queries } from '../../db/queries.ts'
import { fromCents, toCents } from '../money.ts'
import { digestOf, keyConflict, OutOfStock, type OrderLine } from '../place-order.ts'
import { noProduct, noUser } from './catalog.ts'
import type { DraftOrder } from './order-groups.ts'
import type { ImportLine } from './order-line.ts'
import { keyOf, oneByOne, type PlaceDrafts, type Taken } from './outcome.ts'
import type { UserLookup } from './references.ts'
import { totalIfSame } from './same-order.ts'

interface Rehearsed {
  /** Undefined for one that would be created. */
  readonly id: number | undefined
  readonly price: string
  stock: number
  readonly active: boolean
}

export interface Missing {
  readonly create: boolean
  readonly initialStock: number
}

/** What would become of an order: reads the shop, takes stock only in memory, and locks nothing. */
export function rehearsingPlacer(db: Database, missing: Missing, findUserId: UserLookup): PlaceDrafts {
  const products = new Map<string, Rehearsed>()
  const rehearse = async (queries: Queries, draft: DraftOrder): Promise<Taken> => {
    const { ref, lines } = draft
    const user = lines[0]?.user ?? ''
    const userId = await findUserId(queries, user)
    for (const line of lines) if (!products.has(line.sku)) products.set(line.sku, await lookUp(queries, line, missing))
    const [existing] = await queries.prepared<Existing>('SELECT id, total_amount, content_digest FROM orders WHERE idempotency_key = ?', [keyOf(ref)])
    if (existing !== undefined) {
      if (!(await isSame(queries, { ref, ...existing }, userId, linesOf(draft, products)))) throw keyConflict(keyOf(ref), existing.id)
      return { outcome: 'existing', totalAmount: existing.total_amount }
    }
    if (!missing.create && userId === undefined) throw noUser(user)
    return { outcome: 'placed', totalAmount: take(products, lines) }
  }
  return oneByOne((draft) => db.reading((queries) => rehearse(queries, draft)))
}

interface Existing {
  readonly id: number
  readonly total_amount: string
  readonly content_digest: string
}

async function isSame(queries: Queries, { ref, content_digest }: Existing & { ref: string }, userId: number | undefined, lines: readonly OrderLine[]): Promise<boolean> {
  if (userId === undefined) return false
  return digestOf({ userId, status: 'confirmed' }, lines) === content_digest || (await totalIfSame(queries, keyOf(ref), userId, lines)) !== undefined
}

function linesOf({ lines }: DraftOrder, products: ReadonlyMap<string, Rehearsed>): OrderLine[] {
  return lines.map(({ sku, quantity, price }) => ({ productId: products.get(sku)?.id ?? 0, quantity, price }))
}

/** All or nothing, as the database would. Returns the total. */
function take(products: ReadonlyMap<string, Rehearsed>, lines: readonly ImportLine[]): string {
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
  const [row] = await queries.prepared<{ id: number; price: string; stock: number; is_active: number }>('SELECT id, price, stock, is_active FROM products WHERE sku = ?', [sku])
  if (row !== undefined) return { id: row.id, price: row.price, stock: row.stock, active: row.is_active === 1 }
  if (!missing.create) throw noProduct([sku], 'known')
  if (price === undefined) throw noProduct([sku], 'growing')
  return { id: undefined, price, stock: missing.initialStock, active: true }
}
