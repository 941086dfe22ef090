import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'

describe('help', () => {
  it('of dbtool is a table of contents', async () => {
    const { exitCode, stdout, stderr } = await dbtool('--help')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Usage: dbtool \[options\] <noun> <verb>/)
    expect(stdout).toMatch(/^The shop:\n {2}users {7}create, get, list/m)
    expect(stdout).toMatch(/^ {2}db {10}migrate, rollback, status, seed, reset, check, grants$/m)
    expect(stdout.split('\n').length).toBeLessThan(74)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('is what dbtool alone shows', async () => {
    expect((await dbtool('')).stdout).toBe((await dbtool('--help')).stdout)
  })

  it('of a noun lists its verbs', async () => {
    const { exitCode, stdout } = await dbtool('users --help')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Verbs:\n {2}create +Add a user/m)
  })

  it('of a verb leaves the flags of every command to dbtool --help, and shows defaults as they are typed', async () => {
    const stress = (await dbtool('pool stress -h')).stdout.replace(/\s+/g, ' ')
    expect(stress).toContain('(default: 5s)')
    expect(stress).toContain('(default: SELECT SLEEP(0.1))')
    expect(stress).not.toContain('--ssl-mode')
    expect((await dbtool('users list --help')).stdout.replace(/\s+/g, ' ')).toContain('(default: -created_at)')
  })

  it.each(['users', 'orders --json', 'db', 'server --color never'])('a noun alone is a mistake: dbtool %s', async (line) => {
    const { exitCode, stdout, stderr } = await dbtool(line)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^(Usage: [^]*error: |\{"error":\{"code":"USAGE","message":")\w+ needs a verb: \w+/)
  })

  it.each(['--version', '-V'])('%s is the version alone', async (flag) => {
    expect(await dbtool(flag)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
  })
})

describe('what is loaded before a verb runs', () => {
  it.each(['--help', '--version', 'users list --help', 'addresses add --help', 'users authenticate --help', 'pool stress --help'])('dbtool %s loads commander and nothing else', async (line) => {
    const hook = fileURLToPath(new URL('../support/list-loaded.mjs', import.meta.url))
    const { stderr, exitCode } = await spawned(line.split(' '), { database: '', node: ['--import', hook] })
    expect(exitCode).toBe(0)
    const packages = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name)
    expect([...new Set(packages)]).toEqual(['commander'])
  })
})
