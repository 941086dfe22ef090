import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { serverPaths } from '../../src/server/home.ts'
import { stopServer } from '../../src/server/stop.ts'
import { dbtool } from '../support/cli.ts'
import { spawned } from '../support/binary.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { keys, terminal, type Terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder({ servers: true })
const down = '\u001b[B'

/** Goes down to a line of the list and takes it. */
async function take(person: Terminal, question: string, line: string): Promise<void> {
  await person.see(`? ${question}`)
  for (
    let moved = 0;
    !person.screen.slice(person.screen.lastIndexOf(`? ${question}`)).includes(`❯${line === '' ? '' : ` ${line}`}`);
    moved += 1
  ) {
    if (moved > 25) throw new Error(`'${line}' is not in the list; the screen:\n${person.screen}`)
    const shown = person.raw.length
    person.type(down)
    for (let waited = 0; person.raw.length === shown && waited < 200; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  person.type(keys.enter)
}

const plain = async (person: Terminal, noun: string, verb: string): Promise<void> => {
  await take(person, 'dbtool\n', `${noun} `)
  await take(person, `${noun}\n`, `${verb} `)
}

describe('bare dbtool on a terminal is a menu', () => {
  const home = join(folder, 'home')
  // Nothing is configured: neither server nor shop.
  const env = { DBTOOL_HOME: home, DB_NAME: '', DB_SOCKET: '', DB_USER: '', DB_PASSWORD: '' }
  afterAll(() => stopServer(serverPaths({ DBTOOL_HOME: home })))

  it('that leads somebody new from nothing to a placed order, and shows every command line', async () => {
    const person = terminal([], database, { env, rows: 60 })
    await plain(person, 'server', 'start')
    await take(person, 'Any options?', '')
    await person.see('$ dbtool server start')
    await person.see('the private server is running')
    await plain(person, 'db', 'migrate')
    await take(person, 'Any options?', '')
    await person.see('$ dbtool db migrate')
    await plain(person, 'users', 'create')
    await person.see('? Any options?')
    person.type(keys.enter)
    await person.see('Username (3 to 50 of A-Z a-z 0-9 _)')
    person.type(`grace${keys.enter}`)
    await person.see('Email address')
    person.type(`grace@example.com${keys.enter}`)
    await person.see('Password (12 or more')
    person.type(`Abcdef-12345${keys.enter}`)
    await person.see('The same again')
    person.type(`Abcdef-12345${keys.enter}`)
    await person.see('added grace')
    await person.see('without questions: dbtool users create --username grace --email grace@example.com')
    await plain(person, 'products', 'create')
    await person.see('? Any options?')
    person.type(down + down)
    await person.see('❯◯ --stock <n>')
    person.type(` ${keys.enter}`)
    await person.see('--stock: ')
    person.type(`ten${keys.enter}`)
    await person.see('Must be a whole number from 0')
    person.type(`\u001510${keys.enter}`)
    await person.see('$ dbtool products create --stock 10')
    await person.see('SKU (')
    person.type(keys.enter)
    await person.see('Name')
    person.type(`Mug${keys.enter}`)
    await person.see('Price')
    person.type(`7.50${keys.enter}`)
    await person.see('added')
    await plain(person, 'orders', 'place')
    await person.see('? Any options?')
    person.type(keys.enter)
    await person.see('Who buys?')
    await person.see('grace  grace@example.com')
    person.type(keys.enter)
    await person.see('What?')
    await person.see('Mug  7.50  10 in stock')
    person.type(keys.enter)
    await person.see('How many Mug?')
    person.type(`2${keys.enter}`)
    await person.see('That is all: 1 product')
    person.type(keys.enter)
    await person.see('Place this order of 15.00 for grace?')
    person.type(`y${keys.enter}`)
    await person.see('placed order 1: 15.00')
    await take(person, 'dbtool\n', 'quit')
    expect(await person.ended()).toBe(0)
    expect((await dbtool('orders get 1 --json', { env: { DBTOOL_HOME: home } })).json()).toMatchObject({
      username: 'grace',
      total_amount: '15.00',
    })
    expect((await dbtool('products list --json', { env: { DBTOOL_HOME: home } })).json()).toMatchObject([
      { name: 'Mug', stock: 8 },
    ])
  })

  it('that offers no flag for what a person is asked for', async () => {
    const person = terminal([], database)
    await plain(person, 'users', 'create')
    await person.see('❯◯ --username <name>')
    expect(person.screen).toContain('◯ --generate-password')
    expect(person.screen).not.toContain('--password-stdin')
    person.type(keys.ctrlC)
    expect(await person.ended()).toBe(130)
  })

  it('but on a terminal that cannot move its cursor there is the help instead', async () => {
    const person = terminal([], database, { env: { TERM: 'dumb' } })
    expect(await person.ended()).toBe(0)
    expect(person.screen).toMatch(/^Usage: dbtool/)
  })

  it.each([
    ['at the first question', [] as const],
    ['in a verb', ['connection', 'test'] as const],
  ])('that Ctrl-C leaves %s: 130', async (_where, [noun, verb]) => {
    const person = terminal([], database)
    if (noun !== undefined && verb !== undefined) {
      await plain(person, noun, verb)
      await person.see('connected as')
    }
    await person.see('? dbtool')
    person.type(keys.ctrlC)
    expect(await person.ended()).toBe(130)
  })

  it('that keeps the flags of every command', async () => {
    const person = terminal(['--format', 'json'], database)
    await plain(person, 'connection', 'test')
    await person.see('$ dbtool --format json connection test')
    await person.see('"version":')
    await take(person, 'dbtool\n', 'quit')
    expect(await person.ended()).toBe(0)
  })

  it.each([[['--no-input']], [['--help']]])('and with %j the help', async (flags) => {
    const person = terminal(flags, database)
    expect(await person.ended()).toBe(0)
    expect(person.screen).toContain('Usage: dbtool')
  })

  it('and the help where nobody sits at it', async () => {
    expect(await spawned([], { database })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Usage: dbtool') as string,
    })
  })
})
