import { fromCents, toCents } from '../orders/money.ts'

export interface Skipped {
  readonly reason: string
  readonly records: number
}

export interface AmountNotImported {
  readonly kind: string
  readonly amount: string
  readonly orders: number
}

/** The changes and omissions of one reading of a file, to be reported at its end. */
export class ReadReport {
  readonly #skipped = new Map<string, number>()
  readonly #amounts = new Map<string, { cents: bigint; orders: number; lastRef: string | undefined }>()
  readonly #unknownStatuses = new Map<string, number>()
  #rounded = 0

  /** Forgets everything: a file is read from its beginning again. */
  restart(): void {
    this.#skipped.clear()
    this.#amounts.clear()
    this.#unknownStatuses.clear()
    this.#rounded = 0
  }

  skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1)
  }

  round(): void {
    this.#rounded += 1
  }

  unknownStatus(text: string): void {
    this.#unknownStatuses.set(text, (this.#unknownStatuses.get(text) ?? 0) + 1)
  }

  /** Adds an amount of an order. `perOrder`: the lines of one order repeat it. */
  addAmount(kind: string, amount: string, ref: string | undefined, perOrder: boolean): void {
    const cents = toCents(amount)
    if (cents === 0n) return
    const total = this.#amounts.get(kind) ?? { cents: 0n, orders: 0, lastRef: undefined }
    const isSameOrder = total.lastRef !== undefined && total.lastRef === ref
    this.#amounts.set(kind, {
      cents: total.cents + (isSameOrder && perOrder ? 0n : cents),
      orders: total.orders + (isSameOrder ? 0 : 1),
      lastRef: ref,
    })
  }

  get skipped(): Skipped[] {
    return [...this.#skipped].map(([reason, records]) => ({ reason, records }))
  }

  get amounts(): AmountNotImported[] {
    return [...this.#amounts].map(([kind, { cents, orders }]) => ({ kind, amount: fromCents(cents), orders }))
  }

  get rounded(): number {
    return this.#rounded
  }

  get unknownStatuses(): string[] {
    return [...this.#unknownStatuses.keys()]
  }
}
