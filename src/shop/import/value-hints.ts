import { InvalidValue } from '../../errors.ts'
import { isNullText } from '../../files/null-texts.ts'
import { inWords } from '../../in-words.ts'
import { quotedForShell } from '../../values.ts'
import { parsePrice, parseQuantity, parseStock, shortenedNumber } from '../rules.ts'
import { amountFields } from './amount-fields.ts'
import { numberReader, ofCents, roundHalfUp } from './amounts.ts'
import type { Layout } from './layout.ts'
import { statusOf } from './status-words.ts'
import { type ReadTime, timeFields, timeReader } from './times.ts'

/** The flags of a file with which a value was not read. */
export type GivenFlags = Pick<
  Layout,
  'decimalComma' | 'currencySign' | 'cents' | 'round' | 'dateFormat' | 'discountLines'
>

const names = new Set(['order_ref', 'user', 'sku', 'username'])

type Parse = (text: string) => string | number

const money = new Set<string>(['price', ...amountFields])
const numbers = new Map<string, Parse>([
  ['quantity', parseQuantity],
  ['stock', parseStock],
])

/** The rule for a number without signs of the file; undefined for a field that is no number. */
function parserOf(field: string, { cents = false }: GivenFlags): Parse | undefined {
  if (!money.has(field)) return numbers.get(field)
  return cents ? (text) => parsePrice(ofCents(text)) : parsePrice
}

/**
 * The end of a sentence about a value that cannot be read: `; --decimal-comma reads it as 4.50`, or nothing. It names
 * only flags that read it: they are tried.
 */
export function flagFor(field: string, text: string, given: GivenFlags = {}): string {
  if (isNullText(text) || (field === 'stock' && !/\d/.test(text)))
    return `; --null ${quotedForShell(text)} reads it as empty`
  if (names.has(field) && shortenedNumber.test(text)) return ': format its column as text, and export it again'
  if (field === 'status') return statusHint(text)
  if (field === 'quantity' && /^-\d/.test(text)) return '; --skip quantity=- omits such lines'
  if (field === 'price' && isNegative(text, given)) return discountHint(text, given)
  const parse = parserOf(field, given)
  if (parse !== undefined) return numberHint(text, parse, given)
  return timeFields.includes(field) ? timeHint(text, given) : ''
}

const statusHint = (word: string): string =>
  statusOf(word) === undefined
    ? `; --status-words STATUS=${quotedForShell(word)} gives it a meaning`
    : '; --map status=status, with the words of other systems, reads it'

const isNegative = (text: string, given: GivenFlags): boolean =>
  given.discountLines === false &&
  /^-\d+(?:\.\d+)?$/.test(numberReader({ ...given, currencySign: true, decimalComma: true })?.(text) ?? text)

/** A negative price may need the flags of its digits, too. */
function discountHint(text: string, given: GivenFlags): string {
  const [best] = readingsOf(text.replace(/[-(]/, ''), parserOf('price', given) ?? parsePrice, given)
  const flags = [...(best?.flags ?? []), '--discount-lines']
  return `; ${inWords(flags)} ${flags.length === 1 ? 'makes' : 'make'} it a discount of its order`
}

type NumberFlags = Pick<GivenFlags, 'decimalComma' | 'currencySign' | 'round'>

/** The flags of numbers, alone before together. */
const numberFlags: readonly NumberFlags[] = [
  { currencySign: true },
  { decimalComma: true },
  { round: 'half-up' },
  { currencySign: true, decimalComma: true },
  { currencySign: true, round: 'half-up' },
  { decimalComma: true, round: 'half-up' },
]

const typed: Readonly<Record<keyof NumberFlags, string>> = {
  currencySign: '--currency-sign',
  decimalComma: '--decimal-comma',
  round: '--round half-up',
}

function numberHint(text: string, parse: Parse, given: GivenFlags): string {
  const best = readingsOf(text, parse, given)
  if (best.length === 0) return ''
  const verb = best[0]?.flags.length === 1 ? 'reads' : 'read'
  const clauses = best.map(
    ({ flags, value }, index) => `${inWords(flags)} ${index === 0 ? `${verb} it ` : ''}as ${value}`,
  )
  return `; ${clauses.join(', ')}`
}

interface Reading {
  readonly flags: readonly string[]
  readonly value: string | number
}

/** The values of a number by the fewest flags that read it; none if it needs no flag. */
function readingsOf(text: string, parse: Parse, given: GivenFlags): Reading[] {
  const read = (all: NumberFlags): string | number | undefined =>
    valueOf(() => parse(rounded(numberReader(all)?.(text) ?? text, all)))
  // The value itself is right, and not its relation to another one.
  if (read(given) !== undefined) return []
  const readings = numberFlags.flatMap((flags) => {
    const value = read({ ...given, ...flags })
    return value === undefined ? [] : [{ flags: flagsOf(flags), value }]
  })
  const fewest = Math.min(...readings.map(({ flags }) => flags.length))
  return readings.filter(
    ({ flags, value }, index) => flags.length === fewest && readings.findIndex((one) => one.value === value) === index,
  )
}

const flagsOf = (flags: NumberFlags): string[] =>
  (Object.keys(flags) as (keyof NumberFlags)[]).map((flag) => typed[flag])

const rounded = (text: string, { round }: NumberFlags): string =>
  round === undefined ? text : (roundHalfUp(text) ?? text)

function valueOf<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof InvalidValue) return undefined
    throw error
  }
}

/** The usual formats, those with one meaning first. */
const formats: readonly { readonly format: string; readonly read: ReadTime }[] = [
  ...[
    'DD.MM.YYYY',
    'DD.MM.YY',
    'YYYY/MM/DD',
    'YYYY.MM.DD',
    'YYYYMMDD',
    'YYYY-MM-DD h:mm:ss A',
    'YYYY-MM-DD HH:mm:ss Z',
  ],
  ...['DD/MM/YYYY', 'MM/DD/YYYY', 'DD/MM/YY', 'MM/DD/YY', 'DD-MM-YYYY', 'MM-DD-YYYY', 'DD-MM-YY', 'MM-DD-YY'],
  ...['D MMM YYYY', 'D. MMM YYYY', 'D MMM, YYYY', 'MMM D, YYYY', 'MMM D YYYY', 'D-MMM-YYYY', 'D-MMM-YY', 'MMM-D-YY'],
  ...['ddd, D MMM YYYY HH:mm:ss Z', 'ddd MMM D YYYY', 'ddd, MMM D, YYYY', 'MMM D, YYYY [at] h:mm A'],
  ...['D MMM YYYY [à] HH:mm', 'DD/MM/YYYY [à] HH:mm', 'DD.MM.YYYY HH:mm [Uhr]', 'DD.MM.YYYY, HH:mm [Uhr]'],
].map((format) => ({ format, read: timeReader(format, undefined) }))

const smallestUnixTime = 100_000_000

function timeHint(text: string, { dateFormat }: GivenFlags): string {
  if (/^\d{5}(?:\.\d+)?$/.test(text)) return ': if it is a day of a spreadsheet, format its column as a date'
  const unix = /^\d{9,10}(?:\.\d+)?$/.test(text) ? 'X' : /^\d{12,13}$/.test(text) ? 'x' : undefined
  if (unix !== undefined && Number(text) >= smallestUnixTime)
    return dateFormat === unix ? '' : `; --date-format ${unix} reads it as ${timeReader(unix, undefined)(text)}`
  const found = formats.filter(({ format, read }) => format !== dateFormat && valueOf(() => read(text)) !== undefined)
  if (found.length === 0)
    return dateFormat === undefined && /\d/.test(text) ? '; --date-format FORMAT reads others' : ''
  // Two digits of a year also read four.
  const isSame = (format: string): boolean => found.some((one) => one.format === format.replace('YY', 'YYYY'))
  const words = found.flatMap(({ format }) => (isSame(format) ? [] : [quotedForShell(format)]))
  return `; --date-format ${words.join(' or ')} reads it`
}
