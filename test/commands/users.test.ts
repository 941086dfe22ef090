import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { everything } from '../support/shop.ts'

const shop = testDatabase()
const type = (line: string): Promise<Outcome> => dbtool(line, { database: shop.name })
const lastLog = async (): Promise<unknown> =>
  (await shop.connection.rows('SELECT command, entity, message FROM logs ORDER BY id DESC LIMIT 1'))[0]
const logs = async (): Promise<number> => (await shop.connection.rows('SELECT id FROM logs')).length

beforeAll(async () => {
  for (const username of ['ada', 'bob', 'eve'])
    await shop.connection.execute(
      `INSERT INTO users (username, email, password_hash) VALUES (?, CONCAT(?, '@example.com'), '!')`,
      [username, username],
    )
  await type('products create --sku TEA-1 --name Tea --price 4.50 --stock 100')
  expect(await type('orders place --user ada --item TEA-1:1')).toMatchObject({ exitCode: 0 })
  await type('users update eve --inactive')
})

describe('users update', () => {
  it.each<[line: string, changed: object, log: string]>([
    [
      'ada --first-name Ada --last-name "  Lovelace "',
      { first_name: 'Ada', last_name: 'Lovelace', rows_changed: 1 },
      'updated: first_name, last_name',
    ],
    [
      'ada --first-name Ada --last-name Byron',
      { first_name: 'Ada', last_name: 'Byron', rows_changed: 1 },
      'updated: last_name',
    ],
    ['ADA@example.com --last-name ""', { first_name: 'Ada', last_name: null, rows_changed: 1 }, 'updated: last_name'],
    [
      '1 --email Countess@Example.com',
      { username: 'ada', email: 'countess@example.com', rows_changed: 1 },
      'updated: email',
    ],
    ['ada --inactive', { is_active: false, rows_changed: 1 }, 'updated: is_active true → false'],
    [
      'ada --active --email ada@example.com',
      { is_active: true, email: 'ada@example.com', rows_changed: 1 },
      'updated: email, is_active false → true',
    ],
  ])('dbtool users update %s', async (line, changed, log) => {
    const before = await logs()
    const { json, stderr, exitCode } = await type(`users update ${line} --json`)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject(changed)
    expect(await logs()).toBe(before + 1)
    expect(await lastLog()).toEqual({ command: 'users update', entity: 'users', message: log })
  })

  it('tells a person how many rows changed, and notes when', async () => {
    await shop.connection.execute(`UPDATE users SET updated_at = '2020-01-01'`)
    const { stdout, stderr } = await type('users update bob --first-name Bob')
    expect(stderr).toEqual(expect.stringMatching(/^✔ 1 row changed: /))
    expect(stdout).toContain('first_name  Bob')
    expect(stdout).not.toContain('rows_changed')
    expect(await shop.connection.rows(`SELECT username FROM users WHERE updated_at > '2020-01-01'`)).toEqual([
      { username: 'bob' },
    ])
  })

  it.each(['--first-name Bob', '--active', '--email BOB@example.com --first-name Bob', '--last-name ""'])(
    'with nothing to change is exit 0 and changes nothing: bob %s',
    async (flags) => {
      const before = await everything(shop)
      expect(await type(`users update bob ${flags}`)).toMatchObject({
        exitCode: 0,
        stderr: 'nothing to change: bob has these values already\n',
      })
      expect((await type(`users update bob ${flags} --json`)).json()).toMatchObject({
        username: 'bob',
        rows_changed: 0,
      })
      expect((await type(`users update bob ${flags} --format csv`)).stdout).toMatch(/,rows_changed\n.*,0\n$/)
      expect(await everything(shop)).toEqual(before)
    },
  )
})

describe('users list', () => {
  const usernames = async (flags: string): Promise<unknown[]> =>
    (await type(`users list ${flags} --sort username --json`))
      .json<{ username: string }[]>()
      .map(({ username }) => username)

  it('takes %, _ and ! for letters', async () => {
    const names = [
      ['a_b', '100% Anne'],
      ['a1b', '100 Anne'],
      ['c_d', 'Wow! \\'],
      ['c1d', "O'Hara"],
    ] as const
    for (const [username, name] of names)
      await shop.connection.execute(
        `INSERT INTO users (username, email, password_hash, last_name) VALUES (?, CONCAT(?, '@x.org'), '!', ?)`,
        [username, username, name],
      )
    expect(
      await Promise.all(
        ['%', '_', '!', '\\', "'", 'a_b', '0%', '!%', '@X.ORG'].map((text) =>
          usernames(`--search ${text === "'" ? `"${text}"` : text}`),
        ),
      ),
    ).toEqual([['a_b'], ['a_b', 'c_d'], ['c_d'], ['c_d'], ['c1d'], ['a_b'], ['a_b'], [], ['a_b', 'a1b', 'c_d', 'c1d']])
    await shop.connection.execute(`DELETE FROM users WHERE email LIKE '%@x.org'`)
  })

  it('puts all of its conditions into one statement, with every value bound', async () => {
    const { stderr, stdout } = await type(
      'users list --sql --format ids --active --search a% --min-orders 1 --created-since 2020-01-02 --sort ' +
        '-email --limit 3 --offset 2',
    )
    const statements = stderr.split('\n').filter((line) => line.includes('FROM users'))
    expect([statements.length, stdout]).toEqual([1, ''])
    expect(statements[0]).toMatch(
      new RegExp(
        /WHERE \(u\.is_active = \?\) AND .* LIKE \? .* >= \?\) AND \(u\.created_at >= \?\) /.source +
          /ORDER BY u\.email DESC, u\.id DESC LIMIT \? OFFSET \? {2}-- /.source +
          /\[true,"%a!%%","%a!%%","%a!%%","%a!%%",1,"2020-01-02T00:00:00.000Z",3,2\]$/.source,
      ),
    )
  })

  it.each<[flags: string, usernames: string[]]>([
    ['--active --search EXAMPLE.com', ['ada', 'bob']],
    ['--active --min-orders 1', ['ada']],
    ['--inactive --min-orders 0', ['eve']],
    ['--inactive --min-orders 1', []],
    ['--active --search ada --min-orders 1 --created-since 2020-01-01', ['ada']],
    ['--search ada --created-since 2999-01-01', []],
    ['--active --limit 1 --offset 1', ['bob']],
  ])('dbtool users list %s', async (flags, expected) => {
    expect(await usernames(flags)).toEqual(expected)
  })
})
