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

/** Remembers the answers of `find`; a failure is not remembered. */
class Memory<T> {
  readonly #answers = new Map<string, Promise<T>>()

  get(key: string, find: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = find()
    this.#answers.set(key, answer)
    answer.catch(() => this.#answers.delete(key))
    return answer
  }
}

/** Only what the shop already has. Rejects with NOT_FOUND. */
export class KnownCatalog implements Catalog {
  readonly #users = new Memory<number>()
  readonly #products = new Memory<number>()

  constructor(private readonly queries: Queries) {}

  userId(reference: string): Promise<number> {
    return this.#users.get(reference, async () => {
      const id = await knownUser(this.queries, reference)
      if (id === undefined) throw new DbtoolError('NOT_FOUND', `there is no user ${shown(reference)}`, { hint: 'create the user first, or add --create-missing' })
      return id
    })
  }

  productIds(lines: readonly ImportLine[]): Promise<number[]> {
    const id = async (sku: string): Promise<number> => {
      const found = await productId(this.queries, sku)
      if (found === undefined) throw new DbtoolError('NOT_FOUND', `there is no product with SKU ${shown(sku)}`, { hint: 'create the product first, or add --create-missing' })
      return found
    }
    return Promise.all(lines.map(({ sku }) => this.#products.get(sku, () => id(sku))))
  }
}

/** Creates users and products that are met for the first time, each in a transaction of its own before its first order. */
export class GrowingCatalog implements Catalog {
  readonly #users = new Memory<number>()
  readonly #products = new Memory<number>()

  constructor(
    private readonly db: Database,
    private readonly author: Author,
    private readonly initialStock: number,
  ) {}

  userId(reference: string): Promise<number> {
    return this.#users.get(reference, async () => (await importedUser(this.db, reference)) ?? this.db.transaction((tx) => createImportedUser(tx, this.author, reference)))
  }

  productIds(lines: readonly ImportLine[]): Promise<number[]> {
    return Promise.all(lines.map((line) => this.#products.get(line.sku, () => this.productFor(line))))
  }

  private async productFor({ sku, productName, price }: ImportLine): Promise<number> {
    const found = await productId(this.db, sku)
    if (found !== undefined) return found
    if (price === undefined) throw new DbtoolError('NOT_FOUND', `there is no product with SKU ${shown(sku)}, and without a price it cannot be created`)
    const product = { sku, name: productName ?? sku, price, stock: this.initialStock }
    try {
      return (await this.db.transaction((tx) => insertProduct(tx, this.author, product))).id
    } catch (error) {
      const meanwhile = await productId(this.db, sku)
      if (meanwhile === undefined) throw error
      return meanwhile
    }
  }
}

async function productId(queries: Queries, sku: string): Promise<number | undefined> {
  const [row] = await queries.prepared<{ id: number }>('SELECT id FROM products WHERE sku = ?', [sku])
  return row?.id
}
