import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { examine } from '../doctor/examine.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { writeProfiles } from '../support/profiles.ts'
import { everything, smallShop } from '../support/shop.ts'

const shop = testDatabase()
const folder = temporaryFolder()
const file = join(folder, 'file.csv')
beforeAll(async () => {
  await smallShop(shop.name)
  writeFileSync(file, 'username,email\ncarol,carol@example.com\n')
  writeProfiles(folder, shop.name, { onlooker: { readOnly: true } })
})

const typed = (line: string): Promise<Outcome> => dbtool(`${line} --profile onlooker`, { cwd: folder, stdin: 'x\n' })
const where = (): string =>
  `${inject('osUser')}@${inject('socket')}/${shop.name} is read-only (profile onlooker of .dbtool.json)`

const writes = [
  'users create --username carol --email carol@example.com --generate-password',
  'users update bob --inactive',
  'users set-password bob --generate-password',
  'users delete bob --yes',
  'users purge --inactive-for 0d --yes',
  'users authenticate --email ada@example.com --password-stdin',
  'addresses add --user bob --type billing --street S --city C --postal-code P --country DE',
  'addresses update 1 --city Bonn',
  'addresses remove 1 --yes',
  'products create --name Cup --price 1.00',
  'products update TEA-1 --price 9',
  'products restock TEA-1 --by 5',
  'products delete TEA-1 --yes',
  'orders place --user ada --item TEA-1:1',
  'orders ship 1',
  'orders cancel 1',
  `orders import ${file}`,
  `users import ${file}`,
  `products import ${file}`,
]
const schema = ['db rollback --yes', 'db reset', 'db migrate', 'db seed', 'db grants --for somebody@localhost --apply']
const loads = [
  'pool stress --workload write',
  'pool stress --workload read',
  'pool tune --workload orders',
  'bench drivers',
]

describe('a read-only database', () => {
  it.each([...writes, ...schema, ...loads])('refuses before anything is tried: dbtool %s', async (line) => {
    const before = await everything(shop)
    const [, verb = ''] = /^(\w+ [\w-]+)/.exec(line) ?? []
    expect(await typed(`${line} --json`)).toMatchObject({
      exitCode: 1,
      stdout: '',
      error: {
        code: 'READ_ONLY',
        message: `${verb} changes data, but ${where()}`,
        hint: 'nothing was changed; use another profile, or remove readOnly (DB_READ_ONLY) there',
      },
    })
    expect(await everything(shop)).toEqual(before)
  })

  it.each(writes)('also a dry run, which really does it: dbtool %s', async (line) => {
    expect(await typed(`${line} -n --json`)).toMatchObject({
      exitCode: 1,
      error: {
        code: 'READ_ONLY',
        message: expect.stringMatching(/ --dry-run changes data, with locks, and rolls back, but /),
      },
    })
  })

  it.each(['db rollback', 'db reset', 'db migrate', 'db grants --for dbtool_app@localhost --apply'])(
    'but not one that only looks: dbtool %s',
    async (line) => {
      expect(await typed(`${line} -n`)).toMatchObject({ exitCode: 0 })
    },
  )

  it.each([
    'users list',
    'users get ada',
    'users export',
    'addresses list',
    'products list',
    'orders list',
    'orders get 1',
    'orders export',
    'logs list',
    'report top-products',
    'report eager-loading',
    'db status',
    'db check',
    'db grants',
    'connection test',
    'config show',
    'pool status',
    'pool stress --workload ping --workers 2',
    'pool stress --sql "SELECT 1" --workers 2 --mode driver',
  ])('is read as any other: dbtool %s', async (line) => {
    const { exitCode, stderr } = await typed(line)
    expect(exitCode, stderr).toBe(0)
  })

  it.each(['fair', 'driver', 'static', 'none'])(
    'refuses a statement of a load, at the server: --mode %s',
    async (mode) => {
      const before = await everything(shop)
      const load = await typed(`pool stress --sql "UPDATE users SET last_name = 'x'" --workers 2 --mode ${mode} --json`)
      expect(load).toMatchObject({
        exitCode: 1,
        error: { message: 'no iteration succeeded', hint: 'Cannot execute statement in a READ ONLY transaction' },
      })
      expect(load.json()).toMatchObject({ ok: 0, failed: 2, errors: [{ code: 'READ_ONLY', count: 2 }] })
      expect(await everything(shop)).toEqual(before)
    },
  )

  it('is no fault to doctor', async () => {
    const { of, named } = await examine({ cwd: folder }, '--profile onlooker')
    expect(of('profile').found).toBe('onlooker, selected by --profile: read-only')
    expect(of('address').found).toBe(`${inject('socket')}, from profile onlooker of .dbtool.json`)
    expect(of('writes').found).toMatch(/^no writes, as configured/)
    expect(named('fault')).toEqual([])
  })

  it('is one with DB_READ_ONLY=1, too; the private server is no matter of it', async () => {
    const situation = { database: shop.name, env: { DB_READ_ONLY: '1' } }
    expect(await dbtool('users delete bob --yes --json', situation)).toMatchObject({
      exitCode: 1,
      error: { code: 'READ_ONLY', message: expect.stringMatching(/ is read-only \(environment\)$/) },
    })
    expect(await dbtool('server reset -n', situation)).toMatchObject({ exitCode: 0 })
  })

  it('refuses every change in its sessions, and lets a statement be stopped', async () => {
    const session = await connect({ ...shop.target, readOnly: true })
    for (const sql of [
      `INSERT INTO logs SELECT * FROM logs`,
      'DROP TABLE logs',
      'CREATE TEMPORARY TABLE t (n INT)',
      'SELECT id FROM users FOR UPDATE',
    ]) {
      await expect(session.rows(sql), sql).rejects.toMatchObject({
        code: 'READ_ONLY',
        hint: 'this database is read-only for dbtool, by readOnly in its profile or by DB_READ_ONLY',
      })
    }
    const sleeping = session.rows('SELECT SLEEP(60)').catch((error: unknown) => error)
    const running = (): Promise<unknown[]> =>
      shop.connection.rows("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO = 'SELECT SLEEP(60)'", [
        shop.name,
      ])
    while ((await running()).length === 0) await sleep(20)
    await session.stop()
    expect(await sleeping).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await running()).toEqual([])
  })
})
