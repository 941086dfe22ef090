import type { Database } from '../../db/database.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { type OrderRequest, placeOrder, type Placement } from '../orders/place-order.ts'
import { placeOrdersIn, placeOrdersTogether } from '../orders/place-orders.ts'
import { insertProducts, type NewProduct } from '../products/products.ts'
import { isSame, type Missing, noProduct, requested } from './decide-orders.ts'
import { type DraftOrder, keyOf, userOf } from './draft-order.ts'
import { namesOf, readOrders, type ShopIds, type ShopMemory } from './known-shop.ts'
import { createImportedUsers } from './resolve-users.ts'

/** The outcome of an order that was to be placed; an error is the reason why the shop refused it. */
export type Outcome = Pick<Placement, 'outcome' | 'totalAmount'> | DbtoolError

/** Error codes that refuse a single order; any other error ends the import. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'OUT_OF_STOCK',
  'KEY_CONFLICT',
  'NOT_FOUND',
  'CONSTRAINT',
  'DUPLICATE',
  'MISSING_REFERENCE',
])

/** Turns the refusal of one order into its outcome; throws any other error. */
function refused(error: unknown): DbtoolError {
  if (error instanceof DbtoolError && refusals.has(error.code)) return error
  throw error
}

/**
 * Places the orders that were decided to be placed, and creates the users and products that they need. Each order
 * and the things created for it are one transaction: an order that the shop refuses meanwhile leaves no trace.
 */
export class OrderWriter {
  readonly #inSequence = sequence()

  constructor(
    private readonly db: Database,
    private readonly memory: ShopMemory,
    private readonly author: Author,
    private readonly missing: Missing,
  ) {}

  /** Places as many of the orders as possible in one transaction, and the others separately, in their order. */
  async apply(drafts: readonly DraftOrder[]): Promise<readonly Outcome[]> {
    if (drafts.length === 0) return []
    // When two batches need the same new user or product, the second one finds it.
    return this.#needsNothing(drafts) ? this.#place(drafts) : this.#inSequence(() => this.#createAndPlace(drafts))
  }

  #needsNothing(drafts: readonly DraftOrder[]): boolean {
    const { users, products } = this.memory.ids(drafts)
    return namesOf(drafts, 'users').size === users.size && namesOf(drafts, 'products').size === products.size
  }

  async #createAndPlace(drafts: readonly DraftOrder[]): Promise<readonly Outcome[]> {
    if (this.#needsNothing(drafts)) return this.#place(drafts)
    try {
      const { ids, placements } = await this.db.transaction((tx) => this.#attempt(tx, drafts), 'repeatable')
      this.memory.created(ids)
      return placements
    } catch (error) {
      const refusal = refused(error)
      if (drafts.length > 1) return this.#oneByOne(drafts)
      // Another process may have created the missing ones meanwhile.
      await this.memory.readIds(drafts)
      if (this.#needsNothing(drafts)) return this.#place(drafts)
      this.memory.forget(drafts)
      return [refusal]
    }
  }

  async #oneByOne(drafts: readonly DraftOrder[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const draft of drafts) {
      await this.memory.readIds([draft])
      outcomes.push(...(await this.#createAndPlace([draft])))
    }
    return outcomes
  }

  async #attempt(tx: Queries, drafts: readonly DraftOrder[]): Promise<{ ids: ShopIds; placements: Placement[] }> {
    const known = this.memory.ids(drafts)
    const created = await this.#create(tx, drafts, known)
    const ids = {
      users: new Map([...known.users, ...created.users]),
      products: new Map([...known.products, ...created.products]),
    }
    const placements = await placeOrdersIn(
      tx,
      drafts.map((draft) => this.#requestOf(draft, ids)),
    )
    return { ids: created, placements }
  }

  async #create(tx: Queries, drafts: readonly DraftOrder[], known: ShopIds): Promise<ShopIds> {
    const users = [...namesOf(drafts, 'users')].filter((name) => !known.users.has(name))
    const products = this.#newProducts(drafts, known)
    const userIds = await createImportedUsers(tx, this.author, users)
    const productIds = await insertProducts(tx, this.author, products)
    return {
      users: userIds,
      products: new Map(products.map(({ sku }, index) => [sku, productIds[index] ?? 0])),
    }
  }

  /** The products to create, from the first line of each that has a price. */
  #newProducts(drafts: readonly DraftOrder[], known: ShopIds): (NewProduct & { readonly sku: string })[] {
    const products = new Map<string, NewProduct & { readonly sku: string }>()
    for (const { sku, price, productName } of drafts.flatMap(({ lines }) => lines))
      if (price !== undefined && !known.products.has(sku) && !products.has(sku))
        products.set(sku, { sku, price, name: productName ?? sku, stock: this.missing.initialStock })
    return [...products.values()]
  }

  /** Places orders whose users and products exist. */
  async #place(drafts: readonly DraftOrder[]): Promise<readonly Outcome[]> {
    const ids = this.memory.ids(drafts)
    const requests = drafts.map((draft) => this.#requestOf(draft, ids))
    const together = await placeOrdersTogether(this.db, requests)
    const outcomes: Outcome[] = []
    for (const [index, request] of requests.entries()) {
      const outcome = together[index] ?? (await this.#placeAlone(request).catch(refused))
      if (outcome instanceof DbtoolError) this.memory.forget(drafts.slice(index, index + 1))
      outcomes.push(outcome)
    }
    return outcomes
  }

  async #placeAlone(request: OrderRequest): Promise<Outcome> {
    return placeOrder(this.db, request).catch(async (error: unknown): Promise<Outcome> => {
      if (!(error instanceof DbtoolError) || error.code !== 'KEY_CONFLICT') throw error
      const { key, userId, lines } = request
      const existing = (await this.db.reading((queries) => readOrders(queries, [key]))).get(key)
      if (existing === undefined || !isSame(existing, userId, lines)) throw error
      return { outcome: 'existing', totalAmount: existing.totalAmount }
    })
  }

  #requestOf(draft: DraftOrder, { users, products }: ShopIds): OrderRequest {
    const unknown = draft.lines.filter(({ sku }) => !products.has(sku)).map(({ sku }) => sku)
    if (unknown.length > 0) throw noProduct(unknown, this.missing)
    return {
      userId: users.get(userOf(draft)) ?? 0,
      lines: requested(draft, (sku) => products.get(sku)),
      key: keyOf(draft.ref),
      status: 'confirmed',
      orderedAt: draft.lines[0]?.orderedAt,
      author: this.author,
    }
  }
}

/** Runs tasks one after the other, whether the earlier ones succeed or fail. */
function sequence(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work, work)
    last = result
    return result
  }
}
