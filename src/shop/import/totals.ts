import { quotedForShell } from '../../values.ts'
import { quoteValue } from '../rules.ts'

const words = '(?:(?:grand |sub)?totals?|sum(?:me)?|gesamt(?:summe)?|endsumme|totaal|totale|suma)'
const begins = new RegExp(`^${words}\\b`, 'i')
const whole = new RegExp(`^${words}\\s*:?$`, 'i')

/** Whether a text is that of a row of totals, as reports have at their end. */
export const isTotal = (text: string | undefined): boolean => whole.test(text ?? '')

/** Whether a text begins like one. */
export const beginsAsTotal = (text: string | undefined): boolean => begins.test(text ?? '')

/** The fault of a row of totals, with the flag that skips it. */
export const totalFault = (field: string, text: string, wayOut = ''): string =>
  `${quoteValue(text)} seems to be the total of the file: delete the line${wayOut}, ` +
  `or add --skip ${field}=${quotedForShell(text)}`
