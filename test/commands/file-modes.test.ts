import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DbtoolCommand } from '../../commands/kit/command.ts'
import { isPersonal } from '../../commands/kit/personal.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { renewedShop } from '../support/shop.ts'
import { verbs } from '../support/verbs.ts'

const shop = testDatabase()
const { name: database } = shop
const home = temporaryFolder()
let cwd: string
let tests = 0
beforeAll(() => renewedShop(shop))
beforeEach(() => {
  cwd = join(home, String((tests += 1)))
  mkdirSync(cwd)
})

const typed = (line: string): Promise<Outcome> => dbtool(line, { database, cwd })
const mode = (name: string): string => (statSync(join(cwd, name)).mode & 0o777).toString(8)
/** What the umask leaves, as for any other program. */
writeFileSync(join(home, 'usual'), '')
const usual = (statSync(join(home, 'usual')).mode & 0o777).toString(8)

describe('the permissions of a file', () => {
  it.each([
    ['users list -o out', '600'],
    ['users export -o out', '600'],
    ['users export --with-password-hashes -o out', '600'],
    ['users list --field id -o out', '600'],
    ['orders export -o out', '600'],
    ['logs list -o out', '600'],
    ['report orders-per-user -o out', '600'],
    ['users list -o out --mode 640', '640'],
    ['users list -o out --mode 0644', '644'],
    ['products list -o out', usual],
    ['products list -o out --mode 600', '600'],
    ['report top-products -o out', usual],
    ['completion bash -o out', usual],
  ])('%s: %s', async (line, expected) => {
    expect([(await typed(line)).exitCode, mode('out')]).toEqual([0, expected])
  })

  it('with personal data are not those of the file that it replaces', async () => {
    writeFileSync(join(cwd, 'out'), '')
    chmodSync(join(cwd, 'out'), 0o644)
    await typed('users list -o out --force')
    expect(mode('out')).toBe('600')
  })

  it.each([
    ['', '600'],
    ['--mode 640', '640'],
  ])('of rejects: %s', async (flags, expected) => {
    writeFileSync(join(cwd, 'users.csv'), 'username,email\nx,x\n')
    const path = join(cwd, 'users.csv')
    const { exitCode } = await typed(`users import ${path} --on-error skip --rejects rejects.csv ${flags}`)
    expect([exitCode, mode('rejects.csv')]).toEqual([7, expected])
    expect(readdirSync(cwd).sort()).toEqual(['rejects.csv', 'users.csv'])
  })

  it.each([
    ['users list -o out --mode 8', "--mode must be three octal digits such as 640, not '8'"],
    ['users list -o out --mode rw', "--mode must be three octal digits such as 640, not 'rw'"],
    ['users list --mode 600', '--mode needs a file, such as that of --output'],
    ['users list -o - --mode 600', '--mode needs a file, such as that of --output'],
    ['db dump --mode 600', '--mode needs a file, such as that of --output'],
    ['db dump - --mode 600', '--mode needs a file, such as that of --output'],
    ['db shell --mode 600', '--mode needs a file, such as that of --output'],
  ])('are refused: %s', async (line, message) => {
    expect((await typed(`${line} --json`)).error).toMatchObject({ code: 'USAGE', message })
  })
})

it('--rejects follows no link in a folder that everybody can write to', async () => {
  const victim = join(cwd, 'victim')
  writeFileSync(victim, 'harmless')
  mkdirSync(join(cwd, 'open'))
  chmodSync(join(cwd, 'open'), 0o1777)
  symlinkSync(victim, join(cwd, 'open', 'rejects.csv'))
  const input = join(cwd, 'users.csv')
  writeFileSync(input, 'username,email\nx,x\n')
  const refused = await typed(`users import ${input} --on-error skip --rejects open/rejects.csv --json`)
  expect(refused.error).toMatchObject({ code: 'USAGE', message: expect.stringContaining('is a link in a folder') })
  expect(statSync(victim).size).toBe('harmless'.length)
})

it('a new result is known here to be about persons, or not', async () => {
  const personal = (await verbs()).flatMap(([path, verb]) => {
    const view = verb instanceof DbtoolCommand ? verb.view?.(verb.opts()) : undefined
    return view !== undefined && isPersonal(view) ? [path] : []
  })
  expect(personal).toEqual([
    ...[
      'create',
      'get',
      'list',
      'update',
      'delete',
      'purge',
      'anonymise',
      'authenticate',
      'set-password',
      'export',
    ].map((verb) => `users ${verb}`),
    ...['add', 'list', 'update', 'remove'].map((verb) => `addresses ${verb}`),
    ...['place', 'get', 'list', 'confirm', 'ship', 'deliver', 'cancel', 'export'].map((verb) => `orders ${verb}`),
    ...['orders-per-user', 'recent-customers', 'customer-categories', 'big-spenders'].map((verb) => `report ${verb}`),
    'logs list',
    // They name users of the database.
    'connection test',
    'server start',
    'server stop',
    'server status',
  ])
})
