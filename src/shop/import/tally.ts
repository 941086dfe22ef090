import { fromCents, toCents } from '../orders/money.ts'
import type { DraftOrder } from './draft-order.ts'
import type { Taken } from './outcome.ts'

/** How an import went. `lines_read` are lines of the file, `lines_placed` lines of orders. */
export interface ImportSummary {
  readonly orders_placed: number
  /** Placed by an earlier run of the same file. */
  readonly orders_existing: number
  readonly orders_rejected: number
  readonly lines_read: number
  readonly lines_placed: number
  readonly units: number
  readonly revenue: string
  readonly seconds: number
  readonly orders_per_second: number
}

export class Tally {
  placed = 0
  existing = 0
  rejected = 0
  #linesRead = 0
  #linesPlaced = 0
  #units = 0
  #cents = 0n
  readonly #started = performance.now()

  read({ records }: DraftOrder): void {
    this.#linesRead += records.length
  }

  took({ lines }: DraftOrder, { outcome, totalAmount }: Taken): void {
    if (outcome === 'existing') {
      this.existing += 1
      return
    }
    this.placed += 1
    this.#linesPlaced += lines.length
    this.#units += lines.reduce((sum, { quantity }) => sum + quantity, 0)
    this.#cents += toCents(totalAmount)
  }

  summary(): ImportSummary {
    const seconds = (performance.now() - this.#started) / 1_000
    return {
      orders_placed: this.placed,
      orders_existing: this.existing,
      orders_rejected: this.rejected,
      lines_read: this.#linesRead,
      lines_placed: this.#linesPlaced,
      units: this.#units,
      revenue: fromCents(this.#cents),
      seconds: Number(seconds.toFixed(3)),
      orders_per_second: Number((this.placed / seconds).toFixed(1)),
    }
  }
}
