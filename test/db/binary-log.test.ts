import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { socketTarget } from '../../src/db/target.ts'
import { loginName } from '../../src/server/login.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'
import { serverWith } from '../support/server-with.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const rejects = at('rejects.csv')

/** Every verb that changes data: in the shop, in an empty one, and in a database without a schema. */
const inShop = [
  'users create --username carol --email carol@example.com --generate-password',
  'users update ada --inactive',
  'users set-password ada --generate-password',
  'users delete bob --yes',
  'users purge --inactive-for 0d --yes',
  'addresses add --user ada --type billing --street S --city C --postal-code P --country DE',
  'addresses update 1 --city Bonn',
  'addresses remove 1 --yes',
  'products create --name Cup --price 1.00',
  'products update A --price 9',
  'products restock A --by 5',
  'products delete A --yes',
  'orders place --user ada --item A:1',
  'orders ship 1',
  'orders cancel 1',
  `orders import ${at('orders.csv')} --on-error skip --rejects ${rejects}`,
  `orders import ${at('orders.csv')}`,
  `users import ${at('users.csv')} --on-error skip --rejects ${rejects}`,
  `products import ${at('products.csv')}`,
  'db rollback --yes',
  'db reset --confirm dbtool',
  'pool stress --workload read --workers 2',
  'pool stress --workload write --workers 2',
  'pool stress --workload orders --lines 1 --workers 2',
]
const inOthers: readonly (readonly [line: string, database: string])[] = [
  ['db migrate', 'nothing'],
  ['db migrate --dry-run', 'nothing'],
  ['db reset --confirm nothing', 'nothing'],
  ['db seed', 'empty'],
]
const lines = [...inShop.map((line) => [line, 'dbtool'] as const), ...inOthers]

describe('a binary log with binlog_format STATEMENT', { timeout: 120_000 }, () => {
  const server = serverWith('--log-bin=bin', '--server-id=1', '--binlog-format=MIXED')
  const run = (line: string, database = 'dbtool'): Promise<Outcome> =>
    dbtool(`${line} --json`, { env: { ...server.env, DB_NAME: database } })
  let owner: Connection
  beforeAll(async () => {
    writeFileSync(at('users.csv'), 'username,email\ndave,dave@example.com\n')
    writeFileSync(at('products.csv'), 'name,price\nJug,1.00\n')
    writeFileSync(at('orders.csv'), 'order_ref,user,sku,quantity\nR-1,ada,A,1\n')
    owner = await connect(socketTarget(server.socket, loginName()))
    for (const database of ['nothing', 'empty'])
      await owner.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`)
    for (const [line, database] of [
      ['db migrate', 'empty'],
      ['users create --username bob --email bob@example.com --generate-password'],
      ['users update bob --inactive'],
      ['addresses add --user ada --type billing --street S --city C --postal-code P --country DE'],
      ['orders place --user ada --item B:1'],
    ] as const)
      expect(await run(line, database), line).toMatchObject({ exitCode: 0 })
    await owner.execute('SET GLOBAL binlog_format = STATEMENT')
  }, 120_000)
  afterAll(() => owner.close())

  /** Where the log ends: nothing was changed while this is the same, no table and no row. */
  const end = async (): Promise<unknown> => (await owner.rows('SHOW MASTER STATUS'))[0]

  it.each(lines)('refuses, before anything is changed: dbtool %s (in %s)', async (line, database) => {
    const before = await end()
    expect(await run(line, database)).toMatchObject({
      exitCode: 1,
      stdout: '',
      error: {
        code: 'READ_ONLY',
        message: expect.stringMatching(/binlog_format STATEMENT, which cannot log a change of dbtool/),
        hint: expect.stringContaining('SET GLOBAL binlog_format = MIXED'),
      },
    })
    expect(await end()).toEqual(before)
    expect(existsSync(rejects)).toBe(false)
  })

  it('is a fault for doctor, with the way out', async () => {
    const { exitCode, json } = await run('doctor')
    expect(exitCode).toBe(1)
    expect(json<{ check: string }[]>().filter(({ check }) => check === 'binary-log')).toMatchObject([
      { status: 'fault', fix: expect.stringContaining('SET GLOBAL binlog_format = MIXED') },
    ])
  })

  it.each(['users list', 'orders list', 'report top-products', 'db status', 'db check', 'pool stress --workload ping'])(
    'is no obstacle to reading: dbtool %s',
    async (line) => expect(await run(line)).toMatchObject({ exitCode: 0 }),
  )

  it('the way out is one', async () => {
    await owner.execute('SET GLOBAL binlog_format = MIXED')
    expect(await run('db migrate', 'nothing')).toMatchObject({ exitCode: 0 })
    expect(await run('orders place --user ada --item A:1')).toMatchObject({ exitCode: 0 })
  })
})
