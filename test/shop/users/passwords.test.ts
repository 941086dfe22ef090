import { hash, verify } from '@node-rs/bcrypt'
import { describe, expect, it } from 'vitest'
import { hashPassword, isOutdated, isPassword } from '../../../src/shop/users/passwords.ts'
import { noLogin } from '../../../src/shop/users/users.ts'

const password = 'Abcdef-12345'
const today = await hashPassword(password)
const weak = new Map(await Promise.all([4, 5, 9, 11].map(async (cost) => [cost, await hash(password, cost)] as const)))
const salt = 'zrqkYkHEebV1udLNQ48ple'
const digest = 'syyKNP1Ittwa/GLV5x9YBRYopRBS/3q'

/** The hashes that bcrypt is given, and how often its inner loop runs, as their costs tell. */
async function work(typed: string, stored: string | undefined): Promise<{ hashes: string[]; rounds: number }> {
  const hashes: string[] = []
  await isPassword(typed, stored, (_password, hash) => {
    hashes.push(hash)
    return Promise.resolve(false)
  })
  return { hashes, rounds: hashes.reduce((sum, hash) => sum + 2 ** Number(hash.slice(4, 6)), 0) }
}

describe('comparing a password', () => {
  const typed = [password, '', 'x'.repeat(100), 'a\0b']

  it.each<[whose: string, stored: string]>([
    ['of today', today],
    ...[...weak].map(([cost, stored]): [string, string] => [`of cost ${cost}`, stored]),
    ['of PHP', `$2y$10$${salt}${digest}`],
  ])('with a hash %s is 4096 rounds', async (_whose, stored) => {
    for (const text of typed)
      expect(await work(text, stored), text).toEqual({ rounds: 4096, hashes: expect.arrayContaining([stored]) })
  })

  it.each<[whose: string, stored: string | undefined]>([
    ['nobody', undefined],
    ['one who cannot log in', noLogin],
    ['an empty hash', ''],
    ['half a hash', today.slice(0, 40)],
    ['a cost that there is not', `$2b$03$${salt}${digest}`],
    ['a cost that would block a thread for seconds', `$2b$15$${salt}${digest}`],
    ['a cost that would block a thread for a day', `$2b$31$${salt}${digest}`],
    ['a salt that bcrypt throws away unread', `$2b$12$${salt.slice(0, -1)}f${digest}`],
    ['a digest that bcrypt throws away unread', `$2b$12$${salt}${digest.slice(0, -1)}r`],
  ])('with %s is 4096 rounds on a hash of nobody', async (_whose, stored) => {
    for (const text of typed)
      expect(await work(text, stored), text).toEqual({ rounds: 4096, hashes: [`$2b$12$${salt}${digest}`] })
  })

  it('the hash of nobody is one that bcrypt reads to its end', async () => {
    expect(await verify('a', `$2b$04$${salt}${digest}`)).toBe(true)
  })

  it('knows the right one, whatever the cost of its hash', async () => {
    for (const stored of [today, ...weak.values()]) {
      expect(await isPassword(password, stored)).toBe(true)
      expect(await isPassword(`${password}x`, stored)).toBe(false)
    }
  })

  it('never says yes for nobody', async () => {
    const yes = (): Promise<boolean> => Promise.resolve(true)
    for (const stored of [undefined, noLogin]) expect(await isPassword(password, stored, yes)).toBe(false)
  })

  it('sees beyond the 72 bytes that bcrypt reads', async () => {
    const longest = 'Aa1!'.repeat(18)
    const stored = await hash(longest, 4)
    expect([await isPassword(longest, stored), await isPassword(`${longest}x`, stored)]).toEqual([true, false])
  })

  it('a hash is outdated below the cost of today', () => {
    expect([today, ...weak.values(), noLogin].map(isOutdated)).toEqual([false, true, true, true, true, false])
  })
})
