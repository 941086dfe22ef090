/** Passes on results in the order of their index, whatever the order in which they complete. */
export class InOrder<T> {
  readonly #completed = new Map<number, T | undefined>()
  #next = 0

  constructor(private readonly onNext: (value: T) => Promise<void>) {}

  /**
   * Completes an index; `undefined` has no result to pass on. Resolves once every result that is ready has been passed
   * on.
   */
  async complete(index: number, value: T | undefined): Promise<void> {
    this.#completed.set(index, value)
    const ready: T[] = []
    for (; this.#completed.has(this.#next); this.#next += 1) {
      const next = this.#completed.get(this.#next)
      this.#completed.delete(this.#next)
      if (next !== undefined) ready.push(next)
    }
    await Promise.all(ready.map((value) => this.onNext(value)))
  }

  /** Passes on the results that waited for an index that was never completed. */
  async finish(): Promise<void> {
    const rest = [...this.#completed]
      .sort(([a], [b]) => a - b)
      .flatMap(([, value]) => (value === undefined ? [] : [value]))
    this.#completed.clear()
    await Promise.all(rest.map((value) => this.onNext(value)))
  }
}
