import { adjustmentKinds, type AdjustmentKind } from '../orders/adjustments.ts'

/** Amounts of single lines of an order, which add up to an amount of the order. */
export type LineAmountField = `line_${AdjustmentKind}`
export const lineAmountFields: readonly LineAmountField[] = adjustmentKinds.map((kind) => `line_${kind}` as const)

/** Amounts that are only reported: the price of another system may include its tax, or may not. */
export const reportedAmountFields = ['reported_tax', 'reported_line_tax'] as const
export type ReportedAmountField = (typeof reportedAmountFields)[number]

export type AmountField = AdjustmentKind | LineAmountField | ReportedAmountField
export const amountFields: readonly AmountField[] = [...adjustmentKinds, ...lineAmountFields, ...reportedAmountFields]
