import type { Database } from '../../db/database.ts'
import { inParts } from '../../db/parts.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { fromCents, toCents } from '../orders/money.ts'
import {
  digestOf,
  keyConflict,
  type OrderLine,
  type OrderRequest,
  OutOfStock,
  type Placement,
  placeOrder,
} from '../orders/place-order.ts'
import { documentOf } from '../orders/place-order.sql.ts'
import { placeOrdersTogether } from '../orders/place-orders.ts'
import { type Catalog, type Ids, noProduct, noUser, type ProductOfFile, productsOfSkus } from './catalog.ts'
import type { DraftOrder, ImportLine } from './draft-order.ts'
import type { FindUsers } from './resolve-users.ts'

interface SimulatedProduct {
  /** Undefined for a product that the real run would create. */
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

/**
 * Decides what a real run would do with each order. It reads the shop, deducts stock only in memory, and locks nothing.
 */
export function dryRunOrders(db: Database, missing: Missing, findUsers: FindUsers): PlaceDrafts {
  const products = new Map<string, SimulatedProduct>()
  const simulate = async (queries: Queries, drafts: readonly DraftOrder[]): Promise<Outcome[]> => {
    const unseen = new Set(
      drafts.flatMap(({ lines }) => lines.map(({ sku }) => sku)).filter((sku) => !products.has(sku)),
    )
    for (const { sku, id, price, stock, is_active } of await productsOfSkus(queries, [...unseen]))
      products.set(sku, { id, price, stock, active: is_active === 1 })
    const userIds = await findUsers(queries, [...new Set(drafts.map(userOf))])
    const existing = await existingOrders(queries, drafts)
    const outcomes: Outcome[] = []
    for (const draft of drafts)
      outcomes.push(
        await decideDryRun({ queries, products, missing, userIds }, draft, existing.get(keyOf(draft.ref))).catch(
          refused,
        ),
      )
    return outcomes
  }
  return (drafts) => db.reading((queries) => simulate(queries, drafts))
}

async function existingOrders(queries: Queries, drafts: readonly DraftOrder[]): Promise<ReadonlyMap<string, Existing>> {
  const rows = await inParts(
    drafts.map(({ ref }) => keyOf(ref)),
    (keys) =>
      queries.rows<Existing>(
        `SELECT id, idempotency_key AS order_key, total_amount, content_digest
          FROM orders WHERE idempotency_key IN (${keys.map(() => '?').join(', ')})`,
        keys,
      ),
  )
  return new Map(rows.map((row) => [row.order_key, row]))
}

interface Stage {
  readonly queries: Queries
  readonly products: Map<string, SimulatedProduct>
  readonly missing: Missing
  readonly userIds: Ids
}

async function decideDryRun(
  { queries, products, missing, userIds }: Stage,
  draft: DraftOrder,
  existing: Existing | undefined,
): Promise<Applied> {
  const userId = userIds.get(userOf(draft))
  const unknown = draft.lines.filter((line) => !existsIn(products, line, missing)).map(({ sku }) => sku)
  if (existing !== undefined) {
    if (!(await isSame(queries, existing, userId, linesOf(draft, products))))
      throw keyConflict(existing.order_key, existing.id)
    return { outcome: 'existing', totalAmount: existing.total_amount }
  }
  if (userId === undefined && !missing.create) throw noUser(userOf(draft))
  if (unknown.length > 0) throw noProduct(unknown, missing.create ? 'creating' : 'lookup')
  await assertSendable(queries, linesOf(draft, products))
  return { outcome: 'placed', totalAmount: deductStock(products, draft.lines) }
}

const linesInAnyPacket = 200

/** An order is one message, which the server may refuse for its length. A long one is measured on this connection. */
async function assertSendable(queries: Queries, lines: readonly OrderLine[]): Promise<void> {
  if (lines.length > linesInAnyPacket) await queries.prepared('DO LENGTH(?)', [documentOf(lines)])
}

/** Whether the shop has the product. A product that a real run would create is added to the simulation. */
function existsIn(
  products: Map<string, SimulatedProduct>,
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

function linesOf({ lines }: DraftOrder, products: ReadonlyMap<string, SimulatedProduct>): OrderLine[] {
  return lines.map(({ sku, quantity, price }) => ({ productId: products.get(sku)?.id ?? 0, quantity, price }))
}

/** Deducts all lines or none, as the database would. Returns the total. */
function deductStock(products: ReadonlyMap<string, SimulatedProduct>, lines: readonly ImportLine[]): string {
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

/** `existing`: an earlier run placed this order. */
export type Applied = Pick<Placement, 'outcome' | 'totalAmount'>

/** The outcome of an order of the file; an error is the reason why the shop refuses it. */
export type Outcome = Applied | DbtoolError

/** Applies orders of the file that have no fault, in file order. Rejects with an error that ends the import. */
export type PlaceDrafts = (drafts: readonly DraftOrder[]) => Promise<readonly Outcome[]>

/** The idempotency key of an order of a file: a second run finds the order that the first run placed. */
export const keyOf = (ref: string): string => `${importKeyPrefix}${ref}`
export const importKeyPrefix = 'import:'

/** The customer's name in the file; all lines of an order without faults agree on it. */
const userOf = ({ lines: [first] }: DraftOrder): string => first?.user ?? ''

/** Error codes that reject a single order; any other error ends the import. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'OUT_OF_STOCK',
  'KEY_CONFLICT',
  'NOT_FOUND',
  'CONSTRAINT',
  'DUPLICATE',
  'TOO_LARGE',
])

/** Turns the refusal of one order into its outcome; throws any other error. */
export function refused(error: unknown): DbtoolError {
  if (error instanceof DbtoolError && refusals.has(error.code)) return error
  throw error
}

/** Places orders of a file: as many as possible in one transaction, the others separately. */
export function applyOrders(queries: Queries, catalog: Catalog, author: Author): PlaceDrafts {
  return async (drafts) => {
    const resolved = await requestsOf(catalog, author, drafts)
    const requests = resolved.filter((request): request is OrderRequest => !(request instanceof DbtoolError))
    const together = await placeOrdersTogether(queries, requests)
    const placements = new Map(requests.map((request, index) => [request, together[index]]))
    const outcomes: Outcome[] = []
    for (const request of resolved)
      outcomes.push(
        request instanceof DbtoolError
          ? request
          : (placements.get(request) ?? (await placeAlone(queries, request).catch(refused))),
      )
    return outcomes
  }
}

/** Turns each draft into a request, or into an error when it names a user or product that does not exist. */
async function requestsOf(
  catalog: Catalog,
  author: Author,
  drafts: readonly DraftOrder[],
): Promise<(OrderRequest | DbtoolError)[]> {
  const [userIds, [productIds, missingSkus]] = await Promise.all([
    catalog.userIds(drafts.map(userOf)),
    productsOf(catalog, drafts),
  ])
  return drafts.map((draft) => {
    const userId = userIds.get(userOf(draft))
    if (userId === undefined) return noUser(userOf(draft))
    const missing = missingSkus.get(draft)
    if (missing !== undefined) return noProduct(missing, catalog.createProducts === undefined ? 'lookup' : 'creating')
    const lines = draft.lines.map(({ sku, quantity, price }) => ({
      productId: productIds.get(sku) ?? 0,
      quantity,
      price,
    }))
    return {
      userId,
      lines,
      key: keyOf(draft.ref),
      status: 'confirmed',
      orderedAt: draft.lines[0]?.orderedAt,
      author,
    }
  })
}

/**
 * The ids of all products that exist or can be created, and the SKUs that are missing from each order. A price later in
 * the file does not help an earlier order.
 */
async function productsOf(
  catalog: Catalog,
  drafts: readonly DraftOrder[],
): Promise<[Ids, ReadonlyMap<DraftOrder, string[]>]> {
  const creates = catalog.createProducts !== undefined
  const known = await catalog.productIds(drafts.flatMap(({ lines }) => lines.map(({ sku }) => sku)))
  const fresh = new Map<string, ProductOfFile>()
  const missingSkus = new Map<DraftOrder, string[]>()
  for (const draft of drafts) {
    const missing = draft.lines.filter(({ sku }) => !known.has(sku) && !fresh.has(sku))
    for (const { sku, price, productName } of missing)
      if (creates && price !== undefined) fresh.set(sku, { sku, price, name: productName ?? sku })
    const unresolved = missing.filter(({ sku }) => !fresh.has(sku))
    if (unresolved.length > 0)
      missingSkus.set(
        draft,
        unresolved.map(({ sku }) => sku),
      )
  }
  const created = fresh.size === 0 ? undefined : await catalog.createProducts?.([...fresh.values()])
  return [new Map([...known, ...(created ?? [])]), missingSkus]
}

async function placeAlone(queries: Queries, request: OrderRequest): Promise<Applied> {
  return placeOrder(queries, request).catch(async (error: unknown): Promise<Applied> => {
    if (!(error instanceof DbtoolError) || error.code !== 'KEY_CONFLICT') throw error
    const totalAmount = await totalIfSame(queries, request.key, request.userId, request.lines)
    if (totalAmount === undefined) throw error
    return { outcome: 'existing', totalAmount }
  })
}

interface ExistingLine {
  readonly user_id: number
  readonly total_amount: string
  readonly product_id: number
  readonly quantity: number
  readonly price: string
}

/**
 * The total of the order with this key if it matches the request line by line, including these prices. The digest
 * cannot tell: the order may have been placed without prices, and an exported file now names them.
 */
async function totalIfSame(
  queries: Queries,
  key: string,
  userId: number,
  lines: readonly OrderLine[],
): Promise<string | undefined> {
  const existing = await queries.rows<ExistingLine>(
    `SELECT o.user_id, o.total_amount, i.product_id, i.quantity, i.price
      FROM orders o JOIN order_items i ON i.order_id = o.id
      WHERE o.idempotency_key = ?`,
    [key],
  )
  const requested = new Map(lines.map((line) => [line.productId, line]))
  const same = ({ user_id, product_id, quantity, price }: ExistingLine): boolean => {
    const line = requested.get(product_id)
    return user_id === userId && line?.quantity === quantity && line.price === price
  }
  return existing.length === lines.length && existing.every(same) ? existing[0]?.total_amount : undefined
}
