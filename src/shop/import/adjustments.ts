import type { SourceRecord } from '../../files/record.ts'
import { fromCents, toCents } from '../orders/money.ts'

const kinds = ['shipping', 'discount', 'tax'] as const
type AdjustmentKind = (typeof kinds)[number]

/** An amount of an order besides its lines: the total of the order is the sum of both. */
export interface Adjustment {
  readonly kind: AdjustmentKind
  readonly label: string
  /** Money with two decimals; a discount is negative. */
  readonly amount: string
}

/**
 * The amounts in a file, all of them positive. An amount of an order is on one of its lines, or repeated on all. The
 * amounts of single lines add up.
 */
export type AmountField = AdjustmentKind | `line_${AdjustmentKind}`

export const amountFields: readonly AmountField[] = kinds.flatMap((kind) => [kind, `line_${kind}` as const])

export const isPerOrder = (field: AmountField): boolean => !field.startsWith('line_')

const none: readonly Adjustment[] = []

/** The amounts of an order besides its lines. Calls `onFault` for a line that contradicts an earlier one. */
export function adjustmentsOf(
  all: readonly SourceRecord[],
  onFault: (line: number, fault: string) => void,
): readonly Adjustment[] {
  const records = all.filter(({ fault }) => fault === undefined)
  if (!records.some(({ values }) => amountFields.some((field) => values[field] !== undefined))) return none
  return kinds.flatMap((kind) => {
    const ofOrder = amountOfOrder(kind, records, onFault)
    const ofLines = records.map(({ values }) => toCents(values[`line_${kind}`] ?? '0'))
    const cents = ofLines.reduce((sum, line) => sum + line, toCents(ofOrder ?? '0'))
    if (cents === 0n) return []
    return [{ kind, label: kind, amount: `${kind === 'discount' ? '-' : ''}${fromCents(cents)}` }]
  })
}

function amountOfOrder(
  kind: AdjustmentKind,
  records: readonly SourceRecord[],
  onFault: (line: number, fault: string) => void,
): string | undefined {
  let first: { amount: string; line: number } | undefined
  for (const { line, values } of records) {
    const amount = values[kind]
    if (amount === undefined) continue
    first ??= { amount, line }
    if (amount !== first.amount)
      onFault(line, `${kind} is ${amount} here, but ${first.amount} on line ${first.line} of the same order`)
  }
  return first?.amount
}
