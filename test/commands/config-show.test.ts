import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'

const home = temporaryFolder()
const cwd = join(home, 'project')
mkdirSync(join(home, '.config', 'dbtool'), { recursive: true })
mkdirSync(cwd)
const staging = { host: 'staging', user: 'ada', password: 'hunter2', protected: true, readOnly: true, database: 'shop' }
for (const [path, text] of [
  [
    join(cwd, '.dbtool.json'),
    JSON.stringify({
      profiles: {
        staging,
        local: { socket: 'my.sock' },
        v6: { url: 'mariadb://bob@[::1]:3310/shop' },
        broken: { hots: 'h' },
      },
    }),
  ],
  [
    join(home, '.config', 'dbtool', 'config.json'),
    JSON.stringify({ profiles: { staging: { host: 'hidden' }, mine: { port: 3307 } }, default: 'mine' }),
  ],
  [join(cwd, '.env'), 'DB_HOST=h\nDB_USER=bob\nDB_PASSWORD=hunter2\nDB_POOL_SIZE=9\n'],
  [join(home, 'my.cnf'), '[client]\nuser=cnf\nsocket=/cnf.sock\n'],
  [join(home, 'password'), 'hunter2'],
] as const) {
  writeFileSync(path, text)
  chmodSync(path, 0o600)
}

const typed = (line: string, env: Record<string, string> = {}): Promise<Outcome> =>
  dbtool(line, { cwd, env: { HOME: home, XDG_CONFIG_HOME: '', DBTOOL_HOME: '/nowhere', ...env } })

interface Statement {
  readonly name: string
  readonly value: string | null
  readonly origin: string
  readonly used: boolean
  readonly hidden_by: string | null
}

const profile = 'profile staging of .dbtool.json'

describe('config show --origin', () => {
  it.each<
    [
      line: string,
      env: Record<string, string>,
      name: string,
      expected: [value: string | null, origin: string, hiddenBy: string | null][],
    ]
  >([
    [
      '--host f --profile staging',
      { DB_HOST: 'e' },
      'DB_HOST',
      [
        ['f', 'flag', null],
        ['staging', profile, 'flag'],
        ['e', 'environment', 'flag'],
        ['h', '.env', 'flag'],
      ],
    ],
    [
      '--profile staging',
      { DB_PORT: '1' },
      'DB_PORT',
      [
        ['1', 'environment', profile],
        ['3306', 'default', null],
      ],
    ],
    ['--profile staging', {}, 'DB_POOL_SIZE', [['9', '.env', null]]],
    [
      '--profile staging',
      {},
      'DB_USER',
      [
        ['ada', profile, null],
        ['bob', '.env', profile],
      ],
    ],
    [
      '--profile staging',
      {},
      'DB_PASSWORD',
      [
        ['********', profile, null],
        ['********', '.env', profile],
      ],
    ],
    [
      `--password-file ${home}/password`,
      {},
      'DB_PASSWORD',
      [
        ['********', '.env', 'flag'],
        ['', 'default', null],
      ],
    ],
    [
      '',
      { DB_PASSWORD_FILE: `${home}/password`, DB_PASSWORD: '' },
      'DB_PASSWORD_FILE',
      [
        [`${home}/password`, 'environment', 'environment'],
        [null, 'default', null],
      ],
    ],
    [
      '--host f --defaults-file ../my.cnf',
      { DB_SOCKET: '/s' },
      'DB_SOCKET',
      [
        ['/cnf.sock', '../my.cnf', 'flag'],
        ['/s', 'environment', 'flag'],
        [null, 'default', null],
      ],
    ],
    [
      '--defaults-file ../my.cnf',
      {},
      'DB_USER',
      [
        ['cnf', '../my.cnf', null],
        ['bob', '.env', '../my.cnf'],
      ],
    ],
    [
      '--defaults-file ../my.cnf',
      {},
      'DB_HOST',
      [
        ['h', '.env', '../my.cnf'],
        ['localhost', 'default', null],
      ],
    ],
    ['--profile staging', {}, 'DBTOOL_PROFILE', [['staging', 'flag', null]]],
    ['', {}, 'DBTOOL_PROFILE', [[null, 'default', null]]],
  ])('%s %j: %s', async (line, env, name, expected) => {
    const statements = (await typed(`config show --origin --json ${line}`, env))
      .json<Statement[]>()
      .filter((one) => one.name === name)
    expect(statements.map(({ value, origin, hidden_by }) => [value, origin, hidden_by])).toEqual(expected)
    expect(statements.map(({ used }) => used)).toEqual(expected.map(([, , hiddenBy]) => hiddenBy === null))
  })

  it('counts what config show shows', async () => {
    const line = '--profile staging --socket /s --defaults-file ../my.cnf'
    const settings = (await typed(`config show --json ${line}`, { DB_PORT: '1' }))
      .json<Statement[]>()
      .filter(({ name }) => name !== 'DB_URL')
    const origins = (await typed(`config show --origin --json ${line}`, { DB_PORT: '1' }))
      .json<Statement[]>()
      .filter(({ used }) => used)
    expect(origins.map(({ name, value, origin }) => ({ name, value, origin }))).toEqual(settings)
  })

  it('shows a person what is hidden under its place, and no secret', async () => {
    const { stdout } = await typed('config show --origin --profile staging')
    expect(stdout).toMatch(
      new RegExp(
        /│ DB_USER +│ ✔ +│ ada +│ profile staging of \.dbtool\.json +│\n/.source +
          /│ DB_USER +│ – +│ bob +│ \.env +│\n/.source +
          /│ +│ +│ +│ → profile staging of \.dbtool\.json │/.source,
      ),
    )
    expect(stdout).not.toContain('hunter2')
  })
})

describe('config profiles', () => {
  const [project, own] = ['.dbtool.json', '~/.config/dbtool/config.json']
  it.each([
    ['--profile staging', 'staging'],
    ['--port 3', undefined],
    ['--env-file /dev/null', 'mine'],
    ['--profile nothing', undefined],
  ])('%s: lists them all, and %s is used', async (line, used) => {
    const { exitCode, json } = await typed(`config profiles --json ${line}`)
    expect(exitCode).toBe(0)
    expect(json()).toEqual(
      [
        { profile: 'staging', file: project, target: 'ada@staging/shop', protected: true, read_only: true },
        { profile: 'local', file: project, target: join(cwd, 'my.sock'), protected: false, read_only: false },
        { profile: 'v6', file: project, target: 'bob@[::1]:3310/shop', protected: false, read_only: false },
        { profile: 'broken', file: project, target: '', protected: false, read_only: false },
        { profile: 'mine', file: own, target: ':3307', protected: false, read_only: false },
      ].map((one) => ({ ...one, used: one.profile === used })),
    )
  })

  it('tells what is wrong with any of them, and how to begin where there are none', async () => {
    expect((await typed('config profiles')).stderr).toMatch(
      /^warning: 'hots' \(profile broken of \.dbtool\.json\) is not a profile setting; did you mean host\?; correct it/,
    )
    expect(await dbtool('config profiles')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^There are no profiles\. Define them in \.dbtool\.json/),
    })
  })
})
