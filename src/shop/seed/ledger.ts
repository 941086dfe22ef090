import { fromCents } from '../orders/money.ts'
import type { OrderLine } from '../orders/place-order.ts'
import type { Good } from './goods.ts'
import type { SeedOrder } from './orders.ts'

/** Adds up the orders of a year in their order. So every other row can be written once, in its final state. */
export class Ledger {
  lines = 0
  /** Units and revenue of the orders that are not cancelled. */
  units = 0
  #cents = 0
  readonly #sold = new Map<number, number>()
  readonly #times = new Map<number, number>()
  readonly #lastOrdered = new Map<number, number>()
  readonly #firstOrder = new Map<number, number>()

  constructor(private readonly goods: readonly Good[]) {}

  add({ userId, placed, status, lines }: SeedOrder): void {
    this.lines += lines.length
    if (!this.#firstOrder.has(userId)) this.#firstOrder.set(userId, placed)
    for (const { productId } of lines) this.#lastOrdered.set(productId, placed)
    if (status === 'cancelled') return
    this.#cents += this.centsOf(lines)
    for (const { productId, quantity } of lines) {
      this.units += quantity
      this.#sold.set(productId, this.sold(productId) + quantity)
      this.#times.set(productId, this.timesOrdered(productId) + 1)
    }
  }

  centsOf(lines: readonly OrderLine[]): number {
    return lines.reduce((sum, { productId, quantity }) => sum + this.priceOf(productId) * quantity, 0)
  }

  priceOf(productId: number): number {
    return this.goods[productId - 1]?.priceCents ?? 0
  }

  get revenue(): string {
    return fromCents(BigInt(this.#cents))
  }

  /** Units sold in orders that are not cancelled. */
  sold(productId: number): number {
    return this.#sold.get(productId) ?? 0
  }

  /** Order lines in orders that are not cancelled. */
  timesOrdered(productId: number): number {
    return this.#times.get(productId) ?? 0
  }

  /** Seconds from the start of the year; undefined for a product without orders. */
  lastOrdered(productId: number): number | undefined {
    return this.#lastOrdered.get(productId)
  }

  firstOrder(userId: number): number | undefined {
    return this.#firstOrder.get(userId)
  }
}
