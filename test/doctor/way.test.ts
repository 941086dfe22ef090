import { randomBytes } from 'node:crypto'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../server/free-port.ts'
import { spawned } from '../support/binary.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { behind, examine } from './examine.ts'

const shop = testDatabase()
const folder = temporaryFolder()
const [buyer, stranger] = ['buyer', 'stranger'].map((what) => `${what}_${randomBytes(4).toString('hex')}`) as [
  string,
  string,
]
const password = 'Correct-horse-1'
const loop = join(folder, 'loop')
symlinkSync(loop, loop)

beforeAll(async () => {
  for (const user of [buyer, stranger])
    await shop.connection.execute(`CREATE USER '${user}'@'localhost' IDENTIFIED BY '${password}'`)
  await shop.connection.execute(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${shop.name}.* TO '${buyer}'@'localhost'`)
})
afterAll(() => shop.connection.execute(`DROP USER '${buyer}'@'localhost', '${stranger}'@'localhost'`))

describe('the connection to the server', () => {
  it.each([
    [
      'no socket',
      () => ({ DB_SOCKET: '/nowhere.sock' }),
      'connect',
      'cannot reach /nowhere.sock: there is no such file',
    ],
    [
      'an ordinary file',
      () => ({ DB_SOCKET: '/etc/passwd' }),
      'connect',
      'cannot reach /etc/passwd: it is not a socket',
    ],
    ['a link that leads to itself', () => ({ DB_SOCKET: loop }), 'connect', /^cannot reach .*: ELOOP$/],
    [
      'no server at the port',
      async () => ({ DB_HOST: '127.0.0.1', DB_PORT: String(await freePort()) }),
      'connect',
      /^cannot reach 127\.0\.0\.1:\d+: no server listens there$/,
    ],
    [
      'an unknown name',
      () => ({ DB_HOST: `${'a'.repeat(64)}.invalid` }),
      'name',
      /^no address found for 'a+\.invalid' \(E/,
    ],
  ])('%s is a fault, and the checks that depend on it are skipped', async (_what, env, check, found) => {
    const { outcome, named, of } = await examine({ env: await env() })
    expect(of(check)).toMatchObject({
      status: 'fault',
      found: typeof found === 'string' ? found : expect.stringMatching(found),
      fix: expect.stringMatching(/correct DB_/),
    })
    expect(named('skipped')).toEqual(behind(check).slice(1))
    expect(outcome).toMatchObject({
      exitCode: 1,
      error: { code: 'DOCTOR_FOUND_FAULTS', message: `faults: ${check}`, exitCode: 1 },
    })
  })

  it.each([
    ['a wrong password', { DB_USER: buyer, DB_PASSWORD: 'hunter2' }, `the password of '${buyer}' is wrong`],
    ['no password', { DB_USER: buyer }, `no password was given, and '${buyer}' needs one`],
    ['an unknown user', { DB_USER: 'nobody_at_all', DB_PASSWORD: 'hunter2' }, "there is no user 'nobody_at_all'"],
    [
      'a server whose owner cannot list the accounts',
      { DB_USER: buyer, DB_PASSWORD: 'hunter2', DBTOOL_HOME: '/nowhere' },
      `the password of '${buyer}' is wrong, or no user '${buyer}' may connect from here: ` +
        'the server gives the same answer for both',
    ],
  ])('%s', async (_what, env, found) => {
    const { outcome, named, of } = await examine({ database: shop.name, as: 'owner', env })
    expect(of('log-in')).toMatchObject({ status: 'fault', found })
    expect(named('fault')).toEqual(['log-in'])
    expect(named('skipped')).toEqual(behind('database'))
    expect(outcome.exitCode).toBe(1)
    expect(outcome.stdout + outcome.stderr).not.toContain('hunter2')
  })

  it('a missing database does not stop the checks of the server', async () => {
    const { outcome, named, of } = await examine({ database: 'no_such_db', as: 'owner' })
    expect(of('database')).toEqual({
      status: 'fault',
      found: expect.stringMatching(/^there is no database 'no_such_db' on /),
      fix: expect.stringMatching(/CREATE DATABASE `no_such_db`/),
    })
    expect(named('fault')).toEqual(['database'])
    expect(named('skipped')).toEqual(['database-charset', ...behind('migrations')])
    expect(outcome.exitCode).toBe(1)
  })

  it('a database without access for the user', async () => {
    const { named, of } = await examine({ database: shop.name, env: { DB_USER: stranger, DB_PASSWORD: password } })
    expect(of('database')).toEqual({
      status: 'fault',
      found: `${stranger}@localhost has no access to the database '${shop.name}', or it does not exist`,
      fix: `dbtool db grants --for ${stranger}@localhost --apply`,
    })
    expect(named('fault')).toEqual(['database', 'needed-privileges'])
  })

  it('a server without TLS', async () => {
    const { named, of } = await examine({ database: shop.name }, '--ssl-mode required')
    expect(of('encryption')).toEqual({
      status: 'fault',
      found: expect.stringMatching(/^no encrypted connection to /),
      fix: 'an administrator sets ssl_cert and ssl_key of the server; or choose another --ssl-mode',
    })
    expect(named('fault')).toEqual(['encryption'])
    expect(of('log-in').status).toBe('skipped')
  })

  it('Ctrl-C ends it at once, even during the wait for a silent server', async () => {
    const mute = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => mute.once('listening', resolve))
    const { port } = mute.address() as AddressInfo
    const env = { DB_HOST: '127.0.0.1', DB_PORT: String(port), DB_SOCKET: '', DB_CONNECT_TIMEOUT: '1h' }
    const child = await spawned(['doctor'], {
      database: shop.name,
      env,
      working: () => new Promise((resolve) => mute.once('connection', resolve)),
      signals: [[300, 'SIGINT']],
    })
    mute.close()
    expect(child).toMatchObject({ exitCode: 130, stdout: '', stderr: 'error: interrupted\n' })
  })
})

describe('the configuration', () => {
  it('with several faults is reported completely, and the other checks are skipped', async () => {
    writeFileSync(join(folder, '.env'), 'DB_PASSWORD=hunter2\nDB_POOL_SIZE=0\nDB_HSOT=h\nnonsense\n')
    chmodSync(join(folder, '.env'), 0o644)
    const { outcome, findings, named } = await examine({
      cwd: folder,
      env: { DB_PORT: 'abc', DB_PASSWORD_FILE: loop, DB_USERNAME: 'ada' },
    })
    expect(findings.filter(({ check }) => check === 'settings').map(({ found }) => found)).toEqual([
      'line 4 of .env must have the form NAME=value, or be a comment that starts with #',
      'DB_HSOT (.env) is not a setting of dbtool; did you mean DB_HOST?',
      "DB_PORT (environment) must be a whole number from 1 to 65535, not 'abc'",
      "DB_POOL_SIZE (.env) must be a whole number from 1 to 10000, not '0'",
      `cannot read the password file ${loop}: its symbolic links form a loop`,
    ])
    expect(findings.find(({ check }) => check === 'env-file')).toMatchObject({
      status: 'fault',
      found: '.env contains a password, and every user of this machine can read it',
      fix: 'chmod 600 .env',
    })
    expect(findings.find(({ check }) => check === 'stray-names')).toMatchObject({
      status: 'warning',
      found: 'DB_USERNAME (environment) is not a setting of dbtool; did you mean DB_USER?',
    })
    expect(new Set(named('skipped'))).toEqual(new Set(behind('address')))
    expect(outcome).toMatchObject({ exitCode: 1, error: { message: 'faults: settings, env-file' } })
    expect(outcome.stdout + outcome.stderr).not.toContain('hunter2')
  })

  it('with an unreadable env file skips the check of its password', async () => {
    const { of, named } = await examine({ cwd: folder }, '--env-file none.env')
    expect(of('settings')).toMatchObject({
      status: 'fault',
      found: 'cannot read the environment file none.env: there is no such file',
    })
    expect(of('env-file').status).toBe('skipped')
    expect(named('fault')).toEqual(['settings'])
  })

  it('has the source of the address', async () => {
    const url = `mariadb://${buyer}:${password}@localhost/${shop.name}?socket=${inject('socket')}`
    writeFileSync(join(folder, 'mine.env'), `DB_SOCKET=${inject('socket')}\nDB_NAME=${shop.name}\n`)
    const passwordFile = join(folder, 'password')
    writeFileSync(passwordFile, `${password}\n`)
    chmodSync(passwordFile, 0o644)
    const found = async (flags: string, env = {}): Promise<string> =>
      (await examine({ cwd: folder, env: { DBTOOL_HOME: '/nowhere', ...env } }, flags)).of('address').found
    expect(await found(`--env-file mine.env`)).toBe(`${inject('socket')}, from mine.env`)
    expect(await found(`--url ${url} --env-file mine.env`)).toBe(`${inject('socket')}, from a flag`)
    expect(await found('--env-file mine.env', { DB_HOST: '127.0.0.1', DB_PORT: '1' })).toBe(
      '127.0.0.1:1, from the environment',
    )
    writeFileSync(join(folder, '.env'), '')
    expect(await found('', { DBTOOL_HOME: inject('home') })).toBe(`${inject('socket')}, the running private server`)
    const { of } = await examine(
      { env: { DB_USER: buyer, DB_SOCKET: inject('socket'), DB_NAME: shop.name } },
      `--password-file ${passwordFile}`,
    )
    expect(of('password')).toEqual({
      status: 'warning',
      found: `every user of this machine can read the password file ${passwordFile}; in a container that is by design`,
      fix: `chmod 600 ${passwordFile}`,
    })
    expect((await examine({}, `--url ${url}`)).of('password')).toMatchObject({
      status: 'warning',
      found: 'every user of this machine can see the password in --url',
    })
  })
})
