import { InvalidValue } from '../../errors.ts'
import { parsePrice } from '../rules.ts'
import { fromCents, toCents } from './money.ts'

/** The kinds of amounts that an order has beside its lines. */
export const adjustmentKinds = ['shipping', 'discount', 'tax'] as const
/** The kind of an adjustment. */
export type AdjustmentKind = (typeof adjustmentKinds)[number]

/** An amount beside the lines of an order. Discounts are negative; shipping and tax are not. */
export interface Adjustment {
  readonly kind: AdjustmentKind
  /** Its name on the invoice. */
  readonly label: string | null
  /** A decimal text with two decimals. */
  readonly amount: string
}

/** An adjustment to make. A discount is deducted, with or without a minus sign. */
export interface NewAdjustment extends Pick<Adjustment, 'kind' | 'amount'> {
  readonly label?: string | null | undefined
}

/** Makes the adjustment of an amount without sign; undefined for zero. */
export function adjustment(kind: AdjustmentKind, amount: string, label: string | null = null): Adjustment | undefined {
  const cents = toCents(amount)
  return cents === 0n ? undefined : { kind, label, amount: fromCents(kind === 'discount' ? -cents : cents) }
}

export const adjustmentCents = (adjustments: readonly Adjustment[]): bigint =>
  adjustments.reduce((sum, { amount }) => sum + toCents(amount), 0n)

/** Parses an amount of an adjustment to a decimal without sign. A discount may have a minus sign. */
export function parseAdjustment(kind: AdjustmentKind): (text: string) => string {
  return (text) => {
    if (kind !== 'discount' && text.startsWith('-')) throw new InvalidValue('must not be negative')
    return parsePrice(kind === 'discount' ? text.replace(/^-(?=\d)/, '') : text)
  }
}

/** The sum of each kind; null if an order has none of it. */
export type AdjustmentSums = Readonly<Record<AdjustmentKind, string | null>>

export function adjustmentSums(adjustments: readonly Adjustment[]): AdjustmentSums {
  const sumOf = (kind: AdjustmentKind): string | null => {
    const some = adjustments.filter((one) => one.kind === kind)
    return some.length === 0 ? null : fromCents(adjustmentCents(some))
  }
  return { shipping: sumOf('shipping'), discount: sumOf('discount'), tax: sumOf('tax') }
}
