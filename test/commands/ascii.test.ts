import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { renewedShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
beforeAll(() => renewedShop(shop))

const beyond = /[^\x00-\x7f]/
const lines = [
  'users list',
  'users get ada',
  'orders list --items',
  'report top-products --chart',
  'doctor --all',
  'db check',
  'products restock TEA-1 --by 1 --dry-run --sql',
  'products update TEA-1 --name "Green tea from the slopes of a mountain far away and all alone" --dry-run',
  'products list',
  'users list --limit 1',
  'users get nobody',
  'db rollback --dry-run',
  'pool stress --sql "DO 0" --workers 3',
  'orders place --user ada --item TEA-1:1000',
  'db grants --format vertical',
  'config show',
]

describe('on a terminal that knows only ASCII', () => {
  it.each(lines)('nothing else is drawn by dbtool %s', async (line) => {
    const { stdout, stderr } = await dbtool(`${line} --no-input --no-pager`, {
      database,
      columns: 80,
      as: 'owner',
      env: { LC_ALL: 'C' },
    })
    expect(`${stdout}${stderr}`.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(beyond)
  })

  it.each(lines.slice(0, 6))('and in a pipe there is what there was: dbtool %s', async (line) => {
    const piped = await dbtool(line, { database, env: { LC_ALL: 'C' } })
    expect(`${piped.stdout}${piped.stderr}`).toMatch(line === 'users get ada' ? /ada/ : beyond)
  })

  it.each<[Record<string, string>, boolean]>([
    [{ LC_ALL: 'POSIX' }, true],
    [{ LANG: 'de_DE.ISO-8859-15' }, true],
    [{ TERM: 'linux' }, true],
    [{ TERM: 'dumb' }, true],
    [{ LANG: 'de_DE.UTF-8', TERM: 'xterm' }, false],
    [{}, false],
  ])('which is one with %j: %s', async (env, isAscii) => {
    const { stdout, stderr } = await dbtool('db check --no-pager', {
      database,
      columns: 80,
      env: { NO_COLOR: '1', ...env },
    })
    expect([stdout[0], stderr]).toEqual(isAscii ? ['+', 'ok all invariants hold\n'] : ['┌', '✔ all invariants hold\n'])
  })

  it.each([
    [['users', 'update', 'ada'], '>[ ] Email address', 'up/down navigate, space select'],
    [['users', 'get'], '> bob', 'up/down navigate, enter select'],
    [[], '> users ', 'up/down navigate, enter select'],
  ])('nothing else is asked with: dbtool %j', async (argv, choice, keysHelp) => {
    const tty = terminal(argv, database, { env: { LC_ALL: 'C' } })
    await tty.see(choice)
    await tty.see(keysHelp)
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
    expect(tty.screen).not.toMatch(beyond)
  })

  it('texts of others stay as they are', async () => {
    await shop.connection.execute("UPDATE users SET first_name = '緑茶 → ✔' WHERE id = 1")
    expect(
      (
        await dbtool('users get ada --fields first_name', {
          database,
          columns: 80,
          env: { LC_ALL: 'C', NO_COLOR: '1' },
        })
      ).stdout,
    ).toBe('first_name  緑茶 → ✔\n')
  })
})
