import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'
import { highestBcryptCost, passwordBytes } from '../rules.ts'

/** The chapter's bcrypt cost: 2^12 rounds, about 0.2 s on a separate thread. */
const cost = 12

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost)
}

/** bcrypt's comparison. It runs as many rounds as the hash specifies, wherever the two differ. */
export type Compare = (password: string, hash: string) => Promise<boolean>

/**
 * Whether the password has this hash; undefined stands for an unknown user. The work is always 2^12 rounds. An unknown
 * user, and one who cannot log in, are compared with a hash of that cost. The same holds for a hash of more than
 * {@link highestBcryptCost}, because a comparison of cost 31 takes a day and cannot be stopped. A hash of a lower cost
 * c is topped up, since 2^c + 2^c + 2^(c+1) + … + 2^11 = 2^12. The comparisons run one after the other, because
 * concurrent ones would take less time.
 */
export async function isPassword(
  password: string,
  stored: string | undefined,
  compare: Compare = verify,
): Promise<boolean> {
  const storedCost = costOf(stored)
  if (stored === undefined || storedCost === undefined) {
    await compare(password, placeholderHash(cost))
    return false
  }
  const equal = await compare(password, stored)
  for (let missing = storedCost; missing < cost; missing += 1) await compare(password, placeholderHash(missing))
  return equal && Buffer.byteLength(password) <= passwordBytes
}

/** Whether a new hash of the same password would be harder to crack. */
export function isOutdated(stored: string): boolean {
  return (costOf(stored) ?? cost) < cost
}

/**
 * The cost of a hash; undefined for a hash that costs too much, or that bcrypt would reject immediately. In its base64,
 * the last characters of salt and digest have bits that must be zero.
 */
function costOf(stored = ''): number | undefined {
  const [, digits] =
    /^\$2[abxy]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/.exec(stored) ?? []
  return digits === undefined || Number(digits) > highestBcryptCost ? undefined : Number(digits)
}

/** A valid hash of a given cost; the result of comparing with it is ignored. */
function placeholderHash(hashCost: number): string {
  return `$2b$${String(hashCost).padStart(2, '0')}$zrqkYkHEebV1udLNQ48plesyyKNP1Ittwa/GLV5x9YBRYopRBS/3q`
}

const alphabets = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#%*?']
const generatedLength = 20

/**
 * Generates a random password that satisfies every rule, without characters that are easily confused (about 118 bits).
 */
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
  const saved = list[a] ?? ''
  list[a] = list[b] ?? ''
  list[b] = saved
}
