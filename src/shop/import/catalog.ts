import type { Database } from '../../db/database.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { insertProduct } from '../products.ts'
import type { Author } from '../logs.ts'
import { shown } from '../rules.ts'
import type { ImportLine } from './order-line.ts'
import { createImportedUser, importedUser, knownUser } from './references.ts'

/** The ids of a file's users and products. Each is asked for once; several orders may wait for the same answer. */
export interface Catalog {
  userId(reference: string): Promise<number>
  /** In the order of `lines`. */
  productIds(lines: readonly ImportLine[]): Promise<number[]>
}

type Ids = ReadonlyMap<string, number>

/** Remembers ids; what was not found, or failed, is asked for again. */
class Memory<K> {
  readonly #ids = new Map<string, Promise<number | undefined>>()

  constructor(
    private readonly keyOf: (wanted: K) => string,
    private readonly find: (wanted: readonly K[]) => Promise<Ids>,
  ) {}

  /** One question for all that are not known yet. */
  ids(wanted: readonly K[]): Promise<(number | undefined)[]> {
    const unknown = wanted.filter((one) => !this.#ids.has(this.keyOf(one)))
    if (unknown.length > 0) this.ask(unknown)
    return Promise.all(wanted.map((one) => this.#ids.get(this.keyOf(one)) ?? Promise.resolve(undefined)))
  }

  private ask(unknown: readonly K[]): void {
    const found = this.find(unknown)
    for (const key of unknown.map(this.keyOf)) {
      const id = found.then((ids) => ids.get(key))
      this.#ids.set(key, id)
      const forget = (): boolean => this.#ids.delete(key)
      id.then((known) => known === undefined && forget(), forget)
    }
  }
}

const createHint = 'create it first, or add --create-missing'

/** In a catalog that grows, only the price can be what is missing. */
export function noProduct(skus: readonly string[], kind: 'known' | 'growing'): DbtoolError {
  const names = skus.map(shown).join(', ')
  return kind === 'known'
    ? new DbtoolError('NOT_FOUND', `there is no product with SKU ${names}`, { hint: createHint })
    : new DbtoolError('NOT_FOUND', `there is no product with SKU ${names}, and without a price it cannot be created`, { hint: 'give it a price in the file' })
}

class RememberingCatalog implements Catalog {
  readonly #users: Memory<string>
  readonly #products: Memory<ImportLine>

  constructor(
    findUsers: (references: readonly string[]) => Promise<Ids>,
    findProducts: (lines: readonly ImportLine[]) => Promise<Ids>,
    private readonly kind: 'known' | 'growing',
  ) {
    this.#users = new Memory((reference) => reference, findUsers)
    this.#products = new Memory(({ sku }) => sku, findProducts)
  }

  async userId(reference: string): Promise<number> {
    const [id] = await this.#users.ids([reference])
    if (id === undefined) throw new DbtoolError('NOT_FOUND', `there is no user ${shown(reference)}`, { hint: createHint })
    return id
  }

  async productIds(lines: readonly ImportLine[]): Promise<number[]> {
    const ids = await this.#products.ids(lines)
    const missing = lines.filter((_line, index) => ids[index] === undefined).map(({ sku }) => sku)
    if (missing.length > 0) throw noProduct(missing, this.kind)
    return ids.flatMap((id) => id ?? [])
  }
}

/** Only what the shop already has. */
export function knownCatalog(db: Database): Catalog {
  const findUser = async ([reference = '']: readonly string[]): Promise<Ids> => idsOf(reference, await db.reading((queries) => knownUser(queries, reference)))
  return new RememberingCatalog(findUser, (lines) => db.reading((queries) => productIds(queries, lines)), 'known')
}

/** Creates what is met for the first time, before its first order; a product needs a price for that. */
export function growingCatalog(db: Database, author: Author, initialStock: number): Catalog {
  const findUser = async ([reference = '']: readonly string[]): Promise<Ids> =>
    idsOf(reference, (await db.reading((queries) => importedUser(queries, reference))) ?? (await createUser(db, author, reference)))
  const findProducts = async (lines: readonly ImportLine[]): Promise<Ids> => {
    const known = await db.reading((queries) => productIds(queries, lines))
    const fresh = lines.filter(({ sku, price }) => !known.has(sku) && price !== undefined)
    if (fresh.length === 0) return known
    // Another process that imports may create the same product, or a lost COMMIT of ours has: then all are there to be found.
    await db.transaction((tx) => insertAll(tx, author, fresh, initialStock), 'repeatable').catch(async (error: unknown) => {
      if (!(error instanceof DbtoolError) || error.code !== 'DUPLICATE') throw error
      for (const line of fresh) await createUnlessThere(db, author, line, initialStock)
    })
    return db.reading((queries) => productIds(queries, lines))
  }
  return new RememberingCatalog(findUser, findProducts, 'growing')
}

const idsOf = (reference: string, id: number | undefined): Ids => new Map(id === undefined ? [] : [[reference, id]])

/** A COMMIT that was lost may have created it already. */
function createUser(db: Database, author: Author, reference: string): Promise<number> {
  return db.transaction(async (tx) => (await importedUser(tx, reference)) ?? createImportedUser(tx, author, reference), 'repeatable')
}

async function insertAll(queries: Queries, author: Author, lines: readonly ImportLine[], stock: number): Promise<void> {
  for (const { sku, productName, price = '0.00' } of lines) await insertProduct(queries, author, { sku, name: productName ?? sku, price, stock })
}

async function createUnlessThere(db: Database, author: Author, line: ImportLine, stock: number): Promise<void> {
  await db.transaction((tx) => insertAll(tx, author, [line], stock), 'repeatable').catch((error: unknown) => {
    if (!(error instanceof DbtoolError) || error.code !== 'DUPLICATE') throw error
  })
}

async function productIds(queries: Queries, lines: readonly ImportLine[]): Promise<Ids> {
  const marks = lines.map(() => '?').join(', ')
  const rows = await queries.rows<{ id: number; sku: string }>(`SELECT id, sku FROM products WHERE sku IN (${marks})`, lines.map(({ sku }) => sku))
  return new Map(rows.map(({ id, sku }) => [sku, id]))
}
