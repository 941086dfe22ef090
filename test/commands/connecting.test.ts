import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'

const shop = testDatabase()
const login = `t_${randomBytes(4).toString('hex')}`
const password = 'Correct-horse-1'
const folder = temporaryFolder()
const passwordFile = join(folder, 'password')
beforeAll(async () => {
  await smallShop(shop.name)
  await shop.connection.execute(`CREATE USER '${login}'@'localhost' IDENTIFIED BY '${password}'`)
  await shop.connection.execute(`GRANT ALL ON ${shop.name}.* TO '${login}'@'localhost'`)
  writeFileSync(passwordFile, `${password}\n`)
  chmodSync(passwordFile, 0o600)
})
afterAll(() => shop.connection.execute(`DROP USER '${login}'@'localhost'`))

const whoAmI = (outcome: { json(): Record<string, unknown> }): unknown => outcome.json()['user']

describe('the password', () => {
  it('comes from a file, from standard input or from DB_PASSWORD', async () => {
    const situation = { database: shop.name, as: 'owner', stdin: `${password}\nsomething else` } as const
    for (const line of [`--password-file ${passwordFile}`, '--password-file -']) {
      expect(whoAmI(await dbtool(`connection test --json --user ${login} ${line}`, situation))).toBe(
        `${login}@localhost`,
      )
    }
    expect(
      whoAmI(await dbtool(`connection test --json --user ${login}`, { ...situation, env: { DB_PASSWORD: password } })),
    ).toBe(`${login}@localhost`)
    expect(
      whoAmI(
        await dbtool(`connection test --json --user ${login}`, {
          ...situation,
          env: { DB_PASSWORD_FILE: passwordFile },
        }),
      ),
    ).toBe(`${login}@localhost`)
  })

  it('that is wrong is said with the way out, and never repeated', async () => {
    const wrong = await dbtool(`users list --user ${login} --json -v`, {
      database: shop.name,
      env: { DB_PASSWORD: 'wrong-hunter2' },
    })
    expect(wrong).toMatchObject({
      exitCode: 4,
      error: {
        code: 'ACCESS_DENIED',
        message: expect.stringMatching(`refused user '${login}'`),
        hint: expect.stringMatching(/--ask-password/),
      },
    })
    const verbose = await dbtool(`users list --user ${login} -v`, {
      database: shop.name,
      env: { DB_PASSWORD: 'wrong-hunter2' },
    })
    expect(verbose.stderr).toMatch(/\ncause: /)
    expect(wrong.stderr + verbose.stderr).not.toContain('hunter2')
  })

  it.each([
    '--password hunter2 users list',
    'users list --password hunter2',
    'users list --password=hunter2',
    'users --password list',
  ])('on the command line is refused with advice: %s', async (line) => {
    const refused = await dbtool(`--json ${line}`, { database: shop.name })
    expect(refused).toMatchObject({
      exitCode: 2,
      error: { code: 'USAGE', hint: expect.stringMatching(/--ask-password.*--password-file.*DB_PASSWORD/) },
    })
    expect(refused.stderr).not.toContain('hunter2')
  })

  it('in --url works, with a warning', async () => {
    const url = `mariadb://${login}:${password}@localhost/${shop.name}?socket=${inject('socket')}`
    const { exitCode, stdout, stderr } = await dbtool(['users', 'list', '--format', 'count', '--url', url])
    expect([exitCode, stdout]).toEqual([0, '2\n'])
    expect(stderr).toMatch(/^warning: everybody on this machine can read the password in --url/)
    expect(stderr).not.toContain(password)
    expect((await dbtool(['users', 'list', '--json', '--url', url])).stderr).toMatch(/^\{"warning":[^\n]*\}\n$/)
  })
})

describe('a flag', () => {
  it('stands before the noun, between, or after the verb', async () => {
    for (const line of ['--format count users list', 'users --format count list', 'users list --format count'])
      expect((await dbtool(line, { database: shop.name })).stdout).toBe('2\n')
  })

  it('of the verb is not the one of the connection: the log-in before, the customer after', async () => {
    const placed = await dbtool(
      `--user ${login} --password-file ${passwordFile} orders list --user ada --format count`,
      { database: shop.name },
    )
    expect([placed.exitCode, placed.stdout]).toEqual([0, '1\n'])
    expect(
      (
        await dbtool(`orders --user ${login} --password-file ${passwordFile} list --user bob --json`, {
          database: shop.name,
        })
      ).json(),
    ).toEqual([])
  })

  it('that is nearest to the verb wins', async () => {
    expect((await dbtool('--format json users list --format count', { database: shop.name })).stdout).toBe('2\n')
  })

  it('wins over the environment, and that over the env file', async () => {
    writeFileSync(join(folder, '.env'), 'DB_NAME=from_file\nDB_POOL_SIZE=7\nDB_HOST=file.example.com\n')
    const situation = { cwd: folder, env: { DB_NAME: 'from_environment', DB_HOST: '' } }
    const origins = (await dbtool('config show --json --database from_flag', situation)).json<
      { name: string; value: string; origin: string }[]
    >()
    expect(
      origins
        .filter(({ name }) => /NAME|POOL_SIZE|HOST|MAX_OVERFLOW/.test(name))
        .map(({ value, origin }) => [value, origin]),
    ).toEqual([
      ['file.example.com', '.env'],
      ['from_flag', 'flag'],
      ['7', '.env'],
      ['10', 'default'],
    ])
  })
})

describe('a server', () => {
  it('that is not there', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => probe.once('listening', resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))
    expect(await dbtool(`users list --json --host 127.0.0.1 --port ${port}`)).toMatchObject({
      exitCode: 4,
      error: {
        code: 'UNREACHABLE',
        message: `cannot reach MariaDB at 127.0.0.1:${port} (ECONNREFUSED)`,
        hint: expect.stringMatching(/dbtool server start/),
      },
    })
    expect(await dbtool('users list --json --socket /nowhere.sock')).toMatchObject({
      exitCode: 4,
      error: { code: 'UNREACHABLE', hint: expect.stringMatching(/dbtool server status/) },
    })
  })

  it('without that database', async () => {
    expect(await dbtool('users list --json', { database: 'no_such_db', as: 'owner' })).toMatchObject({
      exitCode: 4,
      error: {
        code: 'UNKNOWN_DATABASE',
        message: expect.stringMatching(/^there is no database 'no_such_db' on /),
        hint: expect.stringMatching(/CREATE DATABASE `no_such_db`/),
      },
    })
  })

  it('without that database, or with one that is closed to this user, which the server does not tell him', async () => {
    for (const database of ['no_such_db', 'mysql']) {
      const message = expect.stringMatching(`^user 'dbtool_app' has no access to that database at .*'${database}'$`)
      expect(await dbtool('users list --json', { database })).toMatchObject({
        exitCode: 4,
        error: { code: 'ACCESS_DENIED', message, hint: expect.stringMatching(/--database.*dbtool db grants/) },
      })
    }
  })
})

it('a name with quotes and backticks is written as SQL has it', async () => {
  const refused = await dbtool(['users', 'list', '--json'], { database: "a`b'c", as: 'owner' })
  expect(refused.error).toMatchObject({
    code: 'UNKNOWN_DATABASE',
    message: expect.stringContaining("'a`b'c'"),
    hint: expect.stringContaining("CREATE DATABASE `a``b'c`,"),
  })
})

describe('--sql', () => {
  it('shows every statement with its time on stderr, and secrets as stars', async () => {
    const { stdout, stderr } = await dbtool(
      'users create --username dora --email dora@example.com --password-stdin --sql --json',
      { database: shop.name, stdin: 'Geheimnis-123\n' },
    )
    expect(stderr).toMatch(
      /^→ \d+\.\d ms {2}INSERT INTO users .*\["dora","dora@example.com",null,"\*{8}",null,null,false\]$/m,
    )
    expect(stdout + stderr).not.toMatch(/\$2[aby]\$|Geheimnis/)
  })
})

describe('a schema', () => {
  const other = testDatabase()
  const row = (version: number, finished: string): string =>
    'INSERT INTO schema_migrations (version, name, checksum, direction, steps, steps_done, finished_at) ' +
    `VALUES (${version}, 'later', REPEAT('0', 64), 'up', 3, 2, ${finished})`

  it.each([
    [
      'newer than this dbtool',
      row(99, 'UTC_TIMESTAMP()'),
      'SCHEMA_NEWER',
      /^the schema is newer than this dbtool: it has migration 99 \(later\)$/,
    ],
    [
      'half-run',
      'UPDATE schema_migrations SET finished_at = NULL, steps_done = 2 WHERE version = 1',
      'MIGRATION_HALF_RUN',
      /^migration 1 \(shop\) stopped after statement 2 of \d+/,
    ],
  ])('that is %s is refused by every verb', async (_what, change, code, message) => {
    await other.connection.execute(change)
    for (const line of ['users list', 'products create --name N --price 1', 'db status', 'db migrate']) {
      const refused = await dbtool(`${line} --format json`, { database: other.name })
      expect(refused, line).toMatchObject({
        exitCode: 8,
        error: { code, message: expect.stringMatching(message), hint: expect.stringMatching(/./) },
      })
    }
    await other.connection.execute('DELETE FROM schema_migrations WHERE version = 99')
  })
})
