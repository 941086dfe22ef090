import { InvalidValue } from '../errors.ts'
import { parseEmail } from './users/email.ts'
import { largestInt, parseChoice, parseInstant, parsePrice, parseWhole, quoteValue } from '../values.ts'

export { parseEmail, parsePrice }

// The shop's rules for single values, as the chapter gives them. Each parser takes typed text or text of a file and
// returns the value to store. It throws InvalidValue with a sentence that follows the name of the value.

/**
 * Compares lengths as MariaDB counts VARCHAR characters, in code points; a text never has more code points than UTF-16
 * units.
 */
const longerThan = (text: string, most: number): boolean => text.length > most && codePoints(text) > most
function codePoints(text: string): number {
  let count = 0
  for (const _character of text) count += 1
  return count
}

export const isUsername = (text: string): boolean => /^[A-Za-z0-9_]{3,50}$/.test(text)

export function parseUsername(text: string): string {
  assertUnmistakable(text)
  if (!isUsername(text)) throw new InvalidValue(`must be 3 to 50 letters A-Z, digits or _, not ${quoteValue(text)}`)
  return text.toLowerCase()
}

/** bcrypt ignores everything after 72 bytes, so a longer password would be weaker than it looks. */
export const passwordBytes = 72

export function parsePassword(text: string): string {
  const missing = [
    [/.{12}/su, 'at least 12 characters'],
    [/[A-Z]/, 'an upper-case letter'],
    [/[a-z]/, 'a lower-case letter'],
    [/[0-9]/, 'a digit'],
    [/[^\p{L}\p{N}\s]/u, 'a special character such as ! or #'],
  ].flatMap(([rule, name]) => ((rule as RegExp).test(text) ? [] : [name as string]))
  if (Buffer.byteLength(text) > passwordBytes) missing.push(`at most ${passwordBytes} bytes`)
  if (text.includes('\0')) missing.push('no NUL character')
  if (missing.length > 0) throw new InvalidValue(`must have ${missing.join(', ')}`)
  return text
}

/** Returns a parser for one non-empty line. MariaDB and `maxLength` count characters as code points. */
export function parseText(maxLength: number, forbidden = /\p{Cc}/u): (text: string) => string {
  return (text) => {
    const trimmed = text.trim()
    if (trimmed === '') throw new InvalidValue('must not be empty')
    if (longerThan(trimmed, maxLength))
      throw new InvalidValue(`must have at most ${maxLength} characters, not ${codePoints(trimmed)}`)
    if (forbidden.test(trimmed)) throw new InvalidValue('must not contain control characters')
    // Half of a surrogate pair, which JSON can express, would silently become another character in UTF-8.
    if (!trimmed.isWellFormed())
      throw new InvalidValue('must consist of complete characters; it contains half a surrogate pair')
    return trimmed
  }
}

/** Control characters that a longer text must not contain; line ends and tabs are allowed. */
const controlsInText = /[^\P{Cc}\t\n\r]/u

export const parsePersonName = parseText(100)

export const parseStreet = parseText(255)
export const parseCity = parseText(100)
export const parsePostalCode = parseText(20)
export const parseProductName = parseText(255)
export const parseDescription = parseText(16_000, controlsInText)

/** 4.00638E+12: spreadsheets show long numbers so, and write them so to a file. */
export const shortenedNumber = /^\d(?:[.,]\d+)?E\+\d{2,}$/

/** Refuses the texts by which other programs write an empty cell, or a number without its last digits. */
function assertUnmistakable(text: string): void {
  if (text === 'NULL') throw new InvalidValue('must not be NULL, by which other programs write an empty cell')
  if (text.includes('E+') && shortenedNumber.test(text))
    throw new InvalidValue(`must not be ${quoteValue(text)}, a number that a spreadsheet shortened`)
}

/** Returns a parser for the name of one thing, which no other program takes for something else. */
export function parseName(maxLength: number): (text: string) => string {
  const parse = parseText(maxLength)
  return (text) => {
    const name = parse(text)
    assertUnmistakable(name)
    return name
  }
}

export const parseKey = parseName(200)
export const parseSku = parseName(64)

export const parseQuantity = parseExactWhole(1, largestInt)
export const parseStock = parseExactWhole(0, largestInt)
export const parseId = parseWhole(1, largestInt)

/** Parses a whole number; zeros after a point, as in 6.0, change nothing. */
function parseExactWhole(from: number, to: number): (text: string) => number {
  const parse = parseWhole(from, to)
  return (text) => parse(text.includes('.') && /^\d+\.0+$/.test(text) ? text.slice(0, text.indexOf('.')) : text)
}

export const addressTypes = ['billing', 'shipping'] as const
export type AddressType = (typeof addressTypes)[number]
export const parseAddressType = parseChoice(addressTypes)

/** Parses `5`, `+5` or `-5`, the difference by which a value changes. */
export function parseDifference(text: string): number {
  if (!/^[+-]?\d+$/.test(text) || Number(text) === 0)
    throw new InvalidValue(`must be a whole number other than 0, such as 5 or -5, not ${quoteValue(text)}`)
  if (Math.abs(Number(text)) > largestInt)
    throw new InvalidValue(`must be at most ${largestInt} up or down, not ${quoteValue(text)}`)
  return Number(text)
}

/** Spreadsheets translate `TRUE` and `FALSE` into the language of their user, and databases shorten them. */
const trueWords =
  'true yes 1 t y on active enabled wahr ja j vrai oui verdadero sí si vero verdadeiro sim waar sant sand'
const falseWords = 'false no 0 f n off inactive disabled falsch nein faux non falso não onwaar nee falskt falsk nej'

const truths = new Map([
  ...trueWords.split(' ').map((text) => [text, true] as const),
  ...falseWords.split(' ').map((text) => [text, false] as const),
])

export function parseTruth(text: string): boolean {
  const truth = truths.get(text.toLowerCase())
  if (truth === undefined) throw new InvalidValue(`must be true or false, 1 or 0, yes or no, not ${quoteValue(text)}`)
  return truth
}

/** A login compares 2^cost rounds: 0.2 s at 12, 0.8 s at 14. A hash of a higher cost would block a thread for long. */
export const highestBcryptCost = 14

/** Parses a bcrypt hash, or `!` for no password. A hash is a secret: no message shows it. */
export function parsePasswordHash(text: string): string {
  const [, cost] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text) ?? []
  if (text === '!' || (Number(cost) >= 4 && Number(cost) <= highestBcryptCost)) return text
  throw new InvalidValue(
    `must be a bcrypt hash ($2a$, $2b$ or $2y$, cost 04 to ${highestBcryptCost}, 53 characters) or !`,
  )
}

/** Parses an instant within the range of DATETIME, stored in whole seconds. */
export function parseMoment(text: string): Date {
  const at = parseInstant(text)
  const year = at.getUTCFullYear()
  if (year < 1000 || year > 9999)
    throw new InvalidValue(`must be in the years 1000 to 9999 (UTC), not ${quoteValue(text)}`)
  at.setUTCMilliseconds(0)
  return at
}

export const orderStatuses = ['pending', 'confirmed', 'shipped', 'delivered', 'cancelled'] as const
/** The status of an order. */
export type OrderStatus = (typeof orderStatuses)[number]
