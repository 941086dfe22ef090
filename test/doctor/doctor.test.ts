import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { checks } from '../../src/doctor/catalog.ts'
import { freePort } from '../server/free-port.ts'
import { spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything, smallShop } from '../support/shop.ts'
import { examine } from './examine.ts'

const shop = testDatabase()
const empty = testDatabase({ migrated: false })
const folder = temporaryFolder()
const account = (what: string): string => `${what}_${randomBytes(4).toString('hex')}`
const [buyer, reader, owner, stranger] = [account('buyer'), account('reader'), account('owner'), account('stranger')]
const password = 'Correct-horse-1'
const names = checks.map(({ name }) => name)
const behind = (first: string): string[] => names.slice(names.indexOf(first)).filter((name) => name !== 'node' && name !== 'dbtool')

beforeAll(async () => {
  await smallShop(shop.name)
  const { connection, name } = shop
  for (const user of [buyer, reader, owner, stranger]) await connection.change(`CREATE USER '${user}'@'localhost' IDENTIFIED BY '${password}'`)
  await connection.change(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.* TO '${buyer}'@'localhost'`)
  await connection.change(`GRANT SELECT ON ${name}.users TO '${reader}'@'localhost'`)
  await connection.change(`GRANT ALL ON ${name}.* TO '${owner}'@'localhost'`)
  await connection.change(`GRANT PROCESS ON *.* TO '${owner}'@'localhost'`)
})
afterAll(async () => {
  for (const user of [buyer, reader, owner, stranger]) await shop.connection.change(`DROP USER '${user}'@'localhost'`)
})

const as = (user: string, more: Record<string, string> = {}) => ({ database: shop.name, env: { DB_USER: user, DB_PASSWORD: password, ...more } })

describe('a healthy shop', () => {
  it('has no faults and no warnings, and doctor changes nothing', async () => {
    const before = await everything(shop)
    const { outcome, findings } = await examine({ database: shop.name })
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual(names)
    expect(Object.keys(findings[0]!)).toEqual(['group', 'status', 'check', 'found', 'fix'])
    expect(await everything(shop)).toEqual(before)
  })

  it('is told to a person in a table that cuts nothing, whatever the width', async () => {
    for (const columns of [80, 120]) {
      const { exitCode, stdout, stderr } = await dbtool('doctor --color never', { database: shop.name, columns })
      expect([exitCode, stderr]).toEqual([0, '✔ no faults\n'])
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
      expect(stdout).not.toContain('…')
      expect(stdout).toMatch(/^│ status │ check +│ found +│$/m)
      for (const group of ['Configuration', 'Reaching it', 'The shop', 'This tool']) expect(stdout).toMatch(new RegExp(`^│ ${group} +│$`, 'm'))
      expect(stdout).toMatch(/^│ ✔ +│ version +│ MariaDB /m)
    }
  })

  it('has an account with just enough', async () => {
    const { outcome, named } = await examine(as(buyer))
    expect([outcome.exitCode, named('fault'), named('warning'), named('skipped')]).toEqual([0, [], [], []])
  })

  it('is a list in every format, and signs are for people only', async () => {
    const { stdout } = await dbtool('doctor --format csv', { database: shop.name })
    expect(stdout.split('\n')[0]).toBe('group,status,check,found,fix')
    expect(stdout).toMatch(/^Server,ok,time-zone,"?UTC in our sessions/m)
    expect((await dbtool('doctor --format ids', { database: shop.name })).stdout.trim().split('\n')).toEqual(names)
    expect((await dbtool('doctor --color always', { database: shop.name })).stdout).toContain('\u001b[32m✔\u001b[39m')
  })
})

describe('the way to the server', () => {
  it.each([
    ['no socket', () => ({ DB_SOCKET: '/nowhere.sock' }), 'connect', 'cannot reach /nowhere.sock: there is no such file'],
    ['an ordinary file', () => ({ DB_SOCKET: '/etc/passwd' }), 'connect', 'cannot reach /etc/passwd: it is no socket'],
    ['nobody at the port', async () => ({ DB_HOST: '127.0.0.1', DB_PORT: String(await freePort()) }), 'connect', /^cannot reach 127\.0\.0\.1:\d+: nobody listens there$/],
    ['a name that nobody has', () => ({ DB_HOST: `${'a'.repeat(64)}.invalid` }), 'name', /^nobody knows an address of 'a+\.invalid' \(E/],
  ])('%s: a fault, and what is behind it is skipped', async (_what, env, check, found) => {
    const { outcome, named, of } = await examine({ env: await env() })
    expect(of(check)).toMatchObject({ status: 'fault', found: typeof found === 'string' ? found : expect.stringMatching(found), fix: expect.stringMatching(/correct DB_/) })
    expect(named('skipped')).toEqual(behind(check).slice(1))
    expect(outcome).toMatchObject({ exitCode: 1, error: { code: 'DOCTOR_FOUND_FAULTS', message: `at fault: ${check}`, exitCode: 1 } })
  })

  it.each([
    ['a wrong password', { DB_USER: buyer, DB_PASSWORD: 'hunter2' }, `the password of '${buyer}' is wrong`],
    ['no password', { DB_USER: buyer }, `no password was given, and '${buyer}' needs one`],
    ['a user that is not there', { DB_USER: 'nobody_at_all', DB_PASSWORD: 'hunter2' }, "there is no user 'nobody_at_all'"],
    ['a server whose owner cannot be asked', { DB_USER: buyer, DB_PASSWORD: 'hunter2', DBTOOL_HOME: '/nowhere' }, `the password of '${buyer}' is wrong, or there is no user '${buyer}' who may come from here: the server does not tell which`],
  ])('%s', async (_what, env, found) => {
    const { outcome, named, of } = await examine({ database: shop.name, env })
    expect(of('log-in')).toMatchObject({ status: 'fault', found })
    expect(named('fault')).toEqual(['log-in'])
    expect(named('skipped')).toEqual(behind('database'))
    expect(outcome.exitCode).toBe(1)
    expect(outcome.stdout + outcome.stderr).not.toContain('hunter2')
  })

  it('a database that is not there: the server is looked at all the same', async () => {
    const { outcome, named, of } = await examine({ database: 'no_such_db' })
    expect(of('database')).toEqual({ status: 'fault', found: expect.stringMatching(/^there is no database 'no_such_db' on /), fix: expect.stringMatching(/CREATE DATABASE `no_such_db`/) })
    expect(named('fault')).toEqual(['database'])
    expect(named('skipped')).toEqual(['database-charset', ...behind('migrations')])
    expect(outcome.exitCode).toBe(1)
  })

  it('a database that the user may not enter', async () => {
    const { named, of } = await examine(as(stranger))
    expect(of('database')).toEqual({ status: 'fault', found: `${stranger}@localhost may not enter the database '${shop.name}', or there is none of that name`, fix: `dbtool db grants --for ${stranger}@localhost --apply` })
    expect(named('fault')).toEqual(['database', 'needed-privileges'])
  })

  it('a server without TLS', async () => {
    const { named, of } = await examine({ database: shop.name }, '--ssl-mode required')
    expect(of('encryption')).toEqual({ status: 'fault', found: expect.stringMatching(/^no encrypted connection to /), fix: 'check --ssl-mode and --ssl-ca' })
    expect(named('fault')).toEqual(['encryption'])
    expect(of('log-in').status).toBe('skipped')
  })

  it('Ctrl-C ends it at once, also while a server that says nothing is waited for', async () => {
    const mute = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => mute.once('listening', resolve))
    const { port } = mute.address() as AddressInfo
    const env = { DB_HOST: '127.0.0.1', DB_PORT: String(port), DB_SOCKET: '', DB_CONNECT_TIMEOUT: '1h' }
    const child = await spawned(['doctor'], { database: shop.name, env, signals: [[1_500, 'SIGINT']] })
    mute.close()
    expect(child).toMatchObject({ exitCode: 130, stdout: '', stderr: 'error: interrupted\n' })
  })
})

describe('privileges', () => {
  it('that are missing are named, and what cannot be looked at is skipped', async () => {
    const { outcome, named, of } = await examine(as(reader))
    const found = new RegExp(`^${reader}@localhost lacks in '${shop.name}': SELECT on schema_migrations, addresses, .*; INSERT; UPDATE; DELETE$`)
    expect(of('needed-privileges')).toEqual({ status: 'fault', found: expect.stringMatching(found), fix: `dbtool db grants --for ${reader}@localhost --apply` })
    expect(of('migrations').found).toMatch(/^not checked: SELECT command denied to user/)
    expect(of('stock-ledger').found).toBe('not checked: it cannot be seen whether the schema is up to date')
    expect(named('fault')).toEqual(['needed-privileges'])
    expect(outcome.exitCode).toBe(1)
  })

  it('that are too many are a warning: exit 0', async () => {
    const { outcome, named, of } = await examine(as(owner))
    expect(of('excess-privileges')).toMatchObject({ status: 'warning', found: `${owner}@localhost may do more than the application needs: PROCESS on *.*; ALL on ${shop.name}.*` })
    expect([outcome.exitCode, named('warning'), named('fault')]).toEqual([0, ['excess-privileges'], []])
    expect((await dbtool('doctor', as(owner))).stderr).toBe('warning: at a risk: excess-privileges\n✔ no faults\n')
  })
})

describe('the configuration', () => {
  it('with several faults is told whole, and nothing behind it is tried', async () => {
    writeFileSync(join(folder, '.env'), 'DB_PASSWORD=hunter2\nDB_POOL_SIZE=0\nDB_HSOT=h\nnonsense\n')
    chmodSync(join(folder, '.env'), 0o644)
    const { outcome, findings, named } = await examine({ cwd: folder, env: { DB_PORT: 'abc', DB_PASSWORD_FILE: '/none', DB_USERNAME: 'ada' } })
    expect(findings.filter(({ check }) => check === 'settings').map(({ found }) => found)).toEqual([
      'line 4 of .env must read NAME=value, or be a comment that starts with #',
      'DB_HSOT (.env) is no setting of dbtool; did you mean DB_HOST?',
      "DB_PORT (environment) must be a whole number from 1 to 65535, not 'abc'",
      "DB_POOL_SIZE (.env) must be a whole number from 1 to 10000, not '0'",
      'cannot read the password file /none: there is no such file',
    ])
    expect(findings.find(({ check }) => check === 'env-file')).toMatchObject({ status: 'fault', found: '.env holds a password and every user of this machine can read it', fix: 'chmod 600 .env' })
    expect(findings.find(({ check }) => check === 'stray-names')).toMatchObject({ status: 'warning', found: 'DB_USERNAME (environment) is no setting of dbtool; did you mean DB_USER?' })
    expect(new Set(named('skipped'))).toEqual(new Set(behind('address')))
    expect(outcome).toMatchObject({ exitCode: 1, error: { message: 'at fault: settings, env-file' } })
    expect(outcome.stdout + outcome.stderr).not.toContain('hunter2')
  })

  it('says where the address came from', async () => {
    const url = `mariadb://${buyer}:${password}@localhost/${shop.name}?socket=${inject('socket')}`
    writeFileSync(join(folder, 'mine.env'), `DB_SOCKET=${inject('socket')}\nDB_NAME=${shop.name}\n`)
    const passwordFile = join(folder, 'password')
    writeFileSync(passwordFile, `${password}\n`)
    chmodSync(passwordFile, 0o644)
    const found = async (flags: string, env = {}): Promise<string> => (await examine({ cwd: folder, env: { DBTOOL_HOME: '/nowhere', ...env } }, flags)).of('address').found
    expect(await found(`--env-file mine.env`)).toBe(`${inject('socket')}, from mine.env`)
    expect(await found(`--url ${url} --env-file mine.env`)).toBe(`${inject('socket')}, from a flag`)
    expect(await found('--env-file mine.env', { DB_HOST: '127.0.0.1', DB_PORT: '1' })).toBe('127.0.0.1:1, from the environment')
    writeFileSync(join(folder, '.env'), '')
    expect(await found('', { DBTOOL_HOME: inject('home') })).toBe(`${inject('socket')}, the running private server`)
    const { of } = await examine({ env: { DB_USER: buyer, DB_SOCKET: inject('socket'), DB_NAME: shop.name } }, `--password-file ${passwordFile}`)
    expect(of('password')).toEqual({ status: 'warning', found: `every user of this machine can read the password file ${passwordFile}; in a container that is by design`, fix: `chmod 600 ${passwordFile}` })
    expect((await examine({}, `--url ${url}`)).of('password')).toMatchObject({ status: 'warning', found: 'everybody on this machine can read the password in --url' })
  })
})

describe('schema and shop', () => {
  it('without its schema', async () => {
    const { outcome, named, of } = await examine({ database: empty.name })
    expect(of('migrations')).toEqual({ status: 'fault', found: expect.stringMatching(/^the database is not up to date: \d+ migrations? (is|are) pending$/), fix: 'dbtool db migrate' })
    expect(named('skipped')).toEqual(behind('tables'))
    expect(outcome.exitCode).toBe(1)
  })

  it('with a table schema_migrations that is not ours', async () => {
    await empty.connection.change('CREATE TABLE schema_migrations (id INT)')
    expect((await examine({ database: empty.name })).of('migrations')).toMatchObject({ status: 'fault', found: expect.stringMatching(/^the table schema_migrations is not the one of this dbtool/) })
  })

  it('with tables of another engine and character set', async () => {
    await shop.connection.change('ALTER TABLE logs ENGINE = Aria, DEFAULT CHARACTER SET latin1')
    const { findings } = await examine({ database: shop.name })
    expect(findings.filter(({ check }) => check === 'tables').map(({ status, fix }) => [status, fix])).toEqual([
      ['warning', 'ALTER TABLE `logs` ENGINE = InnoDB'], ['warning', 'ALTER TABLE `logs` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci'],
    ])
    await shop.connection.change('ALTER TABLE logs ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
  })

  it('where an invariant is broken, and while it takes too long to look', async () => {
    await shop.connection.change('UPDATE products SET stock = stock + 1 WHERE id IN (1, 2)')
    const broken = await examine({ database: shop.name })
    expect(broken.named('fault')).toEqual(['stock-ledger'])
    expect(broken.of('stock-ledger')).toMatchObject({ found: expect.stringMatching(/^2 rows contradict this: the stock of a product is /), fix: 'dbtool db check shows the rows' })
    await shop.connection.change('UPDATE products SET stock = stock - 1 WHERE id IN (1, 2)')

    await shop.connection.change('LOCK TABLES products WRITE')
    const { outcome, named, of } = await examine({ database: shop.name, env: { DB_STATEMENT_TIMEOUT: '1s' } })
    await shop.connection.change('UNLOCK TABLES')
    expect([outcome.exitCode, named('fault')]).toEqual([0, []])
    expect(named('skipped')).toEqual(behind('stock-not-negative'))
    expect(of('stock-not-negative').found).toMatch(/^not checked: .*max_statement_time/)
    expect(of('references').found).toBe('not checked: the invariants before it took the 1s of DB_STATEMENT_TIMEOUT')
  })
})
