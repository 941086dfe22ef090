import type { Database } from '../../db/database.ts'
import type { Queries } from '../../db/queries.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { digestOf, keyConflict, OutOfStock, type OrderLine } from '../orders/place-order.ts'
import { noProduct, noUser, productsOfSkus, type Ids } from './catalog.ts'
import type { DraftOrder } from './draft-order.ts'
import type { ImportLine } from './order-line.ts'
import { keyOf, refused, userOf, type Outcome, type PlaceDrafts, type Taken } from './outcome.ts'
import type { FindUsers } from './resolve-users.ts'
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

interface Existing {
  readonly id: number
  readonly order_key: string
  readonly total_amount: string
  readonly content_digest: string
}

/** What would become of orders: reads the shop, takes stock only in memory, and locks nothing. */
export function rehearsingPlacer(db: Database, missing: Missing, findUsers: FindUsers): PlaceDrafts {
  const products = new Map<string, Rehearsed>()
  const rehearse = async (queries: Queries, drafts: readonly DraftOrder[]): Promise<Outcome[]> => {
    const unseen = new Set(
      drafts.flatMap(({ lines }) => lines.map(({ sku }) => sku)).filter((sku) => !products.has(sku)),
    )
    for (const { sku, id, price, stock, is_active } of await productsOfSkus(queries, [...unseen]))
      products.set(sku, { id, price, stock, active: is_active === 1 })
    const userIds = await findUsers(queries, [...new Set(drafts.map(userOf))])
    const existing = await ordersThere(queries, drafts)
    const outcomes: Outcome[] = []
    for (const draft of drafts)
      outcomes.push(
        await tried({ queries, products, missing, userIds }, draft, existing.get(keyOf(draft.ref))).catch(refused),
      )
    return outcomes
  }
  return (drafts) => db.reading((queries) => rehearse(queries, drafts))
}

async function ordersThere(queries: Queries, drafts: readonly DraftOrder[]): Promise<ReadonlyMap<string, Existing>> {
  const keys = drafts.map(({ ref }) => keyOf(ref))
  const rows = await queries.rows<Existing>(
    `SELECT id, idempotency_key AS order_key, total_amount, content_digest FROM orders WHERE idempotency_key IN (${keys.map(() => '?').join(', ')})`,
    keys,
  )
  return new Map(rows.map((row) => [row.order_key, row]))
}

interface Stage {
  readonly queries: Queries
  readonly products: Map<string, Rehearsed>
  readonly missing: Missing
  readonly userIds: Ids
}

async function tried(
  { queries, products, missing, userIds }: Stage,
  draft: DraftOrder,
  existing: Existing | undefined,
): Promise<Taken> {
  const userId = userIds.get(userOf(draft))
  const unknown = draft.lines.filter((line) => !isThere(products, line, missing)).map(({ sku }) => sku)
  if (existing !== undefined) {
    if (!(await isSame(queries, existing, userId, linesOf(draft, products))))
      throw keyConflict(existing.order_key, existing.id)
    return { outcome: 'existing', totalAmount: existing.total_amount }
  }
  if (userId === undefined && !missing.create) throw noUser(userOf(draft))
  if (unknown.length > 0) throw noProduct(unknown, missing.create ? 'growing' : 'known')
  return { outcome: 'placed', totalAmount: take(products, draft.lines) }
}

/** Creates it in the mind where that would be done. */
function isThere(
  products: Map<string, Rehearsed>,
  { sku, price }: ImportLine,
  { create, initialStock }: Missing,
): boolean {
  if (products.has(sku)) return true
  if (!create || price === undefined) return false
  products.set(sku, { id: undefined, price, stock: initialStock, active: true })
  return true
}

async function isSame(
  queries: Queries,
  { order_key: key, content_digest }: Existing,
  userId: number | undefined,
  lines: readonly OrderLine[],
): Promise<boolean> {
  if (userId === undefined) return false
  return (
    digestOf({ userId, status: 'confirmed' }, lines) === content_digest ||
    (await totalIfSame(queries, key, userId, lines)) !== undefined
  )
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
    throw new OutOfStock(
      short.map(({ line: { sku, quantity }, product: { stock, active } }) => ({
        product_id: 0,
        sku,
        name: sku,
        wanted: quantity,
        stock,
        is_active: active ? 1 : 0,
      })),
    )
  }
  for (const { line, product } of wanted) product.stock -= line.quantity
  return fromCents(
    wanted.reduce((sum, { line, product }) => sum + toCents(line.price ?? product.price) * BigInt(line.quantity), 0n),
  )
}
