import { adjustmentKinds, type AdjustmentKind } from '../orders/adjustments.ts'

/** Amounts of single lines of an order, which add up to an amount of the order. */
export type LineAmountField = `line_${AdjustmentKind}`
export const lineAmountFields: readonly LineAmountField[] = adjustmentKinds.map((kind) => `line_${kind}` as const)

/**
 * Amounts that the file states about an order, and that are no part of it as such. The total is compared, the prices
 * may include the tax already, and a refund changes no order.
 */
export const reportedAmountFields = [
  'reported_total',
  'reported_line_total',
  'reported_tax',
  'reported_line_tax',
  'reported_refund',
] as const
export type ReportedAmountField = (typeof reportedAmountFields)[number]

export type AmountField = AdjustmentKind | LineAmountField | ReportedAmountField
export const amountFields: readonly AmountField[] = [...adjustmentKinds, ...lineAmountFields, ...reportedAmountFields]

/** The amounts that a file states once for each order, on any of its lines. */
export const orderAmountFields: readonly AmountField[] = [
  ...adjustmentKinds,
  'reported_total',
  'reported_tax',
  'reported_refund',
]

export const isReported = (field: string): boolean => field.startsWith('reported_')
