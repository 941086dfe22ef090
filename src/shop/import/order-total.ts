import { type Adjustment, adjustment, adjustmentCents } from '../orders/adjustments.ts'
import { fromCents, toCents } from '../orders/money.ts'
import type { ImportLine } from './merge-lines.ts'

/** The amounts that a file states about an order, in cents. */
export interface StatedAmounts {
  /** Undefined: the file has no total, or several. */
  readonly total: bigint | undefined
  readonly tax: bigint
  readonly refund: bigint
  /** The discounts of single lines, if the order has a discount of its own, too. */
  readonly lineDiscount: bigint
}

/** An amount of the file that is no part of the order. */
export interface AmountNotImported {
  readonly kind: string
  readonly amount: string
}

/** The total of an order in the file, and as it is imported. */
export interface TotalDifference {
  readonly inFile: string
  readonly imported: string
}

export interface OrderTotal {
  readonly adjustments: readonly Adjustment[]
  readonly notImported: readonly AmountNotImported[]
  /** Undefined: the totals are equal, or the file has none. */
  readonly difference: TotalDifference | undefined
}

/**
 * Compares an order with its total in the file. The total tells whether the prices include the tax, and whether the
 * discount of the order includes those of its lines. It also tells whether the lines are those that a refund left.
 */
export function orderTotal(
  lines: readonly ImportLine[],
  adjustments: readonly Adjustment[],
  stated: StatedAmounts,
): OrderTotal {
  const { total, tax, refund } = stated
  const goods = total === undefined ? undefined : centsOf(lines)
  const rest = total === undefined || goods === undefined ? undefined : total - goods - adjustmentCents(adjustments)
  const refunded = named('refund', refund)
  if (rest === undefined)
    return { adjustments, notImported: [...named('tax', tax), ...refunded], difference: undefined }
  const found = added(rest, stated) ?? (refund === 0n ? undefined : leftByRefund(rest - refund, stated))
  if (found === undefined)
    return {
      adjustments,
      notImported: [...named('tax', tax), ...refunded],
      difference: { inFile: fromCents(total ?? 0n), imported: fromCents((total ?? 0n) - rest) },
    }
  return {
    adjustments: withTax(lessDiscount(adjustments, found.discount), found.tax),
    notImported: [
      ...named(found.tax === 0n ? 'included tax' : 'refunded tax', tax - found.tax),
      ...(found.isRefunded ? [] : refunded),
    ],
    difference: undefined,
  }
}

/** The amounts that make up the rest of a total. */
interface Added {
  readonly tax: bigint
  readonly discount: bigint
  /** Whether the refund is taken out of the lines already. */
  readonly isRefunded: boolean
}

function added(rest: bigint, { tax, lineDiscount }: StatedAmounts, isRefunded = false): Added | undefined {
  return [
    { tax: 0n, discount: 0n, isRefunded },
    { tax, discount: 0n, isRefunded },
    { tax: 0n, discount: lineDiscount, isRefunded },
    { tax, discount: lineDiscount, isRefunded },
  ].find((one) => one.tax + one.discount === rest)
}

/** A refund may include a part of the tax, so that the rest of the total is the rest of the tax. */
function leftByRefund(rest: bigint, stated: StatedAmounts): Added | undefined {
  const exact = added(rest, stated, true)
  if (exact !== undefined) return exact
  return rest > 0n && rest < stated.tax ? { tax: rest, discount: 0n, isRefunded: true } : undefined
}

const named = (kind: string, cents: bigint): AmountNotImported[] =>
  cents === 0n ? [] : [{ kind, amount: fromCents(cents) }]

/** Undefined if a line has the price of the shop, which is not known here. */
function centsOf(lines: readonly ImportLine[]): bigint | undefined {
  let cents = 0n
  for (const { price, quantity } of lines) {
    if (price === undefined) return undefined
    cents += toCents(price) * BigInt(quantity)
  }
  return cents
}

function withTax(adjustments: readonly Adjustment[], cents: bigint): readonly Adjustment[] {
  const tax = adjustment('tax', fromCents(cents))
  return tax === undefined ? adjustments : [...adjustments, tax]
}

/** Takes an amount that is counted twice out of the discount of the order, which is the first one. */
function lessDiscount(adjustments: readonly Adjustment[], cents: bigint): readonly Adjustment[] {
  if (cents === 0n) return adjustments
  const first = adjustments.findIndex(({ kind }) => kind === 'discount')
  return adjustments.map((one, index) =>
    index === first ? { ...one, amount: fromCents(toCents(one.amount) + cents) } : one,
  )
}
