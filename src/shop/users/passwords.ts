import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'
import { passwordBytes } from '../rules.ts'

/** The chapter's number of rounds, as a power of two; about 0.2 s on a thread of its own. */
const cost = 12

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost)
}

/** bcrypt's comparison; it makes as many rounds as the hash says, wherever the two differ. */
export type Compare = (password: string, hash: string) => Promise<boolean>

/**
 * Whether the password has this hash; undefined is of nobody. The work is 2^12 rounds whoever is asked for: nobody, and
 * who
 * cannot log in, are compared with a hash of that cost, and a hash of a lower cost c is topped up, since
 * 2^c + 2^c + 2^(c+1) + … + 2^11 = 2^12. One after the other: side by side, they would take less time.
 */
export async function isPassword(
  password: string,
  stored: string | undefined,
  compare: Compare = verify,
): Promise<boolean> {
  const storedCost = costOf(stored)
  if (stored === undefined || storedCost === undefined) {
    await compare(password, ofNobody(cost))
    return false
  }
  const equal = await compare(password, stored)
  for (let missing = storedCost; missing < cost; missing += 1) await compare(password, ofNobody(missing))
  return equal && Buffer.byteLength(password) <= passwordBytes
}

/** Whether a new hash of the same password would be harder to guess. */
export function isOutdated(stored: string): boolean {
  return (costOf(stored) ?? cost) < cost
}

/**
 * Undefined where bcrypt would not even begin: in its base64, the last characters of salt and digest have bits that
 * must be zero.
 */
function costOf(stored = ''): number | undefined {
  const [, digits] =
    /^\$2[abxy]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/.exec(stored) ?? []
  return digits === undefined ? undefined : Number(digits)
}

/** A hash that bcrypt reads to its end; the answer never counts. */
function ofNobody(itsCost: number): string {
  return `$2b$${String(itsCost).padStart(2, '0')}$zrqkYkHEebV1udLNQ48plesyyKNP1Ittwa/GLV5x9YBRYopRBS/3q`
}

const alphabets = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#%*?']
const generatedLength = 20

/** A random password that keeps every rule, without characters that are easily confused (about 118 bits). */
export function generatePassword(): string {
  const any = alphabets.join('')
  const characters = alphabets.map((alphabet) => pick(alphabet))
  while (characters.length < generatedLength) characters.push(pick(any))
  for (let last = characters.length - 1; last > 0; last -= 1) swap(characters, last, randomInt(last + 1))
  return characters.join('')
}

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length))
}

function swap(list: string[], a: number, b: number): void {
  const kept = list[a] ?? ''
  list[a] = list[b] ?? ''
  list[b] = kept
}
