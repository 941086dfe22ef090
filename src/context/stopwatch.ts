/**
 * Measures the duration of a command for `--timing`, and the part of it during which statements were running.
 * Concurrent statements count only once.
 */
export class Stopwatch {
  #stoppedMs: number | undefined
  #statements = 0
  /** Intervals with at least one running statement, in order of time, without overlap. */
  readonly #busy: { from: number; to: number }[] = []

  /** `startedMs` is the start of the work, on the clock of performance.now(). */
  constructor(private readonly startedMs = performance.now()) {}

  /** Ends the measurement of the work. */
  stop(): void {
    this.#stoppedMs = performance.now()
  }

  /** Records a statement that took `ms` milliseconds and ended at `at`. */
  ended(ms: number, at = performance.now()): void {
    this.#statements += 1
    let from = at - ms
    for (let last = this.#busy.at(-1); last !== undefined && last.to >= from; last = this.#busy.at(-1)) {
      from = Math.min(from, last.from)
      this.#busy.pop()
    }
    this.#busy.push({ from, to: at })
  }

  /** The times so far, in milliseconds, and the number of statements. */
  read(): { ms: number; databaseMs: number; statements: number } {
    const ms = (this.#stoppedMs ?? performance.now()) - this.startedMs
    return {
      ms,
      databaseMs: this.#busy.reduce((sum, { from, to }) => sum + to - from, 0),
      statements: this.#statements,
    }
  }
}
