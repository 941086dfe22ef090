import type { Database } from '../../db/database.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { insertProducts, type NewProduct } from '../products/products.ts'
import { quoteValue } from '../rules.ts'
import { createImportedUser, createImportedUsers, importedUsers, knownUsers } from './resolve-users.ts'

export type Ids = ReadonlyMap<string, number>

/** A product as a file brings it along. */
export interface ProductOfFile {
  readonly sku: string
  readonly name: string
  readonly price: string
}

/** The ids of what a file calls users and products. */
export interface Catalog {
  /** Of those that are there, or could be created, by their references. */
  userIds(references: readonly string[]): Promise<Ids>
  /** Of those that are there, by SKU. */
  productIds(skus: readonly string[]): Promise<Ids>
  /** The same, after those that are not there were created; only where the catalog grows. */
  readonly createProducts?: (products: readonly ProductOfFile[]) => Promise<Ids>
}

const createHint = 'create it first, or add --create-missing'

export const noUser = (reference: string): DbtoolError =>
  new DbtoolError('NOT_FOUND', `there is no user ${quoteValue(reference)}`, { hint: createHint })

/** In a catalog that grows, only the price can be what is missing. */
export function noProduct(skus: readonly string[], kind: 'known' | 'growing'): DbtoolError {
  const names = skus.map(quoteValue).join(', ')
  return kind === 'known'
    ? new DbtoolError('NOT_FOUND', `there is no product with SKU ${names}`, { hint: createHint })
    : new DbtoolError('NOT_FOUND', `there is no product with SKU ${names}, and without a price it cannot be created`, {
        hint: 'give it a price in the file',
      })
}

/** Only what the shop already has. */
export function lookupResolver(db: Database): Catalog {
  const users = new IdCache((references) => db.reading((queries) => knownUsers(queries, references)))
  const products = new IdCache((skus) => db.reading((queries) => idsOfSkus(queries, skus)))
  return { userIds: (references) => users.ids(references), productIds: (skus) => products.ids(skus) }
}

/** Creates what is met for the first time, before its first order; a product needs a price for that. */
export function creatingResolver(db: Database, author: Author, initialStock: number): Catalog {
  // Of two that meet the same one for the first time, the second finds it.
  const inTurn = turns()
  const users = new IdCache((references) => inTurn(() => foundOrCreated(db, author, references)))
  const products = new IdCache((skus) => db.reading((queries) => idsOfSkus(queries, skus)))
  return {
    userIds: (references) => users.ids(references),
    productIds: (skus) => products.ids(skus),
    createProducts: (wanted) =>
      inTurn(async () => {
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

/** Works one after the other, whatever becomes of those before. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
}

/**
 * Another process that imports may create the same one meanwhile, or a lost COMMIT of ours has: then it is there to be
 * found.
 */
async function foundOrCreated(db: Database, author: Author, references: readonly string[]): Promise<Ids> {
  const known = await db.reading((queries) => importedUsers(queries, references))
  const fresh = references.filter((reference) => !known.has(reference))
  if (fresh.length === 0) return known
  await db.transaction((tx) => createImportedUsers(tx, author, fresh), 'repeatable').catch(unlessDuplicate)
  const existing = new Map([...known, ...(await db.reading((queries) => importedUsers(queries, fresh)))])
  for (const reference of fresh.filter((one) => !existing.has(one))) {
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

/** MariaDB makes a join of an IN with 1,000 values or more, which takes longer. */
const skusAtOnce = 900

export async function productsOfSkus(queries: Queries, skus: readonly string[]): Promise<ExistingProduct[]> {
  const products: ExistingProduct[] = []
  for (let first = 0; first < skus.length; first += skusAtOnce) {
    const some = skus.slice(first, first + skusAtOnce)
    products.push(
      ...(await queries.rows<ExistingProduct>(
        `SELECT id, sku, price, stock, is_active FROM products WHERE sku IN (${some.map(() => '?').join(', ')})`,
        some,
      )),
    )
  }
  return products
}

/** What is remembered at once: a file may name more. */
const maxCachedIds = 50_000

/** Ids by name: those that were looked up lately. What was not found is asked for again. */
class IdCache {
  readonly #ids = new Map<string, number>()

  constructor(private readonly find: (names: readonly string[]) => Promise<ReadonlyMap<string, number>>) {}

  /** One question for all that are not remembered. */
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
