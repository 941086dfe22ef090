import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'
import { keys, talk, terminal } from '../support/terminal.ts'

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
    const person = terminal(['users', 'create', '--email', 'carol@example.com'], database)
    await person.see('Username (3 to 50 of A-Z a-z 0-9 _)')
    person.type(`c!${keys.enter}`)
    await person.see("Must be 3 to 50 letters A-Z, digits or _, not 'c!'")
    person.type(`${keys.backspace}arol${keys.enter}`)
    await person.see('Password (12 or more characters: upper and lower case, a digit, a special one)')
    person.type(`short${keys.enter}`)
    await person.see('Must have at least 12 characters, an upper-case letter, a digit, a special character')
    person.type(`\u0015${secret}${keys.enter}`)
    await person.see('Repeat it')
    person.type(`${secret}x${keys.enter}`)
    await person.see('Does not match')
    person.type(keys.backspace + keys.enter)
    await person.see('added carol')
    expect(await person.ended()).toBe(0)
    expect(person.raw).not.toMatch(/Abcdef|short/)
    expect(person.screen).not.toContain('Email address')
  })

  it('Ctrl-C in a question ends it with 130 and changes nothing', async () => {
    const before = await users()
    const person = terminal(['users', 'create'], database)
    await person.see('Username')
    person.type(keys.ctrlC)
    expect(await person.ended()).toBe(130)
    expect(person.screen).toContain('error: interrupted; nothing was changed')
    expect(await users()).toBe(before)
  })

  it.each([
    ['a search', ['users', 'get'], '❯ '],
    ['a question', ['products', 'create'], 'SKU ('],
    ['an unseen one', ['connection', 'test', '--ask-password'], 'Password'],
    [
      'yes or no',
      ['db', 'rollback', '--to', '0'],
      'Take back migrations 2 (sales), 1 (shop), with all data in them? On ',
    ],
  ])('Ctrl-D at %s ends it like Ctrl-C: 130, and says so', async (_what, argv, question) => {
    const person = terminal(argv, database)
    await person.see(question)
    person.type(ctrlD)
    expect(await person.ended()).toBe(130)
    expect(person.screen).toContain('error: interrupted; nothing was changed')
    expect(await users()).toBeGreaterThan(1)
  })

  it('Ctrl-D at the second question ends it too', async () => {
    const person = terminal(['products', 'create', '--sku', 'CUP-1'], database)
    await person.see('Name')
    person.type(`Cup${keys.enter}`)
    await person.see('Price')
    person.type(ctrlD)
    expect(await person.ended()).toBe(130)
  })

  it('what somebody else has is refused where it is typed', async () => {
    const person = terminal(['users', 'create'], database)
    await talk(person, [
      { see: 'Username', type: `ADA${keys.enter}` },
      { see: 'Somebody has this username already', type: `${clear}dora${keys.enter}` },
      { see: 'Email address', type: `Ada@Example.com${keys.enter}` },
      { see: 'Somebody has this email already', type: keys.ctrlC },
    ])
    expect(await person.ended()).toBe(130)
  })

  it('what need not be said is asked for too, and Enter leaves it out', async () => {
    const person = terminal(['products', 'create'], database, { columns: 200 })
    await talk(person, [
      { see: 'SKU (your own code for it, if it has one)', type: `TEA-1${keys.enter}` },
      { see: 'Another product has this SKU already', type: `${clear}${keys.enter}` },
      { see: 'Name', type: `Plain cup${keys.enter}` },
      { see: 'Price', type: `3${keys.enter}` },
      { see: 'Units in stock (0)', type: `12${keys.enter}` },
    ])
    await person.see('added Plain cup')
    await person.see(
      'without questions: dbtool products create --name "Plain cup" --price 3 --stock 12\n'.replaceAll('"', "'"),
    )
    expect(await person.ended()).toBe(0)
    expect((await dbtool('products list --search plain --json', { database })).json()).toMatchObject([
      { sku: null, name: 'Plain cup', stock: 12 },
    ])
  })

  it('a no is exit 3, and no is what Enter says', async () => {
    const person = terminal(['db', 'rollback', '--to', '0'], database)
    await person.see('Take back migrations 2 (sales), 1 (shop), with all data in them? On ')
    person.type(keys.enter)
    expect(await person.ended()).toBe(3)
    expect(await users()).toBeGreaterThan(1)
  })

  it('a password for the connection is asked for, unseen, also when it should be piped', async () => {
    for (const flags of [['--ask-password'], ['--password-file', '-']]) {
      const person = terminal(['connection', 'test', '--user', 'nobody_at_all', ...flags], database)
      await person.see('Password')
      person.type(`hunter2${keys.enter}`)
      expect(await person.ended()).toBe(4)
      expect(person.raw).not.toContain('hunter2')
    }
  })

  it.each([
    [['--no-input'], {}],
    [['--json'], {}],
    [[], { CI: 'true' }],
    [[], { DBTOOL_NO_INPUT: '1' }],
  ])('nothing is asked with %j %j', async (flags, env) => {
    const person = terminal(['products', 'create', ...flags], database, { env })
    expect(await person.ended()).toBe(2)
    expect(person.screen).toContain('missing --name, --price')
  })

  it('text from outside cannot speak to it', async () => {
    const danger = terminal(['users', 'get', 'a\u009b31m\u001b]52;c;aGk=\u0007\u202e'], database, { columns: 200 })
    expect(await danger.ended()).toBe(5)
    expect(danger.screen).toContain("there is no user 'a\\u009b31m\\u001b]52;c;aGk=\\u0007\\u202e'")
    expect(danger.raw).not.toMatch(/\u009b|\u001b\]52|\u0007|\u202e/)
  })

  it('questions are drawn on stderr: stdout stays data', async () => {
    const data = join(folder, 'data')
    const person = terminal(
      ['products', 'create', '--sku', 'CUP-2', '--price', '1', '--stock', '1', '--format', 'ids'],
      database,
      { stdout: data },
    )
    await person.see('Name')
    person.type(`Cup${keys.enter}`)
    expect(await person.ended()).toBe(0)
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
