import { InvalidValue } from '../../errors.ts'
import { fromCents } from '../orders/money.ts'
import { quoteValue } from '../../values.ts'
import { inWords } from '../../in-words.ts'

/** How a file writes numbers. */
export interface NumberStyle {
  readonly decimalComma?: boolean | undefined
  readonly currencySign?: boolean | undefined
}

/** `12.–`, `12,--`: no cents, as in Switzerland. */
const noCents = /[.,](?:[–—]|-{1,2})(\s*[^\s\d.,–—-]*)$/u
/** `€ 4,50`, `-$4.50`, `4.50 EUR`, `(4.50)`: sign, currency and digits. */
const withCurrency =
  /^([-+(]?)\s*(?:(?:\p{Sc}|\p{L}{1,3}\.?)\s*)?([-+]?)([\d.,'’](?:\s?[\d.,'’])*)\s*(?:\p{Sc}|\p{L}{1,3}\.?)?\)?$/u
/** A space or an apostrophe between groups of three digits. */
const grouped = /^([-+]?\d{1,3})((?:[\s'’]\d{3})+)(?![\d\s'’])/u

/**
 * Returns a function that rewrites a number of the file with a decimal point and nothing else; undefined if numbers
 * need no rewriting. A text that is no such number is left unchanged, for the rule of its field to refuse.
 */
export function numberReader({
  decimalComma = false,
  currencySign = false,
}: NumberStyle): ((text: string) => string) | undefined {
  if (!decimalComma && !currencySign) return undefined
  return (text) => {
    const whole = text.replace(noCents, '$1')
    const bare = currencySign ? withoutCurrency(whole) : whole
    const ungrouped = bare.replace(grouped, (all) => all.replace(/[\s'’]/gu, ''))
    return withPoint(ungrouped, decimalComma) ?? text
  }
}

function withoutCurrency(text: string): string {
  const [, before = '', after = '', digits] = withCurrency.exec(text) ?? []
  if (digits === undefined) return text
  return `${before === '-' || before === '(' || after === '-' ? '-' : ''}${digits}`
}

/** An amount of whole cents, as a decimal. Throws InvalidValue for any other number. */
export function ofCents(text: string): string {
  const [, sign, digits] = /^(-?)(\d+)(?:\.0+)?$/.exec(text) ?? []
  if (sign === undefined || digits === undefined)
    throw new InvalidValue(`must be whole cents such as 1990, not ${quoteValue(text)}`)
  return `${sign}${fromCents(BigInt(digits))}`
}

/** The currency of an amount such as `4.50 EUR`; undefined if it has none. */
export function currencyOf(text: string): string | undefined {
  if (!withCurrency.test(text)) return undefined
  return text.replace(/[\d.,'’()\s+-]/gu, '').toUpperCase() || undefined
}

function withPoint(text: string, decimalComma: boolean): string | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  const plain = sign === '-' ? '-' : ''
  if (/^\d+(?:\.\d+)?$/.test(digits) && !(decimalComma && isGrouped(digits, '.'))) return plain + digits
  // 1,004.50 has one meaning, whatever the decimal sign of the other amounts.
  if (/^\d{1,3}(?:,\d{3})+\.\d+$/.test(digits)) return plain + digits.replaceAll(',', '')
  if (!decimalComma) return isGrouped(digits, ',') ? plain + digits.replaceAll(',', '') : undefined
  const [whole = '', fraction, ...more] = digits.split(',')
  if (more.length > 0 || !(/^\d+$/.test(whole) || isGrouped(whole, '.'))) return undefined
  if (fraction !== undefined && !/^\d+$/.test(fraction)) return undefined
  return plain + whole.replaceAll('.', '') + (fraction === undefined ? '' : `.${fraction}`)
}

const isGrouped = (digits: string, mark: '.' | ','): boolean =>
  (mark === '.' ? /^\d{1,3}(?:\.\d{3})+$/ : /^\d{1,3}(?:,\d{3})+$/).test(digits)

const decimal = /^(\d+)(?:\.(\d+))?$/

/** A decimal less others, exactly. Undefined: one of them is no decimal. Throws InvalidValue for a negative result. */
export function difference(text: string, less: readonly string[]): string | undefined {
  const parsed = [text, ...less].map((one) => decimal.exec(one))
  const places = Math.max(...parsed.map((match) => match?.[2]?.length ?? 0))
  const [from, ...others] = parsed.map((match) =>
    match === null ? undefined : BigInt(`${match[1] ?? ''}${(match[2] ?? '').padEnd(places, '0')}`),
  )
  if (from === undefined || others.includes(undefined)) return undefined
  const rest = others.reduce<bigint>((sum, one) => sum - (one ?? 0n), from)
  if (rest < 0n) throw new InvalidValue(`is ${quoteValue(text)}, but ${inWords(less)} are refunded or cancelled`)
  const digits = String(rest).padStart(places + 1, '0')
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** Rounds an amount to whole cents, half up; undefined for a text that is no amount. */
export function roundHalfUp(text: string): string | undefined {
  const [, whole, fraction = ''] = decimal.exec(text) ?? []
  if (whole === undefined) return undefined
  const cents = BigInt(whole + fraction.slice(0, 2).padEnd(2, '0')) + (Number(fraction[2] ?? 0) >= 5 ? 1n : 0n)
  return fromCents(cents)
}

/** The total of a line divided by its quantity. Undefined: one of them is no number, which its own rule refuses. */
export function unitPrice(
  total: string,
  quantity: string,
  rounds: boolean,
  onRounded: () => void = () => undefined,
): string | undefined {
  const [, whole, fraction = ''] = decimal.exec(total) ?? []
  const [, units] = /^0*([1-9]\d*)(?:\.0+)?$/.exec(quantity) ?? []
  if (whole === undefined || units === undefined) return undefined
  const scale = 10n ** BigInt(fraction.length)
  const dividend = BigInt(whole + fraction) * 100n
  const divisor = BigInt(units) * scale
  if (dividend % divisor === 0n) return fromCents(dividend / divisor)
  if (rounds) {
    onRounded()
    return fromCents((2n * dividend + divisor) / (2n * divisor))
  }
  // The total itself is no price, which is the fault to report.
  if (dividend % scale !== 0n) return undefined
  throw new InvalidValue(
    `of the line, ${quoteValue(total)}, divided by ${units} is no whole number of cents; --round half-up rounds it`,
  )
}
