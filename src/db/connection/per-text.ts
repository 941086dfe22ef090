const mostTexts = 200
/** A longer text has its values pasted in, and hardly comes again. */
const longestText = 10_000

/** Finds something out about statements, and remembers it: a program sends the same texts again and again. */
export class PerText<T> {
  readonly #find: (sql: string) => T
  readonly #found = new Map<string, T>()

  constructor(find: (sql: string) => T) {
    this.#find = find
  }

  of(sql: string): T {
    if (sql.length > longestText) return this.#find(sql)
    const known = this.#found.get(sql)
    if (known !== undefined) return known
    const found = this.#find(sql)
    if (this.#found.size >= mostTexts) this.#found.clear()
    this.#found.set(sql, found)
    return found
  }
}
