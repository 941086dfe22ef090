import { shortenedNumber } from '../rules.ts'
import { amountFields } from './amount-fields.ts'

const names = new Set(['order_ref', 'user', 'sku', 'username'])

const money = new Set<string>(['price', ...amountFields])
const times = new Set(['ordered_at', 'created_at', 'last_login'])

/** The shapes of values that a flag of the import can read, in the order in which they are looked for. */
const shapes: readonly { fields: ReadonlySet<string>; shape: RegExp; flag: string }[] = [
  {
    fields: money,
    shape: /^[-+(]?\s*(?:\p{Sc}|\p{L}{1,3}\.?)\s*[-+]?[\d.,'’][\d.,'’\s]*\)?$/u,
    flag: '--currency-sign',
  },
  { fields: money, shape: /^[-+(]?[\d.,'’\s]+(?:\p{Sc}|\p{L}{1,3}\.?)\)?$/u, flag: '--currency-sign' },
  { fields: money, shape: /^[\d.\s'’]*\d,\d{1,2}$/, flag: '--decimal-comma' },
  { fields: money, shape: /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/, flag: '--currency-sign' },
  { fields: money, shape: /^\d+\.\d{2}0*[1-9]\d*$/, flag: '--round half-up' },
  { fields: new Set(['status']), shape: /./, flag: '--map status=status, with the words of other systems,' },
  { fields: times, shape: /^\d{1,2}\.\d{1,2}\.\d{4}/, flag: '--date-format DD.MM.YYYY' },
  {
    fields: times,
    shape: /^\d{1,2}[/-]\d{1,2}[/-]\d{2}(?:\d{2})?/,
    flag: '--date-format, such as DD/MM/YYYY or MM/DD/YY,',
  },
  { fields: times, shape: /^\d{4}\D\d{1,2}\D\d{1,2}|\p{L}{3,}/u, flag: "--date-format, such as 'DD MMM YYYY HH:mm'," },
]

/**
 * The end of a sentence about a value that a flag would read: `; --decimal-comma reads it`, or nothing. `given` are the
 * flags with which it was not read.
 */
export function flagFor(field: string, text: string, given: readonly string[] = []): string {
  if (/^(?:NULL|\\N)$/.test(text)) return `; --null '${text}' reads it as empty`
  if (names.has(field) && shortenedNumber.test(text)) return ': format its column as text, and export it again'
  const found = shapes.find(({ fields, shape, flag }) => fields.has(field) && shape.test(text) && !given.includes(flag))
  return found === undefined ? '' : `; ${found.flag} reads it`
}
