import { fromCents, toCents } from '../orders/money.ts'
import type { Applied } from './decide-orders.ts'
import type { DraftOrder } from './draft-order.ts'
import type { RowCounts } from './row-writer.ts'

/** The counts of an import of orders. `lines_read` counts lines of the file, `lines_placed` lines of orders. */
export interface ImportSummary {
  readonly orders_placed: number
  /** Orders that an earlier run of the same file placed. */
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

  onApplied({ lines }: DraftOrder, { outcome, totalAmount }: Applied): void {
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

/** The counts of an import of rows. */
export interface RowSummary {
  readonly rows_read: number
  readonly created: number
  readonly updated: number
  /** Rows that already matched the file. */
  readonly unchanged: number
  /** Existing rows that were left unchanged. */
  readonly skipped: number
  readonly rejected: number
  /** Users whose `is_admin` or password hash the file set. */
  readonly admins: number
  readonly password_hashes: number
  readonly seconds: number
  readonly rows_per_second: number
}

export class RowTally {
  rejected = 0
  /** Whether a row without a key was read. */
  hasKeyless = false
  #read = 0
  readonly #counts = { created: 0, updated: 0, unchanged: 0, skipped: 0, admins: 0, password_hashes: 0 }
  readonly #started = performance.now()

  read(rows: number): void {
    this.#read += rows
  }

  onApplied(counts: RowCounts): void {
    for (const name of Object.keys(this.#counts) as (keyof RowCounts)[]) this.#counts[name] += counts[name]
  }

  get counts(): RowCounts {
    return this.#counts
  }

  get changed(): number {
    return this.#counts.created + this.#counts.updated
  }

  summary(): RowSummary {
    const seconds = (performance.now() - this.#started) / 1_000
    return {
      rows_read: this.#read,
      ...this.#counts,
      rejected: this.rejected,
      seconds: Number(seconds.toFixed(3)),
      rows_per_second: Number((this.#read / seconds).toFixed(1)),
    }
  }
}
