import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pagerCommand } from '../../src/output/pager.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { renewedShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder()
const pages = join(folder, 'pages')
const pager = join(folder, 'a pager')

beforeAll(async () => {
  await renewedShop(shop)
  await shop.connection.execute(
    "INSERT INTO users (username, email, password_hash) SELECT CONCAT('user', seq), CONCAT('user', seq, " +
      "'@example.com'), '' FROM seq_1_to_30",
  )
})

/** Keeps what it is given, says so, and waits for a line from the keyboard; it ends with the folder of the tests. */
beforeEach(() => {
  writeFileSync(
    pager,
    `#!/bin/sh\ntrap 'echo heard Ctrl-C' INT\ncat > '${pages}'\necho reading\n` +
      `until read line < /dev/tty; do sleep 0.1; [ -e '${pages}' ] || exit 1; done\necho "has read $line"\n`,
  )
  chmodSync(pager, 0o755)
})

const long = ['users', 'list', '--sort', 'id']
const sit = (argv: readonly string[], env: Record<string, string> = {}, rows = 20) =>
  terminal(argv, database, { rows, env: { DBTOOL_PAGER: `"${pager}"`, LANG: 'C.UTF-8', ...env } })

describe('what is longer than the screen', () => {
  it.each([
    [[...long], /^┌/],
    [[...long, '--format', 'vertical'], /^id {10}1\n/],
    [['users', 'list', '--sort', 'id', '--fields', 'id', '--color', 'always'], /^┌/],
    [['users', 'export', '--format', 'vertical'], /^username {4}ada\n/],
  ])('is read in a pager: dbtool %j', async (argv, start) => {
    const tty = sit(argv)
    await tty.see('reading')
    expect(stripVTControlCharacters(readFileSync(pages, 'utf8'))).toMatch(start)
    tty.type('all\r')
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toContain('has read all')
    expect(tty.screen).not.toContain('user7@example.com')
  })

  it('has its colours and the width of the terminal', async () => {
    const tty = sit([...long, '--color', 'always'])
    await tty.see('reading')
    const text = readFileSync(pages, 'utf8')
    expect(text).toContain('\u001b[1m')
    // The name of the time's column has its zone below it.
    expect(text.split('\n')).toHaveLength(38)
    tty.type('\r')
    expect(await tty.ended()).toBe(0)
  })

  it.each<[argv: string[], env: Record<string, string>, rows?: number]>([
    [long, {}, 40],
    [[...long, '--limit', '3'], {}],
    [['users', 'get', 'user1'], {}, 5],
    [[...long, '--no-pager'], {}],
    [['--no-pager', ...long], {}],
    [[...long, '--json'], {}],
    [[...long, '--format', 'csv'], {}],
    [[...long, '--field', 'email'], {}],
    [['users', 'export'], {}],
    [long, { DBTOOL_PAGER: '' }],
    [long, { DBTOOL_PAGER: 'cat' }],
    [long, { DBTOOL_PAGER: '', PAGER: pager }],
    [long, { TERM: 'dumb' }],
  ])('is shown as it is, without a pager: %j with %j', async (argv, env, rows) => {
    const tty = sit(argv, env, rows)
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).not.toContain('reading')
    expect(tty.screen).toContain('user1')
  })

  it('is read by a pager that cannot write files, whatever is pasted into it', async () => {
    const tty = sit(long, { DBTOOL_PAGER: `cat >'${pages}'; echo secure $LESSSECURE` })
    await tty.see('secure 1')
    expect(await tty.ended()).toBe(0)
  })

  it('goes into a pipe or a file as it is', async () => {
    const file = join(folder, 'stdout')
    const tty = terminal(long, database, { rows: 20, stdout: file, env: { DBTOOL_PAGER: `"${pager}"` } })
    expect(await tty.ended()).toBe(0)
    expect(readFileSync(file, 'utf8')).toMatch(/^┌/)
    expect(tty.screen).toBe('')
  })
})

describe('while somebody reads', () => {
  it('nothing else is written; what is to be said follows', async () => {
    await shop.connection.execute(
      "INSERT INTO products (name, price, stock, stock_received) SELECT 'Thing', 1, 1, 1 FROM seq_1_to_60",
    )
    const tty = sit(['products', 'list', '--timing', '--sql'])
    await tty.see('reading')
    const before = tty.screen
    expect(before).toContain('→')
    expect(before).not.toContain('the first 50')
    tty.type('enough\r')
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toMatch(
      new RegExp(
        /has read enough\n(.*\n)*only the first 50 rows; --limit 0 shows all\n/.source +
          /(.*\n)*\d+ ms, of which \d+ ms in \d+ statements\n$/.source,
      ),
    )
  })

  it('an error follows what was printed before it', async () => {
    const tty = sit(['doctor', '--all'], { DB_SOCKET: '/nowhere' })
    await tty.see('reading')
    expect(tty.screen).not.toContain('error:')
    tty.type('\r')
    expect(await tty.ended()).toBe(1)
    expect(tty.screen).toMatch(/has read [^]*error: faults:/)
  })

  it('Ctrl-C is for the pager, as often as it comes', async () => {
    const tty = sit(long)
    await tty.see('reading')
    for (let times = 0; times < 3; times += 1) {
      tty.type(keys.ctrlC)
      await tty.see('heard Ctrl-C')
    }
    tty.type('still here\r')
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toMatch(/has read still here\n$/)
  })

  it('an export goes on as he reads on, and ends when he has seen enough', async () => {
    writeFileSync(pager, '#!/bin/sh\nhead -2\necho enough\n')
    const many =
      "INSERT INTO products (sku, name, price, stock, stock_received) SELECT CONCAT('P-', seq), REPEAT('x', " +
      '200), 1, 1, 1 FROM seq_1_to_20000'
    await shop.connection.execute(many)
    const tty = sit(['products', 'export', '--format', 'vertical', '--timing'])
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toMatch(/enough\n\d/)
    expect(tty.screen).not.toContain('error')
    await shop.connection.execute("DELETE FROM products WHERE sku LIKE 'P-%'")
  })

  it.runIf(pagerCommand({ ...process.env, TERM: 'xterm', DBTOOL_PAGER: 'less' }) !== undefined)(
    'less shows it page by page, and leaves quietly with q',
    async () => {
      for (const LANG of ['C.UTF-8', '']) {
        const tty = sit(long, { DBTOOL_PAGER: 'less -FIRX', LANG })
        await tty.see('│ user12')
        tty.type('q')
        expect(await tty.ended()).toBe(0)
        expect(tty.screen).not.toContain('user30')
      }
    },
  )
})

describe('the pager', () => {
  const PATH = folder
  beforeAll(() => {
    for (const name of ['less', 'most']) writeFileSync(join(folder, name), '')
  })

  it.each<[NodeJS.ProcessEnv, string | undefined]>([
    [{}, 'less -FIRX'],
    [{ PAGER: 'most' }, 'most'],
    [{ PAGER: 'less', DBTOOL_PAGER: 'most -s' }, 'most -s'],
    [{ DBTOOL_PAGER: 'LESS=R less' }, 'LESS=R less'],
    [{ DBTOOL_PAGER: `'${folder}/a pager' -x` }, `'${folder}/a pager' -x`],
    [{ DBTOOL_PAGER: '' }, undefined],
    [{ DBTOOL_PAGER: ' ' }, undefined],
    [{ PAGER: 'cat' }, undefined],
    [{ PAGER: '' }, undefined],
    [{ PAGER: 'nothere' }, undefined],
    [{ DBTOOL_PAGER: '/no/where/less' }, undefined],
    [{ TERM: 'dumb' }, undefined],
    [{ TERM: undefined }, undefined],
    [{ PATH: '/nowhere' }, undefined],
  ])('of %j is %s', (env, command) => {
    expect(existsSync(pager)).toBe(true)
    expect(pagerCommand({ TERM: 'xterm', PATH, ...env })).toBe(command)
  })
})
