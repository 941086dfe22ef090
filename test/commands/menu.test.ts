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
async function choose(tty: Terminal, question: string, line: string): Promise<void> {
  await tty.see(`? ${question}`)
  for (
    let moved = 0;
    !tty.screen.slice(tty.screen.lastIndexOf(`? ${question}`)).includes(`❯${line === '' ? '' : ` ${line}`}`);
    moved += 1
  ) {
    if (moved > 25) throw new Error(`'${line}' is not in the list; the screen:\n${tty.screen}`)
    const before = tty.raw.length
    tty.type(down)
    for (let waited = 0; tty.raw.length === before && waited < 200; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  tty.type(keys.enter)
}

const chooseVerb = async (tty: Terminal, noun: string, verb: string): Promise<void> => {
  await choose(tty, 'Which command?\n', `${noun} `)
  await choose(tty, `Which ${noun} command?\n`, `${verb} `)
}

const anotherVerb = async (tty: Terminal, noun: string, verb: string): Promise<void> => {
  await choose(tty, 'What next?\n', 'another command')
  await chooseVerb(tty, noun, verb)
}

describe('bare dbtool on a terminal is a menu', () => {
  const home = join(folder, 'home')
  // Nothing is configured: neither server nor shop.
  const env = { DBTOOL_HOME: home, DB_NAME: '', DB_SOCKET: '', DB_USER: '', DB_PASSWORD: '' }
  afterAll(() => stopServer(serverPaths({ DBTOOL_HOME: home })))

  it('that leads somebody new from nothing to a placed order, and shows every command line', async () => {
    const tty = terminal([], database, { env, rows: 60 })
    await chooseVerb(tty, 'server', 'start')
    await choose(tty, 'Which options?', '')
    await tty.see('$ dbtool server start')
    await tty.see('the private server is running')
    await anotherVerb(tty, 'db', 'migrate')
    await choose(tty, 'Which options?', '')
    await tty.see('$ dbtool db migrate')
    await anotherVerb(tty, 'users', 'create')
    await tty.see('? Which options?')
    tty.type(keys.enter)
    await tty.see('Username (3 to 50 of A-Z a-z 0-9 _)')
    tty.type(`grace${keys.enter}`)
    await tty.see('Email address')
    tty.type(`grace@example.com${keys.enter}`)
    await tty.see('Password (12 or more')
    tty.type(`Abcdef-12345${keys.enter}`)
    await tty.see('Password again')
    tty.type(`Abcdef-12345${keys.enter}`)
    await tty.see('added grace')
    await tty.see('without prompts: dbtool users create --username grace --email grace@example.com')
    await anotherVerb(tty, 'products', 'create')
    await tty.see('? Which options?')
    tty.type(down + down)
    await tty.see('❯◯ --stock <n>')
    tty.type(` ${keys.enter}`)
    await tty.see('--stock (')
    tty.type(`ten${keys.enter}`)
    await tty.see('Must be a whole number from 0')
    tty.type(`\u001510${keys.enter}`)
    await tty.see('$ dbtool products create --stock 10')
    await tty.see('SKU (')
    tty.type(keys.enter)
    await tty.see('Name')
    tty.type(`Mug${keys.enter}`)
    await tty.see('Price')
    tty.type(`7.50${keys.enter}`)
    await tty.see('added')
    await anotherVerb(tty, 'orders', 'place')
    // It asks for everything itself, so that the menu offers no flags.
    await tty.see('$ dbtool orders place\n')
    await tty.see('Which customer?')
    await tty.see('grace  grace@example.com')
    tty.type(keys.enter)
    await tty.see('Which product?')
    await tty.see('Mug  7.50  10 in stock')
    tty.type(keys.enter)
    await tty.see('How many Mug?')
    tty.type(`2${keys.enter}`)
    await tty.see('That is all: 1 product')
    tty.type(keys.enter)
    await tty.see('Place this order of 15.00 for grace? On the private server.')
    tty.type(`y${keys.enter}`)
    await tty.see('placed order 1: 15.00')
    await choose(tty, 'What next?\n', 'quit')
    expect(await tty.ended()).toBe(0)
    expect((await dbtool('orders get 1 --json', { env: { DBTOOL_HOME: home } })).json()).toMatchObject({
      username: 'grace',
      total_amount: '15.00',
    })
    expect((await dbtool('products list --json', { env: { DBTOOL_HOME: home } })).json()).toMatchObject([
      { name: 'Mug', stock: 8 },
    ])
  })

  it('that offers no flag for what a person is asked for', async () => {
    const tty = terminal([], database)
    await chooseVerb(tty, 'users', 'create')
    await tty.see('❯◯ --username <name>')
    await tty.see('◯ --generate-password')
    expect(tty.screen).not.toContain('--password-stdin')
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
  })

  it('but on a terminal that cannot move its cursor there is the help instead', async () => {
    const tty = terminal([], database, { env: { TERM: 'dumb' } })
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toMatch(/^Usage: dbtool/)
  })

  it.each([
    ['at the first question', [] as const, '? Which command?'],
    ['after a command', ['connection', 'test'] as const, '? What next?'],
  ])('that Ctrl-C leaves %s: 130, and no word of what was or was not changed', async (_where, words, question) => {
    const tty = terminal([], database)
    const [noun, verb] = words
    if (noun !== undefined && verb !== undefined) {
      await chooseVerb(tty, noun, verb)
      await tty.see('connected as')
    }
    await tty.see(question)
    await tty.see('Ctrl-C cancel')
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
    expect(tty.screen).not.toContain('interrupted')
  })

  it.each([
    { rows: 24, columns: 80, hidden: '', last: '  quit' },
    {
      rows: 20,
      columns: 60,
      hidden: ' • 17 of 21 shown',
      last: '  completion  print the script for tab completion in your…',
    },
    { rows: 12, columns: 40, hidden: '\n8 of 21 shown', last: '  connection  test the connection' },
  ])(
    'that fits on $columns × $rows with its way out, and tells how much of it is hidden',
    async ({ rows, columns, hidden, last }) => {
      const tty = terminal([], database, { rows, columns })
      await tty.see(`↑↓ navigate • ⏎ select • Ctrl-C cancel${hidden}`)
      const lines = tty.screen.slice(tty.screen.indexOf('? Which command?')).split('\n')
      expect(lines.at(hidden.startsWith('\n') ? -4 : -3)).toBe(last)
      expect(lines.length).toBeLessThanOrEqual(rows)
      tty.type(`q`)
      await tty.see('❯ quit')
      tty.type(keys.enter)
      expect(await tty.ended()).toBe(0)
    },
  )

  it('that keeps the flags of every command', async () => {
    const tty = terminal(['--format', 'json'], database)
    await chooseVerb(tty, 'connection', 'test')
    await tty.see('$ dbtool --format json connection test')
    await tty.see('"version":')
    await choose(tty, 'What next?\n', 'quit')
    expect(await tty.ended()).toBe(0)
  })

  it.each([[['--no-input']], [['--help']]])('and with %j the help', async (flags) => {
    const tty = terminal(flags, database)
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toContain('Usage: dbtool')
  })

  it('and the help where nobody sits at it', async () => {
    expect(await spawned([], { database })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Usage: dbtool') as string,
    })
  })
})
