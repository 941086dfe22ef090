import type { SourceRecord } from '../../files/record.ts'
import { quotedForShell, quoteValue } from '../../values.ts'

const begins = /^(?:(?:grand |sub)?totals?|sum(?:me)?|gesamt(?:summe)?|endsumme|totaal|totale|suma)\b/i

/** Whether a text begins like that of a row of totals, as reports have at their end. */
const beginsAsTotal = (text = ''): boolean => begins.test(text)

/** Whether a text is no more than that. */
export const isTotal = (text = ''): boolean => beginsAsTotal(text) && /^[\s:]*$/.test(text.replace(begins, ''))

/** The fault of a row of totals, with the flag that skips it. */
export const totalFault = (field: string, text: string, wayOut = ''): string =>
  `${quoteValue(text)} seems to be the total of the file: delete the line${wayOut}, ` +
  `or add --skip ${field}=${quotedForShell(text)}`

/** A row of totals at the end of a report has no reference, and would continue the order above it. */
export function faultsOfTotals(records: readonly SourceRecord[]): string[] {
  const { order_ref: ref, sku, product_name: name } = records.at(-1)?.values ?? {}
  if (ref !== undefined) return sku === undefined && isTotal(ref) ? [totalFault('order_ref', ref)] : []
  if (records.length === 1) return []
  const [[field, text] = []] = Object.entries({ sku, product_name: name }).filter(([, one]) => beginsAsTotal(one))
  return field === undefined || text === undefined ? [] : [totalFault(field, text, ', give it its order_ref')]
}
