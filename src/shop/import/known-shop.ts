import type { Database } from '../../db/database.ts'
import { inParts } from '../../db/parts.ts'
import type { Queries } from '../../db/queries.ts'
import type { OrderLine } from '../orders/place-order.ts'
import type { OrderStatus } from '../rules.ts'
import type { DraftOrder } from './draft-order.ts'
import { findImportedUsers } from './resolve-users.ts'

export interface KnownProduct {
  /** Undefined until the product is created, because an earlier order of the file needs it. */
  readonly id: number | undefined
  readonly name: string
  readonly price: string
  readonly stock: number
  readonly active: boolean
}

export interface KnownUser {
  /** Undefined until the user is created. */
  readonly id: number | undefined
}

export interface KnownOrder {
  readonly id: number
  readonly userId: number
  readonly status: OrderStatus
  readonly totalAmount: string
  readonly digest: string
  /** In UTC, to the second. */
  readonly createdAt: string
  readonly lines: readonly OrderLine[]
}

/** Orders by idempotency key. */
export type KnownOrders = ReadonlyMap<string, KnownOrder>

/** The part of the shop that the orders of a file concern. */
export interface KnownShop {
  /** By reference in the file. */
  readonly users: ReadonlyMap<string, KnownUser>
  /** By SKU. */
  readonly products: ReadonlyMap<string, KnownProduct>
  readonly orders: KnownOrders
}

/** The users and products that orders have changed. */
export interface ShopEffects {
  readonly users: ReadonlyMap<string, KnownUser>
  readonly products: ReadonlyMap<string, KnownProduct>
}

/** The ids of users by reference, and of products by SKU. */
export interface ShopIds {
  readonly users: ReadonlyMap<string, number>
  readonly products: ReadonlyMap<string, number>
}

/** The number of users, and of products, that an import that changes the shop remembers. */
const mostCached = 50_000

/**
 * The memory of an import. It reads a product when an order first names it, and then counts its stock in memory.
 * The decisions are therefore the same in a dry run, and with any number of orders in flight.
 */
export class ShopMemory {
  readonly #users = new Map<string, KnownUser>()
  readonly #products = new Map<string, KnownProduct>()
  readonly #mostProducts: number
  readonly #guests: ReadonlyMap<string, number>

  /** `guests` are users whom the file does not name. A dry run has its stock only here, so it forgets no product. */
  constructor(
    private readonly db: Database,
    { dryRun, guests = new Map() }: { readonly dryRun: boolean; readonly guests?: ReadonlyMap<string, number> },
  ) {
    this.#mostProducts = dryRun ? Infinity : mostCached
    this.#guests = guests
  }

  /**
   * Starts reading the existing orders with the keys of these. Each key occurs once in a file, so earlier orders of the
   * file do not change the answer, and it can be read ahead.
   */
  readOrders(drafts: readonly DraftOrder[]): Promise<KnownOrders> {
    const keys = drafts.map(({ key }) => key)
    if (keys.length === 0) return Promise.resolve(new Map())
    const orders = this.db.lookup((queries) => findInParts(queries, readOrders, keys))
    // The failure is thrown when the orders are awaited; until then the promise has no handler.
    orders.catch(() => undefined)
    return orders
  }

  /** Reads the users and products that the orders name and that are not remembered. */
  async read(drafts: readonly DraftOrder[], existing = this.readOrders(drafts)): Promise<KnownShop> {
    const [users, products] = [namesOf(drafts, 'users'), namesOf(drafts, 'products')]
    for (const [name, id] of this.#guests) this.#users.set(name, { id })
    // Only a cache that is nearly full needs to know which entries were used last.
    if (this.#users.size > mostCached / 2) refresh(this.#users, users)
    if (this.#products.size > this.#mostProducts / 2) refresh(this.#products, products)
    const [found, orders] = await Promise.all([
      this.#find(missingFrom(this.#users, users), missingFrom(this.#products, products)),
      existing,
    ])
    for (const [name, id] of found.users) this.#users.set(name, { id })
    for (const [sku, product] of found.products) this.#products.set(sku, product)
    forgetOldest(this.#users, mostCached)
    forgetOldest(this.#products, this.#mostProducts)
    // Another process may have placed an order, with users and products that are only planned here.
    if (orders.size > 0) await this.readIds(drafts.filter(({ key }) => orders.has(key)))
    return { users: this.#users, products: this.#products, orders }
  }

  /** Looks for the users and products without an id, which may have been created meanwhile. */
  async readIds(drafts: readonly DraftOrder[]): Promise<void> {
    const users = unresolved(namesOf(drafts, 'users'), this.#users)
    const products = unresolved(namesOf(drafts, 'products'), this.#products)
    const found = await this.#find(users, products)
    for (const [sku, product] of found.products) if (!this.#products.has(sku)) this.#products.set(sku, product)
    this.created({ users: found.users, products: new Map([...found.products].map(([sku, { id }]) => [sku, id])) })
  }

  /** Finds users and products on one connection. */
  async #find(users: readonly string[], products: readonly string[]): Promise<Found> {
    if (users.length + products.length === 0) return { users: new Map(), products: new Map() }
    return this.db.lookup(async (queries) => ({
      users: await findInParts(queries, findImportedUsers, users),
      products: await findInParts(queries, readProducts, products),
    }))
  }

  remember({ users, products }: ShopEffects): void {
    for (const [name, user] of users) this.#users.set(name, user)
    for (const [sku, product] of products) this.#products.set(sku, product)
  }

  /** Remembers the ids of users and products that were created. */
  created({ users, products }: ShopIds): void {
    for (const [name, id] of users) this.#users.set(name, { id })
    for (const [sku, id] of products) {
      const product = this.#products.get(sku)
      if (product !== undefined) this.#products.set(sku, { ...product, id })
    }
  }

  /** Forgets the products of orders that the shop refused: they were changed by others. */
  forget(drafts: readonly DraftOrder[]): void {
    for (const sku of namesOf(drafts, 'products')) this.#products.delete(sku)
  }

  /** The id of a user; undefined if it does not exist yet. */
  userId(reference: string): number | undefined {
    return this.#users.get(reference)?.id
  }

  /** The id of a product; undefined if it does not exist yet. */
  productId(sku: string): number | undefined {
    return this.#products.get(sku)?.id
  }
}

interface Found {
  readonly users: ReadonlyMap<string, number>
  readonly products: ReadonlyMap<string, KnownProduct & { readonly id: number }>
}

/** Finds things by name, with as many statements as their size needs. */
async function findInParts<V>(
  queries: Queries,
  find: (queries: Queries, names: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  names: readonly string[],
): Promise<ReadonlyMap<string, V>> {
  if (names.length === 0) return new Map()
  return new Map(await inParts(names, async (part) => [...(await find(queries, part))]))
}

/** The users, or the products, that the orders name. */
export function namesOf(drafts: readonly DraftOrder[], what: 'users' | 'products'): ReadonlySet<string> {
  if (what === 'users') return new Set(drafts.map(({ user }) => user))
  const names = new Set<string>()
  for (const { lines } of drafts) for (const { sku } of lines) names.add(sku)
  return names
}

const missingFrom = (things: ReadonlyMap<string, unknown>, names: ReadonlySet<string>): string[] =>
  [...names].filter((name) => !things.has(name))

type Identified = ReadonlyMap<string, { readonly id: number | undefined }>

const unresolved = (names: ReadonlySet<string>, things: Identified): string[] =>
  [...names].filter((name) => things.get(name)?.id === undefined)

/** Moves names to the end of the map, so that its first entries are the ones not used for the longest time. */
function refresh<V>(things: Map<string, V>, names: ReadonlySet<string>): void {
  for (const name of names) {
    const thing = things.get(name)
    if (thing === undefined) continue
    things.delete(name)
    things.set(name, thing)
  }
}

function forgetOldest(things: Map<string, unknown>, most: number): void {
  for (const name of things.keys()) {
    if (things.size <= most) return
    things.delete(name)
  }
}

interface ProductRow {
  readonly id: number
  readonly sku: string
  readonly name: string
  readonly price: string
  readonly stock: number
  readonly is_active: number
}

/** MariaDB converts an IN list of 1,000 values or more into a join, which is slower. */
const namesAtOnce = 900

async function readProducts(
  queries: Queries,
  skus: readonly string[],
): Promise<Map<string, KnownProduct & { readonly id: number }>> {
  const products = new Map<string, KnownProduct & { readonly id: number }>()
  for (let first = 0; first < skus.length; first += namesAtOnce) {
    const some = skus.slice(first, first + namesAtOnce)
    const rows = await queries.rawRows<ProductRow>(
      `SELECT id, sku, name, price, stock, is_active FROM products WHERE sku IN (${some.map(() => '?').join(', ')})`,
      some,
    )
    for (const { id, sku, name, price, stock, is_active } of rows)
      products.set(sku, { id, name, price, stock, active: is_active === 1 })
  }
  return products
}

interface LineRow {
  readonly order_id: number
  readonly order_key: string
  readonly user_id: number
  readonly status: OrderStatus
  readonly total_amount: string
  readonly digest: string
  readonly created_at: string
  readonly product_id: number
  readonly quantity: number
  readonly price: string
}

/** Reads the orders with these keys, by key. */
export async function readOrders(queries: Queries, keys: readonly string[]): Promise<Map<string, KnownOrder>> {
  const orders = new Map<string, KnownOrder & { lines: OrderLine[] }>()
  const rows = await queries.rawRows<LineRow>(
    `SELECT o.id AS order_id, o.idempotency_key AS order_key, o.user_id, o.status, o.total_amount,
        o.content_digest AS digest, DATE_FORMAT(o.created_at, '%Y-%m-%dT%H:%i:%sZ') AS created_at,
        i.product_id, i.quantity, i.price
      FROM orders o FORCE INDEX (idempotency_key) JOIN order_items i ON i.order_id = o.id
      WHERE o.idempotency_key IN (${keys.map(() => '?').join(', ')})`,
    keys,
  )
  for (const row of rows) {
    const { order_id: id, user_id: userId, status, total_amount: totalAmount, digest, created_at: createdAt } = row
    const order = orders.get(row.order_key) ?? { id, userId, status, totalAmount, digest, createdAt, lines: [] }
    orders.set(row.order_key, order)
    order.lines.push({ productId: row.product_id, quantity: row.quantity, price: row.price })
  }
  return orders
}
