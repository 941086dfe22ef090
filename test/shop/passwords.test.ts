import { hash } from '@node-rs/bcrypt'
import { describe, expect, it } from 'vitest'
import { hashPassword, isOutdated, isPassword } from '../../src/shop/passwords.ts'
import { noLogin } from '../../src/shop/users.ts'

const password = 'Abcdef-12345'
const today = await hashPassword(password)
const weak = new Map(await Promise.all([4, 5, 9, 11].map(async (cost) => [cost, await hash(password, cost)] as const)))
const salt = 'zrqkYkHEebV1udLNQ48ple'
const digest = 'syyKNP1Ittwa/GLV5x9YBRYopRBS/3q'

/** How often bcrypt's inner loop runs, told by the costs of the hashes that it is given. */
async function roundsOf(typed: string, stored: string | undefined): Promise<number> {
  let rounds = 0
  await isPassword(typed, stored, (_password, hash) => {
    rounds += 2 ** Number(hash.slice(4, 6))
    return Promise.resolve(false)
  })
  return rounds
}

describe('comparing a password', () => {
  it.each<[whose: string, stored: string | undefined]>([
    ['of nobody', undefined],
    ['of one who cannot log in', noLogin],
    ['with an empty hash', ''],
    ['with a hash of today', today],
    ...[...weak].map(([cost, stored]): [string, string] => [`with a hash of cost ${cost}`, stored]),
    ['with a hash of PHP', `$2y$10$${salt}${digest}`],
    ['with a hash whose cost there is not', `$2b$03$${salt}${digest}`],
    ['with a hash that bcrypt would throw away unread: its salt', `$2b$12$${salt.slice(0, -1)}f${digest}`],
    ['with a hash that bcrypt would throw away unread: its digest', `$2b$12$${salt}${digest.slice(0, -1)}r`],
    ['with half a hash', today.slice(0, 40)],
  ])('%s is 4096 rounds', async (_whose, stored) => {
    for (const typed of [password, '', 'x'.repeat(100), 'a\0b']) expect(await roundsOf(typed, stored), typed).toBe(4096)
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
