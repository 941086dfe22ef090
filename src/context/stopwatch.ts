/**
 * How long the work took, and how much of that statements were under way: of two at once, no moment counts twice. For
 * `--timing`.
 */
export class Stopwatch {
  #stoppedMs: number | undefined
  #statements = 0
  /** When there was at least one, in the order of time, with gaps in between. */
  readonly #busy: { from: number; to: number }[] = []

  /** `startedMs`, of performance.now(): when the work began. */
  constructor(private readonly startedMs = performance.now()) {}

  stop(): void {
    this.#stoppedMs = performance.now()
  }

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

  read(): { ms: number; databaseMs: number; statements: number } {
    const ms = (this.#stoppedMs ?? performance.now()) - this.startedMs
    return {
      ms,
      databaseMs: this.#busy.reduce((sum, { from, to }) => sum + to - from, 0),
      statements: this.#statements,
    }
  }
}
