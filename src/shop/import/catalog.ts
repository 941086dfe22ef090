import type { Database } from '../../db/database.ts'
import { inParts } from '../../db/parts.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { insertProducts, type NewProduct } from '../products/products.ts'
import { quoteValue } from '../rules.ts'
import { createImportedUser, createImportedUsers, importedUsers, knownUsers } from './resolve-users.ts'

export type Ids = ReadonlyMap<string, number>

/** A product as described in an import file. */
export interface ProductOfFile {
  readonly sku: string
  readonly name: string
  readonly price: string
}

/** Maps the users and products named in a file to their ids. */
export interface Catalog {
  /** The ids, by reference, of the users that exist or were created. */
  userIds(references: readonly string[]): Promise<Ids>
  /** The ids, by SKU, of the products that exist. */
  productIds(skus: readonly string[]): Promise<Ids>
  /**
   * Creates the missing products, then resolves to the ids of all. Absent unless the catalog creates what is missing.
   */
  readonly createProducts?: (products: readonly ProductOfFile[]) => Promise<Ids>
}

const createHint = 'create it first, or add --create-missing'

export const noUser = (reference: string): DbtoolError =>
  new DbtoolError('NOT_FOUND', `there is no user ${quoteValue(reference)}`, { hint: createHint })

/** With `creating`, a product can only be missing because the file has no price for it. */
export function noProduct(skus: readonly string[], catalog: 'lookup' | 'creating'): DbtoolError {
  const names = skus.map(quoteValue).join(', ')
  return catalog === 'lookup'
    ? new DbtoolError('NOT_FOUND', `there is no product with SKU ${names}`, { hint: createHint })
    : new DbtoolError('NOT_FOUND', `there is no product with SKU ${names}, and it cannot be created without a price`, {
        hint: 'add its price to the file',
      })
}

/** Resolves only users and products that exist. */
export function lookupResolver(db: Database): Catalog {
  const users = new IdCache((references) => db.reading((queries) => knownUsers(queries, references)))
  const products = new IdCache((skus) => db.reading((queries) => idsOfSkus(queries, skus)))
  return { userIds: (references) => users.ids(references), productIds: (skus) => products.ids(skus) }
}

/** Creates a missing user or product when its first order is reached; creating a product requires a price. */
export function creatingResolver(db: Database, author: Author, initialStock: number): Catalog {
  // Calls run in sequence: when two need the same missing user or product, the second call finds it.
  const inSequence = sequence()
  const users = new IdCache((references) => inSequence(() => foundOrCreated(db, author, references)))
  const products = new IdCache((skus) => db.reading((queries) => idsOfSkus(queries, skus)))
  return {
    userIds: (references) => users.ids(references),
    productIds: (skus) => products.ids(skus),
    createProducts: (wanted) =>
      inSequence(async () => {
        const known = await products.ids(wanted.map(({ sku }) => sku))
        await createProducts(
          db,
          author,
          wanted.filter(({ sku }) => !known.has(sku)).map((product) => ({ ...product, stock: initialStock })),
        )
        return products.ids(wanted.map(({ sku }) => sku))
      }),
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

/**
 * Another importing process, or an earlier attempt whose COMMIT lost its connection, may create the same user
 * meanwhile. The lookup after the insert then finds it.
 */
async function foundOrCreated(db: Database, author: Author, references: readonly string[]): Promise<Ids> {
  const known = await db.reading((queries) => importedUsers(queries, references))
  const fresh = references.filter((reference) => !known.has(reference))
  if (fresh.length === 0) return known
  await db.transaction((tx) => createImportedUsers(tx, author, fresh), 'repeatable').catch(unlessDuplicate)
  const existing = new Map([...known, ...(await db.reading((queries) => importedUsers(queries, fresh)))])
  for (const reference of fresh.filter((name) => !existing.has(name))) {
    existing.set(
      reference,
      await db.transaction(
        async (tx) =>
          (await importedUsers(tx, [reference])).get(reference) ?? createImportedUser(tx, author, reference),
        'repeatable',
      ),
    )
  }
  return existing
}

async function createProducts(db: Database, author: Author, products: readonly NewProduct[]): Promise<void> {
  const create = (some: readonly NewProduct[]): Promise<unknown> =>
    db.transaction((tx) => insertProducts(tx, author, some), 'repeatable')
  if (products.length === 0) return
  await create(products).catch(async (error: unknown) => {
    unlessDuplicate(error)
    for (const product of products) await create([product]).catch(unlessDuplicate)
  })
}

function unlessDuplicate(error: unknown): void {
  if (!(error instanceof DbtoolError) || error.code !== 'DUPLICATE') throw error
}

async function idsOfSkus(queries: Queries, skus: readonly string[]): Promise<Ids> {
  return new Map((await productsOfSkus(queries, skus)).map(({ id, sku }) => [sku, id]))
}

export interface ExistingProduct {
  readonly id: number
  readonly sku: string
  readonly price: string
  readonly stock: number
  readonly is_active: number
}

/** MariaDB converts an IN list of 1,000 values or more into a join, which is slower. */
const skusAtOnce = 900

export async function productsOfSkus(queries: Queries, skus: readonly string[]): Promise<ExistingProduct[]> {
  const products: ExistingProduct[] = []
  for (let first = 0; first < skus.length; first += skusAtOnce) {
    const some = skus.slice(first, first + skusAtOnce)
    products.push(
      ...(await inParts(some, (part) =>
        queries.rows<ExistingProduct>(
          `SELECT id, sku, price, stock, is_active FROM products WHERE sku IN (${part.map(() => '?').join(', ')})`,
          part,
        ),
      )),
    )
  }
  return products
}

/** Largest number of cached ids; a file may name more. */
const maxCachedIds = 50_000

/** A cache of ids by name that drops the oldest entries. A name that was not found is looked up again. */
class IdCache {
  readonly #ids = new Map<string, number>()

  constructor(private readonly find: (names: readonly string[]) => Promise<ReadonlyMap<string, number>>) {}

  /** Resolves names to ids, with one lookup for all names that are not cached. */
  async ids(names: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    const wanted = [...new Set(names)]
    const existing = new Map(
      wanted.flatMap((name): [string, number][] => {
        const id = this.#ids.get(name)
        return id === undefined ? [] : [[name, id]]
      }),
    )
    const unknown = wanted.filter((name) => !existing.has(name))
    if (unknown.length === 0) return existing
    for (const [name, id] of await this.find(unknown)) {
      existing.set(name, id)
      this.remember(name, id)
    }
    return existing
  }

  private remember(name: string, id: number): void {
    this.#ids.set(name, id)
    const [oldest = name] = this.#ids.keys()
    if (this.#ids.size > maxCachedIds) this.#ids.delete(oldest)
  }
}
