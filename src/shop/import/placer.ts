import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { placeOrder, type OrderRequest } from '../orders/place-order.ts'
import { placeOrdersTogether } from '../orders/place-orders.ts'
import { noProduct, noUser, type Catalog, type Ids, type ProductOfFile } from './catalog.ts'
import type { DraftOrder } from './draft-order.ts'
import { keyOf, refused, userOf, type Outcome, type PlaceDrafts, type Taken } from './outcome.ts'
import { totalIfSame } from './same-order.ts'

/** Places orders of a file: together as far as they can be, the others by themselves. */
export function realPlacer(queries: Queries, catalog: Catalog, author: Author): PlaceDrafts {
  return async (drafts) => {
    const asked = await requestsOf(catalog, author, drafts)
    const requests = asked.filter((one): one is OrderRequest => !(one instanceof DbtoolError))
    const together = await placeOrdersTogether(queries, requests)
    const placements = new Map(requests.map((request, index) => [request, together[index]]))
    const outcomes: Outcome[] = []
    for (const one of asked)
      outcomes.push(
        one instanceof DbtoolError ? one : (placements.get(one) ?? (await placeAlone(queries, one).catch(refused))),
      )
    return outcomes
  }
}

/** What the drafts ask for; an error for one that names what the shop does not have. */
async function requestsOf(
  catalog: Catalog,
  author: Author,
  drafts: readonly DraftOrder[],
): Promise<(OrderRequest | DbtoolError)[]> {
  const [userIds, [productIds, lacking]] = await Promise.all([
    catalog.userIds(drafts.map(userOf)),
    productsOf(catalog, drafts),
  ])
  return drafts.map((draft) => {
    const userId = userIds.get(userOf(draft))
    if (userId === undefined) return noUser(userOf(draft))
    const missing = lacking.get(draft)
    if (missing !== undefined) return noProduct(missing, catalog.createProducts === undefined ? 'known' : 'growing')
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
      end: 'COMMIT',
    }
  })
}

/**
 * The ids of all that is there or can be created, and the SKUs that an order lacks all the same: a price further on in
 * the file is no help.
 */
async function productsOf(
  catalog: Catalog,
  drafts: readonly DraftOrder[],
): Promise<[Ids, ReadonlyMap<DraftOrder, string[]>]> {
  const grows = catalog.createProducts !== undefined
  const known = await catalog.productIds(drafts.flatMap(({ lines }) => lines.map(({ sku }) => sku)))
  const fresh = new Map<string, ProductOfFile>()
  const lacking = new Map<DraftOrder, string[]>()
  for (const draft of drafts) {
    const missing = draft.lines.filter(({ sku }) => !known.has(sku) && !fresh.has(sku))
    for (const { sku, price, productName } of missing)
      if (grows && price !== undefined) fresh.set(sku, { sku, price, name: productName ?? sku })
    const lacked = missing.filter(({ sku }) => !fresh.has(sku))
    if (lacked.length > 0)
      lacking.set(
        draft,
        lacked.map(({ sku }) => sku),
      )
  }
  const created = fresh.size === 0 ? undefined : await catalog.createProducts?.([...fresh.values()])
  return [new Map([...known, ...(created ?? [])]), lacking]
}

async function placeAlone(queries: Queries, request: OrderRequest): Promise<Taken> {
  return placeOrder(queries, request).catch(async (error: unknown): Promise<Taken> => {
    if (!(error instanceof DbtoolError) || error.code !== 'KEY_CONFLICT') throw error
    const totalAmount = await totalIfSame(queries, request.key, request.userId, request.lines)
    if (totalAmount === undefined) throw error
    return { outcome: 'existing', totalAmount }
  })
}
