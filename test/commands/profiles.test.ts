import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { dbtool, type Situation } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'

/** A home with a project in it, and somebody who works in a folder of the project. */
const home = temporaryFolder()
const cwd = join(home, 'project', 'sub')
const own = join(home, '.config', 'dbtool', 'config.json')
const project = join(home, 'project', '.dbtool.json')
mkdirSync(cwd, { recursive: true })

function put(path: string, content: unknown, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(path, mode)
}

const profiles = {
  staging: { host: 'staging.example.com', user: 'ada', database: 'shop', poolSize: 7 },
  socket: { socket: 'run/my.sock', sslCa: '~/ca.pem', database: 'other' },
  careful: { readOnly: true },
  url: { url: 'mariadb://bob@url.example.com:3310/shop', port: 3311 },
}
const env = '.env'
const inCwd = join(cwd, env)
const myCnf = join(home, 'my.cnf')

beforeEach(() => {
  for (const folder of [cwd, home]) rmSync(join(folder, '.dbtool.json'), { force: true })
  put(project, { profiles })
  put(own, { profiles: { staging: { host: 'hidden' }, mine: { host: 'mine.example.com' } } })
  put(inCwd, '')
  put(myCnf, '[client]\nhost=cnf.example.com\nuser=cnf\npassword=hunter2\n')
})

interface Entry {
  readonly name: string
  readonly value: string | null
  readonly origin: string
}

const situation = (variables: Record<string, string> = {}): Situation => ({
  cwd,
  env: { DBTOOL_HOME: '/nowhere', HOME: home, XDG_CONFIG_HOME: '', ...variables },
})

/** What counts, of some settings: `host origin`. */
async function counts(names: string, line: string, variables: Record<string, string> = {}): Promise<string[]> {
  const entries = (await dbtool(`config show --json ${line}`, situation(variables))).json<Entry[]>()
  return names
    .split(' ')
    .map((name) => entries.find((entry) => entry.name === name)!)
    .map(({ value, origin }) =>
      `${value ?? ''} ${origin}`.replace('../.dbtool.json', 'project').replace(`${home}/`, ''),
    )
}

async function faults(line: string, variables: Record<string, string> = {}): Promise<string[]> {
  const refused = await dbtool(`config show --json ${line}`, situation(variables))
  expect([refused.exitCode, refused.error.code, refused.stdout]).toEqual([2, 'BAD_CONFIG', ''])
  expect(refused.stderr).not.toContain('hunter2')
  return refused.error.faults ?? [refused.error.message]
}

describe('a profile', () => {
  it.each<[what: string, line: string, variables: Record<string, string>, envFile: string, host: string]>([
    ['is found above this folder', '--profile staging', {}, '', 'staging.example.com profile staging of project'],
    [
      'or in the file of this user',
      '--profile mine',
      {},
      '',
      'mine.example.com profile mine of ~/.config/dbtool/config.json',
    ],
    ['has a URL, too', '--profile url', {}, '', 'url.example.com profile url of project'],
    ['gives way to a flag', '--profile staging --host h', {}, '', 'h flag'],
    [
      'beats the environment, if a flag names it',
      '--profile staging',
      { DB_HOST: 'h' },
      '',
      'staging.example.com profile staging of project',
    ],
    ['and the env file', '--profile staging', {}, 'DB_HOST=h', 'staging.example.com profile staging of project'],
    [
      'gives way to the environment, if a variable names it',
      '',
      { DBTOOL_PROFILE: 'staging', DB_HOST: 'h' },
      '',
      'h environment',
    ],
    [
      'but not to the env file',
      '',
      { DBTOOL_PROFILE: 'staging' },
      'DB_HOST=h',
      'staging.example.com profile staging of project',
    ],
    ['gives way to the env file, if that names it', '', {}, 'DBTOOL_PROFILE=staging\nDB_HOST=h', 'h .env'],
    ['which can name one', '', {}, 'DBTOOL_PROFILE=staging', 'staging.example.com profile staging of project'],
    [
      'of a flag, not of a variable',
      '--profile mine',
      { DBTOOL_PROFILE: 'staging' },
      'DBTOOL_PROFILE=url',
      'mine.example.com profile mine of ~/.config/dbtool/config.json',
    ],
    ['of an empty variable is none', '', { DBTOOL_PROFILE: '' }, 'DB_HOST=h', 'h .env'],
    [
      'goes before an option file',
      `--defaults-file ${myCnf} --profile staging`,
      {},
      '',
      'staging.example.com profile staging of project',
    ],
    [
      'An option file beats the environment',
      `--defaults-file ${myCnf}`,
      { DB_HOST: 'h' },
      '',
      'cnf.example.com my.cnf',
    ],
    [
      'and the profile of a variable',
      `--defaults-file ${myCnf}`,
      { DBTOOL_PROFILE: 'staging' },
      '',
      'cnf.example.com my.cnf',
    ],
    ['Without any, nothing is different', '', {}, '', 'localhost default'],
  ])('%s: %s %j', async (...[, line, variables, envFile, host]) => {
    put(inCwd, envFile)
    expect(await counts('DB_HOST', line, variables)).toEqual([host])
  })

  it('says all about where, if it says where; who and how is looked up further down', async () => {
    const below = {
      DB_PORT: '3307',
      DB_NAME: 'theirs',
      DB_SSL_MODE: 'disabled',
      DB_PASSWORD: 'hunter2',
      DB_POOL_SIZE: '9',
      DB_MAX_OVERFLOW: '3',
      DB_PROTECTED: '1',
    }
    expect(
      await counts(
        'DB_PORT DB_NAME DB_SSL_MODE DB_PASSWORD DB_POOL_SIZE DB_MAX_OVERFLOW DB_PROTECTED',
        '--profile staging',
        below,
      ),
    ).toEqual([
      '3306 default',
      'shop profile staging of project',
      'preferred default',
      '******** environment',
      '7 profile staging of project',
      '3 environment',
      '1 environment',
    ])
    expect(await counts('DB_PORT DB_SSL_MODE DB_READ_ONLY', '--profile careful', below)).toEqual([
      '3307 environment',
      'disabled environment',
      'true profile careful of project',
    ])
  })

  it('has paths from its own folder, and from home', async () => {
    expect(await counts('DB_SOCKET DB_SSL_CA', '--profile socket')).toEqual([
      `${join('project', 'run', 'my.sock')} profile socket of project`,
      'ca.pem profile socket of project',
    ])
  })

  it('has a URL, which its own keys beat', async () => {
    expect(await counts('DB_USER DB_PORT DBTOOL_PROFILE', '--profile url')).toEqual([
      'bob profile url of project',
      '3311 profile url of project',
      'url flag',
    ])
  })

  it('of the nearest file hides those of files above it', async () => {
    put(join(home, '.dbtool.json'), { profiles: { top: { host: 'top' } } })
    put(join(cwd, '.dbtool.json'), { profiles: { near: { host: 'near' } } })
    expect(await counts('DB_HOST', '--profile near')).toEqual(['near profile near of .dbtool.json'])
    expect(await faults('--profile top')).toEqual(["unknown profile 'top' (--profile)"])
  })

  it('is looked for no further than home', async () => {
    expect(await counts('DB_HOST', '--profile staging', { HOME: join(home, 'project') })).toEqual([
      'staging.example.com profile staging of ~/.dbtool.json',
    ])
    expect(await faults('--profile staging', { HOME: cwd })).toEqual(["unknown profile 'staging' (--profile)"])
  })
})

describe('the default profile', () => {
  const standard = { profiles, default: 'staging' }

  it.each<[what: string, line: string, variables: Record<string, string>, host: string]>([
    ['is used where nothing says where the server is', '', {}, 'staging.example.com profile staging of project'],
    [
      'before the private server',
      '',
      { DBTOOL_HOME: inject('home') },
      'staging.example.com profile staging of project',
    ],
    ['not where a flag says it', '--port 3307', {}, 'localhost default'],
    ['nor the environment', '', { DB_HOST: 'h' }, 'h environment'],
    ['nor another profile', '--profile mine', {}, 'mine.example.com profile mine of ~/.config/dbtool/config.json'],
    ['and not beside one that says nothing about it', '--profile careful', {}, 'localhost default'],
  ])('%s', async (_what, line, variables, host) => {
    put(join(cwd, '.dbtool.json'), standard)
    expect((await counts('DB_HOST', line, variables)).map((text) => text.replace('.dbtool.json', 'project'))).toEqual([
      host,
    ])
  })

  it('of the project goes before that of the user', async () => {
    put(project, standard)
    put(own, { profiles: { mine: { host: 'mine' } }, default: 'mine' })
    put(join(cwd, '.dbtool.json'), standard)
    expect(await counts('DBTOOL_PROFILE', '')).toEqual(['staging default of .dbtool.json'])
  })

  it('is never a protected one: that must be asked for by its name', async () => {
    put(join(cwd, '.dbtool.json'), { profiles: { live: { host: 'live', protected: true } }, default: 'live' })
    expect(await faults('')).toEqual([
      "the default of .dbtool.json, 'live', is protected, and a protected profile must be selected explicitly",
    ])
    expect(await counts('DB_HOST', '--profile live')).toEqual(['live profile live of .dbtool.json'])
    put(join(cwd, '.dbtool.json'), { profiles: {}, default: 'live' })
    expect(await faults('')).toEqual(["unknown profile 'live' (default of .dbtool.json)"])
  })
})
