import { quotedForShell } from '../../values.ts'
import { quoteValue } from '../rules.ts'

const begins = /^(?:(?:grand |sub)?totals?|sum(?:me)?|gesamt(?:summe)?|endsumme|totaal|totale|suma)\b/i

/** Whether a text begins like that of a row of totals, as reports have at their end. */
export const beginsAsTotal = (text = ''): boolean => begins.test(text)

/** Whether a text is no more than that. */
export const isTotal = (text = ''): boolean => beginsAsTotal(text) && /^[\s:]*$/.test(text.replace(begins, ''))

/** The fault of a row of totals, with the flag that skips it. */
export const totalFault = (field: string, text: string, wayOut = ''): string =>
  `${quoteValue(text)} seems to be the total of the file: delete the line${wayOut}, ` +
  `or add --skip ${field}=${quotedForShell(text)}`
