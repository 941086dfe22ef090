import type { Taken } from './row-writer.ts'

/** How an import of rows went. */
export interface RowSummary {
  readonly rows_read: number
  readonly created: number
  readonly updated: number
  /** They were so already. */
  readonly unchanged: number
  /** They were there, and were left as they are. */
  readonly skipped: number
  readonly rejected: number
  readonly seconds: number
  readonly rows_per_second: number
}

export class RowTally {
  rejected = 0
  #read = 0
  readonly #taken = { created: 0, updated: 0, unchanged: 0, skipped: 0 }
  readonly #started = performance.now()

  read(rows: number): void {
    this.#read += rows
  }

  took(taken: Taken): void {
    for (const name of ['created', 'updated', 'unchanged', 'skipped'] as const) this.#taken[name] += taken[name]
  }

  get taken(): Taken {
    return this.#taken
  }

  summary(): RowSummary {
    const seconds = (performance.now() - this.#started) / 1_000
    return {
      rows_read: this.#read,
      ...this.#taken,
      rejected: this.rejected,
      seconds: Number(seconds.toFixed(3)),
      rows_per_second: Number((this.#read / seconds).toFixed(1)),
    }
  }
}
