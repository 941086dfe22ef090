import { fromCents, toCents } from '../orders/money.ts'
import { type DifferingName, NameTally } from './differing-names.ts'
import type { AmountNotImported, TotalDifference } from './order-total.ts'

/** The counts of an import by name, its money and its time. */
export class Tally<Name extends string> {
  readonly counts: Readonly<Record<Name, number>>
  readonly #counts: Record<Name, number>
  readonly #started = performance.now()

  constructor(names: readonly Name[]) {
    this.#counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
    this.counts = this.#counts
  }

  add(counts: Readonly<Partial<Record<Name, number>>>): void {
    for (const [name, count] of Object.entries(counts) as [Name, number][]) this.#counts[name] += count
  }

  /** The seconds since the start, and `count` for each of them. */
  rate(count: number): { readonly seconds: number; readonly perSecond: number } {
    const seconds = (performance.now() - this.#started) / 1_000
    return { seconds: Number(seconds.toFixed(3)), perSecond: Number((count / seconds).toFixed(1)) }
  }
}

/** The counts of an import of rows. */
export const rowCounts = ['rows_read', 'created', 'updated', 'unchanged', 'skipped', 'rejected'] as const
/** The counts of users whose `is_admin` or password hash the file set. */
export const rightsCounts = ['admins', 'password_hashes'] as const

export class RowTally extends Tally<(typeof rowCounts | typeof rightsCounts)[number]> {
  /** Whether a row without a key was read. */
  hasKeyless = false
  readonly names = new NameTally()

  constructor() {
    super([...rowCounts, ...rightsCounts])
  }

  get changed(): number {
    return this.counts.created + this.counts.updated
  }
}

export type RowSummary = RowTally['counts'] & {
  readonly seconds: number
  readonly rows_per_second: number
  readonly differing_names: readonly DifferingName[]
}

export function rowSummary(tally: RowTally): RowSummary {
  const { seconds, perSecond } = tally.rate(tally.counts.rows_read)
  return { ...tally.counts, seconds, rows_per_second: perSecond, differing_names: tally.names.differing }
}

/**
 * The counts of an import of orders. `orders_existing` were placed before, mostly by an earlier run of the same file.
 * Orders that this run placed in an attempt whose connection was lost are among them.
 * `lines_read` counts lines of the file, `lines_placed` lines of orders.
 */
export const orderCounts = [
  'orders_placed',
  'orders_existing',
  'orders_rejected',
  'lines_read',
  'lines_placed',
  'units',
] as const

/** An amount that is no part of the orders, and the number of orders that have one. */
export interface AmountOfOrders extends AmountNotImported {
  readonly orders: number
}

/** The orders whose totals in the file are others, and the sums of both. */
export interface DifferingTotals {
  readonly orders: number
  readonly in_file: string
  readonly imported: string
}

export class OrderTally extends Tally<(typeof orderCounts)[number]> {
  #cents = 0n
  readonly #notImported = new Map<string, { cents: bigint; orders: number }>()
  readonly #differing = { orders: 0, inFile: 0n, imported: 0n }
  readonly names = new NameTally()

  constructor() {
    super(orderCounts)
  }

  addRevenue(cents: bigint): void {
    this.#cents += cents
  }

  get revenue(): string {
    return fromCents(this.#cents)
  }

  /** Adds the amounts by which an order of the file is not the order of the shop. */
  addAmounts(notImported: readonly AmountNotImported[], difference: TotalDifference | undefined): void {
    for (const { kind, amount } of notImported) {
      const { cents, orders } = this.#notImported.get(kind) ?? { cents: 0n, orders: 0 }
      this.#notImported.set(kind, { cents: cents + toCents(amount), orders: orders + 1 })
    }
    if (difference === undefined) return
    this.#differing.orders += 1
    this.#differing.inFile += toCents(difference.inFile)
    this.#differing.imported += toCents(difference.imported)
  }

  get notImported(): AmountOfOrders[] {
    return [...this.#notImported].map(([kind, { cents, orders }]) => ({ kind, amount: fromCents(cents), orders }))
  }

  get differing(): DifferingTotals {
    const { orders, inFile, imported } = this.#differing
    return { orders, in_file: fromCents(inFile), imported: fromCents(imported) }
  }
}

export type OrderSummary = OrderTally['counts'] & {
  readonly revenue: string
  readonly seconds: number
  readonly orders_per_second: number
  readonly amounts_not_imported: readonly AmountOfOrders[]
  readonly differing_totals: DifferingTotals
  readonly differing_names: readonly DifferingName[]
}

export function orderSummary(tally: OrderTally): OrderSummary {
  const { seconds, perSecond } = tally.rate(tally.counts.orders_placed)
  return {
    ...tally.counts,
    revenue: tally.revenue,
    seconds,
    orders_per_second: perSecond,
    amounts_not_imported: tally.notImported,
    differing_totals: tally.differing,
    differing_names: tally.names.differing,
  }
}
