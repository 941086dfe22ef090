import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { smallShop } from '../support/shop.ts'

const shop = testDatabase()
const bare = testDatabase({ migrated: false })
const { name } = shop
const owner = { database: name, as: 'owner' } as const
const password = randomBytes(8).toString('hex')
const tag = randomBytes(4).toString('hex')
const [clerk, reporter, admin] = [`clerk_${tag}`, `report_${tag}`, `admin_${tag}`]
const as = (user: string) => ({ database: name, env: { DB_USER: user, DB_PASSWORD: password } })
const pattern = `\`${name.replace('_', '\\_')}\``

beforeAll(async () => {
  await smallShop(name)
  for (const user of [clerk, reporter, admin])
    await shop.connection.execute(`CREATE USER ${user}@localhost IDENTIFIED BY '${password}'`)
})
afterAll(async () => {
  for (const user of [clerk, reporter, admin]) await shop.connection.execute(`DROP USER ${user}@localhost`)
})

interface Row {
  role?: string
  account: string
  statement: string
}

describe('db grants shows', () => {
  it('what each role needs, for an account of its own, and asks no server', async () => {
    const rows = (await dbtool('db grants --json --socket /nowhere', { env: { DB_NAME: 'a_shop' } })).json<Row[]>()
    expect([...new Set(rows.map(({ role, account }) => `${role ?? ''} ${account}`))]).toEqual([
      'app dbtool_app@localhost',
      'migrator dbtool_migrator@localhost',
      'reporter dbtool_reporter@localhost',
      'bench dbtool_bench@localhost',
    ])
    expect(rows.slice(0, 3).map(({ statement }) => statement)).toEqual([
      'GRANT SELECT, INSERT, UPDATE, DELETE ON `a\\_shop`.* TO `dbtool_app`@`localhost`',
      'GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON `a\\_shop`.* TO ' +
        '`dbtool_migrator`@`localhost`',
      expect.stringMatching(/^GRANT SELECT \(id, username, .*\) ON `a_shop`.`users` TO `dbtool_reporter`@`localhost`$/),
    ])
  })

  it.each([
    ['--for shop@10.%', ['app'], 'shop@10.%'],
    ['--role migrator', ['migrator'], 'dbtool_migrator@localhost'],
    ['--role reporter --for bi@localhost', ['reporter'], 'bi@localhost'],
  ])('with %s: %j for %s', async (flags, named, account) => {
    const rows = (await dbtool(`db grants ${flags} --json`, owner)).json<Row[]>()
    expect([[...new Set(rows.map(({ role }) => role))], [...new Set(rows.map((row) => row.account))]]).toEqual([
      named,
      [account],
    ])
  })

  it('people statements that they can copy, whole', async () => {
    const { stdout, stderr } = await dbtool('db grants --role app', { ...owner, columns: 40 })
    expect(stdout).toBe(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${pattern}.* TO \`dbtool_app\`@\`localhost\`;  -- app\n`,
    )
    expect(stderr).toContain('nothing was changed')
  })

  it('text from outside cannot speak to a terminal', async () => {
    const { stdout } = await dbtool(['db', 'grants', '--role', 'app', '--database', 'a\u001b[31m'], owner)
    expect(stdout).toContain('`a\\u001b[31m`')
  })
})

describe('db grants --apply', () => {
  const granted = (user: string): Promise<unknown[]> => shop.connection.rows(`SHOW GRANTS FOR ${user}@localhost`)

  it.each([
    ['--apply', 2, 'USAGE', 'missing --for', /flags or arguments/],
    ['--apply --for shop', 2, 'USAGE', '--for must be user@host such as shop@localhost', null],
    ['--role boss', 2, 'USAGE', "--role must be one of app, migrator, reporter, bench, not 'boss'", null],
    [
      '--apply --for nobody@localhost',
      5,
      'NOT_FOUND',
      'there is no account nobody@localhost on this server',
      /CREATE USER `nobody`@`localhost` IDENTIFIED BY/,
    ],
    [
      '--apply --for nobody@localhost -n',
      5,
      'NOT_FOUND',
      'there is no account nobody@localhost on this server',
      /CREATE USER/,
    ],
  ])('%s: exit %d', async (...[flags, exitCode, code, message, hint]) => {
    const refused = await dbtool(`db grants ${flags} --json`, owner)
    expect(refused).toMatchObject({ exitCode, stdout: '', error: { code, message } })
    if (hint !== null) expect(refused.error.hint).toMatch(hint)
  })

  it('with --dry-run shows the statements and runs none', async () => {
    const before = await granted(clerk)
    const { json } = await dbtool(`db grants --for ${clerk}@localhost --apply -n --json`, owner)
    expect(json()).toEqual([
      {
        role: 'app',
        account: `${clerk}@localhost`,
        statement: `GRANT SELECT, INSERT, UPDATE, DELETE ON ${pattern}.* TO \`${clerk}\`@\`localhost\``,
      },
    ])
    expect(await granted(clerk)).toEqual(before)
  })

  it('makes an account that runs the shop and cannot change its schema; hashes are not shown', async () => {
    expect((await dbtool('users list --json', as(clerk))).error).toMatchObject({ code: 'ACCESS_DENIED' })
    const { stdout, stderr, json } = await dbtool(`db grants --for ${clerk}@localhost --apply --json`, owner)
    expect(json()).toEqual([
      {
        account: `${clerk}@localhost`,
        statement: `GRANT USAGE ON *.* TO \`${clerk}\`@\`localhost\` IDENTIFIED BY PASSWORD '********'`,
      },
      {
        account: `${clerk}@localhost`,
        statement: `GRANT SELECT, INSERT, UPDATE, DELETE ON ${pattern}.* TO \`${clerk}\`@\`localhost\``,
      },
    ])
    expect(stdout + stderr).not.toMatch(/\*[0-9A-F]{40}/)
    expect((await dbtool('orders place --user ada --item TEA-1:1 --json', as(clerk))).exitCode).toBe(0)
    expect((await dbtool('connection test --json', as(clerk))).json()).toMatchObject({ user: `${clerk}@localhost` })
    expect((await dbtool(`db grants --for ${clerk}@localhost --apply`, owner)).stderr).toContain(
      `granted to ${clerk}@localhost: app`,
    )
  })

  it('makes a reporter who reads everything and changes nothing', async () => {
    expect((await dbtool(`db grants --for ${reporter}@localhost --role reporter --apply --json`, owner)).exitCode).toBe(
      0,
    )
    for (const line of [
      'users list',
      'users get ada',
      'products list',
      'orders list --user ada',
      'orders get 1',
      'report top-products',
      'db check',
      'db status',
      'users list --min-orders 1 --search a',
    ]) {
      expect(await dbtool(line, as(reporter)), line).toMatchObject({ exitCode: 0 })
    }
    for (const line of [
      'users create --username eve --email eve@example.com --generate-password',
      'products create --name N --price 1',
      'orders place --user ada --item TEA-1:1',
    ]) {
      expect((await dbtool(`${line} --json`, as(reporter))).error, line).toMatchObject({
        code: 'ACCESS_DENIED',
        exitCode: 4,
        message: expect.stringMatching(/command denied/),
      })
    }
  })

  it('of a reporter needs the tables to be there', async () => {
    expect(
      await dbtool(`db grants --for ${reporter}@localhost --role reporter --apply --json`, {
        ...owner,
        database: bare.name,
      }),
    ).toMatchObject({
      exitCode: 1,
      error: { code: 'QUERY_FAILED', hint: 'check that the schema exists: dbtool db status' },
    })
  })

  it.each([
    ['who sees no accounts', ''],
    ['who may not grant', 'GRANT SELECT ON mysql.* TO'],
  ])('by a user %s says who can', async (_who, more) => {
    if (more !== '') await shop.connection.execute(`${more} ${admin}@localhost`)
    await shop.connection.execute(`GRANT ALL ON ${pattern}.* TO ${admin}@localhost`)
    for (const role of ['app', 'reporter']) {
      expect(await dbtool(`db grants --for ${clerk}@localhost --role ${role} --apply --json`, as(admin))).toMatchObject(
        {
          exitCode: 4,
          stdout: '',
          error: {
            code: 'ACCESS_DENIED',
            message: expect.stringMatching(/^this user cannot grant privileges: .*denied/),
            hint: expect.stringMatching(/administrator/),
          },
        },
      )
    }
    await shop.connection.execute(`GRANT SELECT ON ${pattern}.* TO ${admin}@localhost WITH GRANT OPTION`)
    expect((await dbtool(`db grants --for ${clerk}@localhost --apply --json`, as(admin))).exitCode).toBe(
      more === '' ? 4 : 0,
    )
    await shop.connection.execute(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${admin}@localhost`)
  })
})

describe('the application user, as whom the tests run the shop', () => {
  it('is who it should be, and may not change the schema', async () => {
    expect((await dbtool('connection test --json', { database: name })).json()).toMatchObject({
      user: 'dbtool_app@localhost',
    })
    const closed = { exitCode: 4, error: { code: 'ACCESS_DENIED', hint: expect.stringMatching('dbtool db grants') } }
    expect(await dbtool('db migrate --json', { database: bare.name })).toMatchObject(closed)
    expect(await dbtool('db rollback --yes --json', { database: name })).toMatchObject(closed)
    expect(await dbtool(`db grants --for ${clerk}@localhost --apply --json`, { database: name })).toMatchObject({
      exitCode: 4,
      error: { code: 'ACCESS_DENIED' },
    })
    expect((await dbtool('db check', { database: name })).exitCode).toBe(0)
  })
})
