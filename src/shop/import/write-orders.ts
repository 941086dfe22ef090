import { isGaleraNode } from '../../db/cluster/sync-wait.ts'
import type { Database } from '../../db/database.ts'
import type { Queries } from '../../db/queries.ts'
import { withRetries } from '../../db/retry.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { importedOrders, parseOrder } from '../orders/parse-order.ts'
import type { Placement } from '../orders/place-order.ts'
import { placeOrdersIn, placeOrdersTogether } from '../orders/place-orders.ts'
import type { BulkOrderRequest } from '../orders/place-orders.values.ts'
import { refuseAttempts } from '../orders/refusals.ts'
import { insertProducts, type NewProduct } from '../products/products.ts'
import { conflictOf, type Decision, noProduct, noUser, type OrderPolicy, requested, statusOf } from './decide-orders.ts'
import type { DraftOrder } from './draft-order.ts'
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
  'TOO_LARGE',
  'DUPLICATE',
  'MISSING_REFERENCE',
])

/** Returns the refusal of an order; throws any other error. */
function refused(error: unknown): DbtoolError {
  if (error instanceof DbtoolError && refusals.has(error.code)) return error
  throw error
}

/** Whether the shop rejects an order that it may accept at another time. */
const isVerdict = (decision: Decision): boolean =>
  decision.outcome === 'reject' && (decision.error.code === 'OUT_OF_STOCK' || decision.error.code === 'NOT_FOUND')

const nothingCreated: ShopIds = { users: new Map(), products: new Map() }

/** Another process may create what an order needs at the same time, and the next attempt finds it. */
const mostAttempts = 3

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
    private readonly policy: OrderPolicy,
  ) {}

  /** Places as many of the orders as possible in one transaction, and the others separately, in their order. */
  async apply(drafts: readonly DraftOrder[]): Promise<readonly Outcome[]> {
    if (drafts.length === 0) return []
    // When two batches need the same new user or product, the second one finds it.
    return this.#needsNothing(drafts) ? this.#place(drafts) : this.#inSequence(() => this.#createAndPlace(drafts))
  }

  #needsNothing(drafts: readonly DraftOrder[]): boolean {
    const { memory } = this
    return drafts.every(
      ({ user, lines }) =>
        memory.userId(user) !== undefined && lines.every(({ sku }) => memory.productId(sku) !== undefined),
    )
  }

  /** Places orders whose users and products exist. */
  async #place(drafts: readonly DraftOrder[]): Promise<readonly Outcome[]> {
    const together = await placeOrdersTogether(
      this.db,
      drafts.map((draft) => this.#requestOf(draft)),
    )
    return this.#oneByOne(drafts, together)
  }

  async #createAndPlace(drafts: readonly DraftOrder[]): Promise<readonly Outcome[]> {
    // An earlier batch in the sequence may have created everything.
    if (this.#needsNothing(drafts)) return this.#place(drafts)
    return this.#attempt(drafts).catch((error: unknown) => {
      refused(error)
      return this.#oneByOne(drafts)
    })
  }

  /** Places the orders that have no outcome yet. */
  async #oneByOne(drafts: readonly DraftOrder[], known: readonly (Outcome | undefined)[] = []): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const [index, draft] of drafts.entries()) outcomes.push(known[index] ?? (await this.#placeOne(draft)))
    return outcomes
  }

  async #placeOne(draft: DraftOrder): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      await this.memory.readIds([draft])
      try {
        const [placement] = await this.#attempt([draft])
        if (placement !== undefined) return placement
      } catch (error) {
        const refusal = refused(error)
        if (await isGaleraNode(this.db)) await this.#refuse([draft])
        const existing = await this.#existing(draft)
        if (existing !== undefined) return existing
        if (refusal.code === 'DUPLICATE' && attempt < mostAttempts) continue
        this.memory.forget([draft])
        return refusal
      }
    }
  }

  /** The outcome if somebody else has placed an order with the same key. */
  async #existing(draft: DraftOrder): Promise<Outcome | undefined> {
    const existing = (await this.db.lookup((queries) => readOrders(queries, [draft.key]))).get(draft.key)
    if (existing === undefined) return undefined
    await this.memory.readIds([draft])
    const content = {
      userId: this.memory.userId(draft.user),
      status: statusOf(draft, this.policy),
      lines: requested(draft, (sku) => this.memory.productId(sku)),
    }
    return conflictOf(existing, draft, content) ?? { outcome: 'existing', totalAmount: existing.totalAmount }
  }

  /** Places all the orders in one transaction, with what they need, or rejects with the refusal of one of them. */
  async #attempt(drafts: readonly DraftOrder[]): Promise<readonly Placement[]> {
    let mayBeCommitted = false
    const placing = this.db.transaction(async (tx) => {
      const created = await this.#create(tx, drafts)
      const requests = drafts.map((draft) => this.#requestOf(draft, created))
      const placements = await placeOrdersIn(tx, requests)
      mayBeCommitted = true
      return { created, placements }
    }, 'repeatable')
    const { created, placements } = await placing.catch(async (error: unknown) => {
      const refusal = refused(error)
      // The COMMIT of an earlier attempt, whose connection was lost, may still come. One order stands for all.
      if (mayBeCommitted) await this.#refuse(drafts.slice(0, 1))
      throw refusal
    })
    this.memory.created(created)
    return placements
  }

  /**
   * Makes the rejects of a file final. On a cluster, another node may still be running the lost attempt of an earlier
   * import. An order that it has placed exists.
   */
  async finalRejects(decisions: readonly Decision[]): Promise<readonly Decision[]> {
    const drafts = decisions.flatMap((decision) => (isVerdict(decision) ? [decision.draft] : []))
    if (drafts.length === 0 || !(await isGaleraNode(this.db))) return decisions
    if (await this.#refuse(drafts)) return decisions
    const existing = new Map<DraftOrder, Decision>()
    for (const draft of drafts) {
      const outcome = (await this.#refuse([draft])) ? undefined : await this.#existing(draft)
      if (outcome instanceof DbtoolError) existing.set(draft, { outcome: 'reject', draft, error: outcome })
      else if (outcome !== undefined)
        existing.set(draft, { outcome: 'existing', draft, totalAmount: outcome.totalAmount, notes: [], otherNames: [] })
    }
    return decisions.map((decision) => existing.get(decision.draft) ?? decision)
  }

  /** Refuses all attempts so far. Resolves to false, and refuses none, if one of the orders exists. */
  async #refuse(drafts: readonly DraftOrder[]): Promise<boolean> {
    const orders = drafts.map(({ key, lines }) => ({
      key,
      lines: lines.flatMap(({ sku }) => {
        const productId = this.memory.productId(sku)
        return productId === undefined ? [] : { productId }
      }),
    }))
    const refuse = (): Promise<void> => refuseAttempts(this.db, orders)
    return withRetries(refuse, { ...this.db.retryOptions, kind: 'repeatable' }).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof DbtoolError) || error.code !== 'DUPLICATE') throw error
        return false
      },
    )
  }

  async #create(tx: Queries, drafts: readonly DraftOrder[]): Promise<ShopIds> {
    if (!this.policy.create) return nothingCreated
    const users = [...namesOf(drafts, 'users')].filter((name) => this.memory.userId(name) === undefined)
    const products = this.#newProducts(drafts)
    const userIds = await createImportedUsers(tx, this.author, users)
    const productIds = await insertProducts(tx, this.author, products)
    return { users: userIds, products: new Map(products.map(({ sku }, index) => [sku, productIds[index] ?? 0])) }
  }

  /** The products to create, from the first line of each that has a price. */
  #newProducts(drafts: readonly DraftOrder[]): (NewProduct & { readonly sku: string })[] {
    const products = new Map<string, NewProduct & { readonly sku: string }>()
    for (const { sku, price, productName } of drafts.flatMap(({ lines }) => lines))
      if (price !== undefined && this.memory.productId(sku) === undefined && !products.has(sku))
        products.set(sku, { sku, price, name: productName ?? sku, stock: this.policy.initialStock })
    return [...products.values()]
  }

  /** `created` are users and products that the memory does not know before the transaction is committed. */
  #requestOf(draft: DraftOrder, created = nothingCreated): BulkOrderRequest {
    const productId = (sku: string): number | undefined => this.memory.productId(sku) ?? created.products.get(sku)
    const unknown = draft.lines.filter(({ sku }) => productId(sku) === undefined).map(({ sku }) => sku)
    if (unknown.length > 0) throw noProduct(unknown, this.policy)
    const userId = this.memory.userId(draft.user) ?? created.users.get(draft.user)
    if (userId === undefined) throw noUser(draft.user)
    const { key, orderedAt, adjustments } = draft
    const content = {
      userId,
      lines: requested(draft, productId),
      adjustments,
      key,
      status: statusOf(draft, this.policy),
    }
    return {
      ...parseOrder(content, importedOrders),
      history: this.policy.history,
      orderedAt,
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
