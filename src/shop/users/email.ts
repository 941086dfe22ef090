import { domainToASCII } from 'node:url'
import { InvalidValue } from '../../errors.ts'
import { quoteValue } from '../../values.ts'

/** The rule of the HTML standard for `<input type=email>`, https://html.spec.whatwg.org/#valid-e-mail-address. */
const valid =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
/** A stricter rule for the domain: it has at least two parts, and the last one is no number. */
const publicDomain = /\.(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,}$/

/** The conversion of a domain drops invisible characters and what follows a slash, and decodes percent signs. */
const lostInConversion = /[\s\p{C}\p{Z}]|@[^@]*[/\\?#%:]/u

/** Parses an address. An international domain stays as typed. */
export function parseEmail(text: string): string {
  if (!isEmail(text))
    throw new InvalidValue(
      `must be an address such as ada@example.com (at most 255 characters), not ${quoteValue(text)}`,
    )
  return text.toLowerCase()
}

export function isEmail(text: string): boolean {
  if (!text.includes('@')) return false
  const email = text.toLowerCase()
  const key = emailKey(email)
  return (
    valid.test(key) &&
    publicDomain.test(key) &&
    !lostInConversion.test(email) &&
    Math.max(email.length, key.length) <= 255
  )
}

/** The form in which addresses are compared: in lower case, with the ASCII form of an international domain. */
export function emailKey(email: string): string {
  const lower = email.toLowerCase()
  const at = lower.lastIndexOf('@')
  const domain = lower.slice(at + 1)
  return at < 0 || isAscii(domain) ? lower : `${lower.slice(0, at)}@${domainToASCII(domain)}`
}

/** The ASCII form of an address with an international domain; null for any other. */
export function asciiEmail(email: string): string | null {
  return isAscii(email) ? null : emailKey(email)
}

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text)
