/** What is remembered at once: a file may name more. */
const mostRemembered = 50_000

/** Ids by name: those that were looked up lately. What was not found is asked for again. */
export class Remembered {
  readonly #ids = new Map<string, number>()

  constructor(private readonly find: (names: readonly string[]) => Promise<ReadonlyMap<string, number>>) {}

  /** One question for all that are not remembered. */
  async ids(names: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    const wanted = [...new Set(names)]
    const there = new Map(
      wanted.flatMap((name): [string, number][] => {
        const id = this.#ids.get(name)
        return id === undefined ? [] : [[name, id]]
      }),
    )
    const unknown = wanted.filter((name) => !there.has(name))
    if (unknown.length === 0) return there
    for (const [name, id] of await this.find(unknown)) {
      there.set(name, id)
      this.remember(name, id)
    }
    return there
  }

  private remember(name: string, id: number): void {
    this.#ids.set(name, id)
    const [oldest = name] = this.#ids.keys()
    if (this.#ids.size > mostRemembered) this.#ids.delete(oldest)
  }
}
