import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { rollbackNames } from '../support/migrations.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'
import { keys, respond, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder()
beforeAll(() => smallShop(database))

const users = async (): Promise<number> => (await dbtool('users list --json', { database })).json<unknown[]>().length
const secret = 'Abcdef-12345'
const ctrlD = '\u0004'
const clear = '\u0015'

describe('on a terminal', () => {
  it('what is missing is asked for, with the rules in view; a password twice and unseen', async () => {
    const tty = terminal(['users', 'create', '--email', 'carol@example.com'], database)
    await tty.see('Username (3 to 50 of A-Z a-z 0-9 _)')
    tty.type(`c!${keys.enter}`)
    await tty.see("Must be 3 to 50 letters A-Z, digits or _, not 'c!'")
    tty.type(`${keys.backspace}arol${keys.enter}`)
    await tty.see('Password (12 or more characters: upper and lower case, a digit, a special character)')
    tty.type(`short${keys.enter}`)
    await tty.see('Must have at least 12 characters, an upper-case letter, a digit, a special character')
    tty.type(`\u0015${secret}${keys.enter}`)
    await tty.see('Password again')
    tty.type(`${secret}x${keys.enter}`)
    await tty.see('Does not match')
    tty.type(keys.backspace + keys.enter)
    await tty.see('added carol')
    expect(await tty.ended()).toBe(0)
    expect(tty.raw).not.toMatch(/Abcdef|short/)
    expect(tty.screen).not.toContain('Email address')
  })

  it('Ctrl-C in a question ends it with 130 and changes nothing', async () => {
    const before = await users()
    const tty = terminal(['users', 'create'], database)
    await tty.see('Username')
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
    expect(tty.screen).toContain('error: interrupted; nothing was changed')
    expect(await users()).toBe(before)
  })

  it.each([
    ['a search', ['users', 'get'], '❯ '],
    ['a question', ['products', 'create'], 'SKU ('],
    ['an unseen one', ['connection', 'test', '--ask-password'], 'Password'],
    ['yes or no', ['db', 'rollback', '--to', '0'], `Roll back migrations ${rollbackNames[0]}, `],
  ])('Ctrl-D at %s ends it like Ctrl-C: 130, and says so', async (_what, argv, question) => {
    const tty = terminal(argv, database, { columns: 200 })
    await tty.see(question)
    tty.type(ctrlD)
    expect(await tty.ended()).toBe(130)
    expect(tty.screen).toContain('error: interrupted; nothing was changed')
    expect(await users()).toBeGreaterThan(1)
  })

  it('Ctrl-D at the second question ends it too', async () => {
    const tty = terminal(['products', 'create', '--sku', 'CUP-1'], database)
    await tty.see('Name')
    tty.type(`Cup${keys.enter}`)
    await tty.see('Price')
    tty.type(ctrlD)
    expect(await tty.ended()).toBe(130)
  })

  it('what somebody else has is refused where it is typed', async () => {
    const tty = terminal(['users', 'create'], database)
    await respond(tty, [
      { see: 'Username', type: `ADA${keys.enter}` },
      { see: 'This username is already in use', type: `${clear}dora${keys.enter}` },
      { see: 'Email address', type: `Ada@Example.com${keys.enter}` },
      { see: 'This email is already in use', type: keys.ctrlC },
    ])
    expect(await tty.ended()).toBe(130)
  })

  it('what need not be said is asked for too, and Enter leaves it out', async () => {
    const tty = terminal(['products', 'create'], database, { columns: 200 })
    await respond(tty, [
      { see: 'SKU (your own product code; empty: none)', type: `TEA-1${keys.enter}` },
      { see: 'This SKU is already in use', type: `${clear}${keys.enter}` },
      { see: 'Name', type: `Plain cup${keys.enter}` },
      { see: 'Price', type: `3${keys.enter}` },
      { see: 'Units in stock (0)', type: `12${keys.enter}` },
    ])
    await tty.see('added Plain cup')
    await tty.see(
      'without prompts: dbtool products create --name "Plain cup" --price 3 --stock 12\n'.replaceAll('"', "'"),
    )
    expect(await tty.ended()).toBe(0)
    expect((await dbtool('products list --search plain --json', { database })).json()).toMatchObject([
      { sku: null, name: 'Plain cup', stock: 12 },
    ])
  })

  it('a no is exit 3, and no is what Enter says', async () => {
    const tty = terminal(['db', 'rollback', '--to', '0'], database, { columns: 200 })
    await tty.see(`Roll back migrations ${rollbackNames[0]}, `)
    tty.type(keys.enter)
    expect(await tty.ended()).toBe(3)
    expect(await users()).toBeGreaterThan(1)
  })

  it('a password for the connection is asked for, unseen, also when it should be piped', async () => {
    for (const flags of [['--ask-password'], ['--password-file', '-']]) {
      const tty = terminal(['connection', 'test', '--user', 'nobody_at_all', ...flags], database)
      await tty.see('Password')
      tty.type(`hunter2${keys.enter}`)
      expect(await tty.ended()).toBe(4)
      expect(tty.raw).not.toContain('hunter2')
    }
  })

  it.each([
    [['--no-input'], {}],
    [['--json'], {}],
    [[], { CI: 'true' }],
    [[], { DBTOOL_NO_INPUT: '1' }],
  ])('nothing is asked with %j %j', async (flags, env) => {
    const tty = terminal(['products', 'create', ...flags], database, { env })
    expect(await tty.ended()).toBe(2)
    expect(tty.screen).toContain('missing --name, --price')
  })

  it('text from outside cannot speak to it', async () => {
    const danger = terminal(['users', 'get', 'a\u009b31m\u001b]52;c;aGk=\u0007\u202e'], database, { columns: 200 })
    expect(await danger.ended()).toBe(5)
    expect(danger.screen).toContain("there is no user 'a\\u009b31m\\u001b]52;c;aGk=\\u0007\\u202e'")
    expect(danger.raw).not.toMatch(/\u009b|\u001b\]52|\u0007|\u202e/)
  })

  it('questions are drawn on stderr: stdout stays data', async () => {
    const data = join(folder, 'data')
    const tty = terminal(
      ['products', 'create', '--sku', 'CUP-2', '--price', '1', '--stock', '1', '--format', 'ids'],
      database,
      { stdout: data },
    )
    await tty.see('Name')
    tty.type(`Cup${keys.enter}`)
    expect(await tty.ended()).toBe(0)
    expect(readFileSync(data, 'utf8')).toMatch(/^\d+\n$/)
  })
})

describe('without a terminal nothing waits for anybody', () => {
  it.each([
    'users create',
    'users update --active',
    'users set-password',
    'users authenticate',
    'users delete bob',
    'users purge',
    'addresses add',
    'addresses remove',
    'products create',
    'products restock TEA-1',
    'products delete',
    'orders place',
    'orders cancel',
    'db rollback',
    'db reset',
    'db grants --apply',
    'server reset',
    'connection test --ask-password',
  ])('dbtool %s', async (line) => {
    expect(await spawned(line.split(' '), { database })).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
