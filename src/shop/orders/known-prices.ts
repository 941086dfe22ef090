import type { Queries } from '../../db/queries.ts'

/** Beyond this number of products, all are forgotten. */
const mostProducts = 10_000

/**
 * The prices of products as they were last seen. They may be old: the statement that places a batch compares those that
 * it uses.
 */
export class KnownPrices {
  readonly #prices = new Map<number, string>()

  /** Resolves to the prices of these products, and reads those that are not known. A missing product has none. */
  async of(queries: Queries, productIds: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
    if (this.#prices.size > mostProducts) this.#prices.clear()
    const known = new Map<number, string>()
    const missing: number[] = []
    for (const id of productIds) {
      const price = this.#prices.get(id)
      if (price === undefined) missing.push(id)
      else known.set(id, price)
    }
    for (const { id, price } of await read(queries, missing)) {
      known.set(id, price)
      this.#prices.set(id, price)
    }
    return known
  }

  forget(productId: number): void {
    this.#prices.delete(productId)
  }
}

async function read(queries: Queries, ids: readonly number[]): Promise<{ id: number; price: string }[]> {
  if (ids.length === 0) return []
  return queries.rows(`SELECT id, price FROM products WHERE id IN (${ids.map(() => '?').join(', ')})`, ids)
}
