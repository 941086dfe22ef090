import { describe, expect, inject, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { login } from '../support/people.ts'

const shop = testDatabase()

describe('a usage error does not repeat a password', () => {
  it.each<[argv: string[], message: string]>([
    [['users', 'set-password', 'ada', 'hunter2'], "too many arguments for users set-password: '********'"],
    [['users', 'authenticate', 'hunter2'], "too many arguments for users authenticate: '********'"],
    [['users', 'create', '--password-stdin', 'hunter2'], "too many arguments for users create: '********'"],
    [['users', 'list', '--ask-password', 'hunter2'], "too many arguments for users list: '********'"],
    [['users', 'list', 'SecureP@ss123!'], "too many arguments for users list: '********'"],
    [['users', 'list', '-phunter2'], "unknown option '-p********'"],
    [['users', 'list', '-p', 'hunter2'], "unknown option '-p'"],
    [['users', 'list', '--passwd=hunter2'], "unknown option '--passwd=********'"],
    [['users', 'list', '--pass', 'hunter2'], "unknown option '--pass'"],
    [['hunter2', 'users', 'SecureP@ss123!'], "unknown command 'hunter2'"],
    [['SecureP@ss123!'], "unknown command '********'"],
    [['mariadb://ada:hunter2@h/shop'], "unknown command 'mariadb://ada:********@h/shop'"],
    [
      ['users', 'list', 'mariadb://ada:hunter2@h/shop'],
      "too many arguments for users list: 'mariadb://ada:********@h/shop'",
    ],
    [
      ['users', 'list', '--host', 'mariadb://ada:hunter2@h/shop'],
      "--host must be a host name or an address, not 'mariadb://ada:********@h/shop'",
    ],
    [
      ['users', 'list', '--host=mariadb://ada:hunter2-hunter2-hunter2-hunter2-hunter2@h/shop'],
      "--host must be a host name or an address, not 'mariadb://ada:********@h/shop'",
    ],
    [
      ['users', 'list', '--limit', 'SecureP@ss123!'],
      "--limit must be a whole number from 0 to 2147483647, not '********'",
    ],
    [
      ['users', 'list', '--limit=SecureP@ss123!'],
      "--limit must be a whole number from 0 to 2147483647, not '********'",
    ],
  ])('dbtool %j', async (argv, message) => {
    for (const format of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await dbtool([...argv, ...format])
      expect(exitCode).toBe(2)
      expect(stdout).toBe('')
      expect(
        format.length === 0 ? stderr : (JSON.parse(stderr) as { error: { message: string } }).error.message,
      ).toContain(message)
      if (message !== "unknown command 'hunter2'") expect(stderr).not.toMatch(/hunter2|SecureP@ss/)
    }
  })

  it('and shows what only looks a little like one', async () => {
    for (const word of ['2026-11-28T10:00:00+01:00', 'Basket-2026-11', 'acquire.p95<50ms', 'Ada.Lovelace1@example.com'])
      expect((await dbtool(['users', 'list', word])).stderr).toContain(`'${word}'`)
  })

  it('nor does a wrong setting that holds a URL', async () => {
    const { exitCode, stderr } = await dbtool(['users', 'list'], { env: { DB_HOST: 'mariadb://ada:hunter2@h/shop' } })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("not 'mariadb://ada:********@h/shop'")])
    expect(stderr).not.toContain('hunter2')
  })
})

describe('a password in --url works, and nothing suppresses the warning', () => {
  const url = (): string => {
    const { DB_USER = '', DB_PASSWORD = '' } = login('app')
    const [password, socket] = [DB_PASSWORD, inject('socket')].map(encodeURIComponent)
    return `mariadb://${DB_USER}:${password}@localhost/${shop.name}?socket=${socket}`
  }
  const [message, hint] = [
    'everybody on this machine can read the password in --url',
    'use --ask-password, --password-file or DB_PASSWORD',
  ]

  it.each(['table', 'vertical', 'ndjson', 'csv', 'tsv', 'markdown', 'ids', 'count'])('--format %s', async (format) => {
    for (const quiet of [[], ['-q']]) {
      const { exitCode, stderr } = await dbtool(['users', 'list', '--format', format, '--url', url(), ...quiet])
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`warning: ${message}; ${hint}\n`)])
    }
  })

  it.each([['--json'], ['--json', '-q'], ['--format', 'json']])('%s %s: one object on a line', async (...flags) => {
    const { exitCode, stdout, stderr } = await dbtool(['users', 'list', '--url', url(), ...flags.filter(Boolean)])
    expect([exitCode, stdout]).toEqual([0, '[]\n'])
    expect(JSON.parse(stderr)).toEqual({ warning: { message, hint } })
  })

  it('is not given where the URL has none', async () => {
    const plain = url().replace(/:[^:@]*@/, '@')
    expect((await dbtool(['config', 'show', '--url', plain])).stderr).not.toContain('warning')
  })
})
