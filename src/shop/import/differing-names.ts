/** A name of a product in the file, and the one that the product has. */
export interface OtherName {
  readonly sku: string
  readonly kept: string
  readonly name: string
}

/** A product with other names in the file than its own. */
export interface DifferingName {
  readonly sku: string
  readonly kept: string
  readonly others: readonly string[]
}

/** The products with other names that are remembered, and the names of each, so that no file fills the memory. */
const mostNamed = 50_000
const mostNames = 20

/** The names in a file that products do not have. */
export class NameTally {
  readonly #bySku = new Map<string, { readonly kept: string; readonly others: Set<string> }>()

  add(names: readonly OtherName[]): void {
    for (const { sku, kept, name } of names) {
      const found = this.#bySku.get(sku)
      if (found === undefined) {
        if (this.#bySku.size < mostNamed) this.#bySku.set(detached(sku), { kept, others: new Set([detached(name)]) })
      } else if (found.others.size < mostNames && !found.others.has(name)) found.others.add(detached(name))
    }
  }

  get differing(): DifferingName[] {
    return [...this.#bySku]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([sku, { kept, others }]) => ({ sku, kept, others: [...others].sort() }))
  }
}

/** A copy of a text that does not keep the whole block of the file in memory. */
const detached = (text: string): string => Buffer.from(text).toString()
