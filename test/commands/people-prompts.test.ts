import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder()
beforeAll(() => smallShop(database))

const secret = 'Abcdef-12345'
const usernames = async (): Promise<string[]> =>
  (await shop.connection.rows<{ username: string }>('SELECT username FROM users ORDER BY id')).map(
    ({ username }) => username,
  )

describe('on a terminal', () => {
  it('the reason why an answer is refused is wrapped between words', async () => {
    const tty = terminal(['users', 'set-password', 'ada'], database, { columns: 60 })
    await tty.see('Password (12 or more characters')
    tty.type(`short${keys.enter}`)
    await tty.see('> Must have at least 12 characters, an upper-case letter, a\n')
    await tty.see('digit, a special character such as ! or #')
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
  })

  it('a new password is asked for twice, and a login once; neither is seen', async () => {
    const tty = terminal(['users', 'set-password'], database)
    await tty.see('Which user? (part of the name or email)')
    tty.type('ada@')
    await tty.see('❯ ada  ada@example.com  Ada\n\n')
    tty.type(keys.enter)
    await tty.see('Password (12 or more characters')
    tty.type(`${secret}${keys.enter}`)
    await tty.see('Password again')
    tty.type(`${secret}${keys.enter}`)
    await tty.see('ada has a new password')
    expect(await tty.ended()).toBe(0)
    const login = terminal(['users', 'authenticate', '--password-stdin'], database)
    await login.see('Email address')
    login.type(`ada@example.com${keys.enter}`)
    await login.see('Password')
    login.type(`${secret}${keys.enter}`)
    await login.see('ada logged in')
    expect(await login.ended()).toBe(0)
    expect(tty.raw + login.raw).not.toContain('Abcdef')
  })

  it('a password of any form may be tried, and the refusal is the usual one', async () => {
    const tty = terminal(['users', 'authenticate', '--email', 'ada@example.com'], database)
    await tty.see('Password')
    tty.type(`x${keys.enter}`)
    await tty.see('error: the email and the password do not belong to a user who may log in')
    expect(await tty.ended()).toBe(6)
  })

  it('an address is asked for with the parsers of its flags', async () => {
    const tty = terminal(['addresses', 'add', '--city', 'Berlin'], database)
    await tty.see('Which user?')
    tty.type('ad')
    await tty.see('❯ ada  ada@example.com  Ada\n\n')
    tty.type(keys.enter)
    await tty.see('Type (billing or shipping)')
    tty.type(`home${keys.enter}`)
    await tty.see("Must be one of billing, shipping, not 'home'")
    tty.type(`\u0015billing${keys.enter}`)
    await tty.see('Street and number')
    tty.type(`Torstr. 1${keys.enter}`)
    await tty.see('Postal code')
    tty.type(`10119${keys.enter}`)
    await tty.see('Country (two letters, such as DE)')
    tty.type(`Germany${keys.enter}`)
    await tty.see('did you mean DE?')
    tty.type(`\u0015de${keys.enter}`)
    await tty.see('added a billing address of ada')
    expect(await tty.ended()).toBe(0)
  })

  it('a user is deleted after a yes, and not after Enter', async () => {
    const { stdout } = await dbtool('addresses list --user ada --format ids', { database })
    const no = terminal(['addresses', 'remove', stdout.trim()], database)
    await no.see(`Remove billing address ${stdout.trim()} of ada (Torstr. 1, Berlin)?`)
    no.type(keys.enter)
    expect(await no.ended()).toBe(3)
    const yes = terminal(['users', 'delete', 'bob'], database)
    await yes.see('Delete user 2, bob <bob@example.com>?')
    yes.type(`y${keys.enter}`)
    await yes.see('deleted user 2, bob <bob@example.com>')
    expect(await yes.ended()).toBe(0)
    expect(await usernames()).toEqual(['ada'])
  })

  it('a purge shows whom before it asks, and not again after it; Enter is no', async () => {
    await shop.connection.execute(
      "INSERT INTO users (username, email, password_hash, is_active, created_at) VALUES ('old', " +
        "'old@example.com', '!', FALSE, '2020-01-01'), ('older', 'older@example.com', '!', FALSE, '2019-01-01')",
    )
    const no = terminal(['users', 'purge'], database)
    await no.see('Time since the last login, or the creation (such as 365d)')
    no.type(`1${keys.enter}`)
    await no.see('the unit is missing')
    no.type(`d${keys.enter}`)
    await no.see('old@example.com')
    await no.see('Delete 2 users, with their addresses?')
    no.type(keys.enter)
    expect(await no.ended()).toBe(3)
    expect(await usernames()).toEqual(['ada', 'old', 'older'])
    const yes = terminal(['users', 'purge', '--inactive-for', '1d'], database)
    await yes.see('Delete 2 users')
    yes.type(`y${keys.enter}`)
    await yes.see('2 users deleted')
    expect(await yes.ended()).toBe(0)
    expect(yes.screen.split('older@example.com')).toHaveLength(2)
    expect(await usernames()).toEqual(['ada'])
  })

  it('a purge into a file is seen before it, and leaves its list in the file', async () => {
    await shop.connection.execute(
      "INSERT INTO users (username, email, password_hash, is_active, created_at) VALUES ('old', " +
        "'old@example.com', '!', FALSE, '2020-01-01')",
    )
    const file = join(folder, 'purged')
    const tty = terminal(['users', 'purge', '--inactive-for', '1d', '--format', 'csv'], database, { stdout: file })
    await tty.see('old@example.com')
    await tty.see('Delete 1 user, with their addresses?')
    tty.type(`y${keys.enter}`)
    expect(await tty.ended()).toBe(0)
    expect(readFileSync(file, 'utf8')).toMatch(/^id,username,.*\n\d+,old,old@example.com,.*\n$/)
  })
})
