import { randomInt } from 'node:crypto'
import { hash } from '@node-rs/bcrypt'

/** The chapter's number of rounds, as a power of two; about 0.2 s on a thread of its own. */
const cost = 12

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost)
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
