import { InvalidValue } from '../errors.ts'
import { parseChoice, parsePrice, parseWhole, shown } from '../values.ts'

export { parsePrice, shown }

/**
 * The shop's rules for single values, as the chapter gives them. Each takes what a person or a file says and returns the
 * value to store, or throws InvalidValue with a sentence that continues after the value's name.
 */
const largestInt = 2_147_483_647

/** As MariaDB counts the characters of a VARCHAR: code points. */
const codePoints = (text: string): string[] => Array.from(text)

export function parseUsername(text: string): string {
  if (!/^[A-Za-z0-9_]{3,50}$/.test(text)) throw new InvalidValue(`must be 3 to 50 letters A-Z, digits or _, not ${shown(text)}`)
  return text.toLowerCase()
}

export function parseEmail(text: string): string {
  if (text.length > 255 || !/^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$/.test(text)) {
    throw new InvalidValue(`must be an address such as ada@example.com (at most 255 characters), not ${shown(text)}`)
  }
  return text.toLowerCase()
}

/** bcrypt reads 72 bytes and ignores the rest, so a longer password would be weaker than it looks. */
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

/** One line that must not be empty; length in characters as MariaDB counts them, code points. */
export function parseText(maxLength: number, forbidden = /\p{Cc}/u): (text: string) => string {
  return (text) => {
    const trimmed = text.trim()
    const { length } = codePoints(trimmed)
    if (length === 0) throw new InvalidValue('must not be empty')
    if (length > maxLength) throw new InvalidValue(`must have at most ${maxLength} characters, not ${length}`)
    if (forbidden.test(trimmed)) throw new InvalidValue('must not contain control characters')
    return trimmed
  }
}

/** A longer text may have lines and tabs. */
const controlsInText = /[^\P{Cc}\t\n\r]/u

export const parsePersonName = parseText(100)
/** Of something that may be without one: the empty text. */
export const parseOptionalName = (text: string): string => (text.trim() === '' ? '' : parsePersonName(text))

export const parseStreet = parseText(255)
export const parseCity = parseText(100)
export const parsePostalCode = parseText(20)
export const parseProductName = parseText(255)
export const parseDescription = parseText(16_000, controlsInText)
export const parseKey = parseText(200)

export function parseSku(text: string): string {
  return parseText(64)(text)
}

export const parseQuantity = parseWhole(1, largestInt)
export const parseStock = parseWhole(0, largestInt)
export const parseId = parseWhole(1, largestInt)

export const addressTypes = ['billing', 'shipping'] as const
export type AddressType = (typeof addressTypes)[number]
export const parseAddressType = parseChoice(addressTypes)

/** `5`, `+5` or `-5`: by how much something grows or shrinks. */
export function parseDifference(text: string): number {
  if (!/^[+-]?\d+$/.test(text) || Number(text) === 0) throw new InvalidValue(`must be a whole number other than 0, such as 5 or -5, not ${shown(text)}`)
  if (Math.abs(Number(text)) > largestInt) throw new InvalidValue(`must be at most ${largestInt} up or down, not ${shown(text)}`)
  return Number(text)
}

export const orderStatuses = ['pending', 'confirmed', 'shipped', 'delivered', 'cancelled'] as const
export type OrderStatus = (typeof orderStatuses)[number]
