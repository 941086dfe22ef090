/** Things that are settled in any order, and told in the order of their index. */
export class InOrder<T> {
  readonly #settled = new Map<number, T | undefined>()
  #next = 0

  constructor(private readonly tell: (value: T) => Promise<void>) {}

  /** `undefined` is settled with nothing to tell. Resolves when what could be told now has been. */
  async settle(index: number, value: T | undefined): Promise<void> {
    this.#settled.set(index, value)
    const ready: T[] = []
    for (; this.#settled.has(this.#next); this.#next += 1) {
      const told = this.#settled.get(this.#next)
      this.#settled.delete(this.#next)
      if (told !== undefined) ready.push(told)
    }
    await Promise.all(ready.map((told) => this.tell(told)))
  }

  /** Tells what waited for something that was never settled. */
  async finish(): Promise<void> {
    const rest = [...this.#settled]
      .sort(([a], [b]) => a - b)
      .flatMap(([, value]) => (value === undefined ? [] : [value]))
    this.#settled.clear()
    await Promise.all(rest.map((value) => this.tell(value)))
  }
}
