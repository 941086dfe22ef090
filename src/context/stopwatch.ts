/** How much of the time statements were under way: of two at once, no moment counts twice. For `--timing`. */
export class Stopwatch {
  #statements = 0
  /** When there was at least one, in the order of time, with gaps in between. */
  readonly #busy: { from: number; to: number }[] = []

  /** A statement that took `ms` has ended. */
  ended(ms: number, at = performance.now()): void {
    this.#statements += 1
    let from = at - ms
    for (let last = this.#busy.at(-1); last !== undefined && last.to >= from; last = this.#busy.at(-1)) {
      from = Math.min(from, last.from)
      this.#busy.pop()
    }
    this.#busy.push({ from, to: at })
  }

  get statements(): number {
    return this.#statements
  }

  get busyMs(): number {
    return this.#busy.reduce((sum, { from, to }) => sum + to - from, 0)
  }
}
