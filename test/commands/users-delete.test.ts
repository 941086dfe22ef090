import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { targetSentence } from '../support/people.ts'
import { everything } from '../support/shop.ts'

const shop = testDatabase()
const type = (line: string): Promise<Outcome> => dbtool(line, { database: shop.name })
const lastLog = async (): Promise<unknown> =>
  (await shop.connection.rows('SELECT command, entity, message FROM logs ORDER BY id DESC LIMIT 1'))[0]

beforeAll(async () => {
  for (const username of ['ada', 'bob', 'eve'])
    await shop.connection.execute(
      `INSERT INTO users (username, email, password_hash) VALUES (?, CONCAT(?, '@example.com'), '!')`,
      [username, username],
    )
  await type('products create --sku TEA-1 --name Tea --price 4.50 --stock 100')
  expect(await type('orders place --user ada --item TEA-1:1')).toMatchObject({ exitCode: 0 })
})

describe('users delete', () => {
  it('refuses while there are orders, cancelled ones too, and says how many and what to do instead', async () => {
    await shop.connection.execute(`UPDATE orders SET status = 'cancelled'`)
    const before = await everything(shop)
    for (const flags of ['', '--yes', '-n']) {
      expect((await type(`users delete ada --json ${flags}`)).error).toEqual({
        code: 'REFERENCED',
        message: 'ada cannot be deleted: 1 order belongs to this user',
        hint:
          'to forget the person and keep the orders: dbtool users anonymise ada; ' +
          'to forbid the login: dbtool users update ada --inactive',
        exitCode: 6,
      })
    }
    expect(await everything(shop)).toEqual(before)
  })

  it('takes the addresses along, and says how many', async () => {
    for (const kind of ['billing', 'shipping'])
      expect(
        await type(`addresses add --user eve --type ${kind} --street S --city C --postal-code P --country DE`),
      ).toMatchObject({ exitCode: 0 })
    expect((await type('users delete eve')).stderr).toBe(
      'error: this needs a confirmation: Delete user 3, eve <eve@example.com> with 2 addresses? ' +
        `${targetSentence(shop.name)}\nhint: add --yes to confirm it\n`,
    )
    expect(await type('users delete eve -n')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '✔ user 3, eve <eve@example.com> with 2 addresses would be deleted; nothing was changed\n',
    })
    expect((await type('users delete EVE@example.com --yes --json')).json()).toMatchObject({
      id: 3,
      username: 'eve',
      addresses_deleted: 2,
    })
    expect(await lastLog()).toEqual({
      command: 'users delete',
      entity: 'users',
      message: 'deleted (addresses: 2)',
    })
    expect(await shop.connection.rows('SELECT id FROM addresses')).toEqual([])
    expect(await type('users get eve')).toMatchObject({ exitCode: 5 })
  })
})

describe('users purge', () => {
  beforeAll(async () => {
    const now = Date.now()
    const add = (username: string, active: boolean, createdDays: number, loginDays: number | null) =>
      shop.connection.execute(
        'INSERT INTO users (username, email, password_hash, is_active, created_at, last_login) VALUES (?, ' +
          "CONCAT(?, '@example.com'), '!', ?, ?, ?)",
        [
          username,
          username,
          active,
          new Date(now - createdDays * 86_400_000),
          loginDays === null ? null : new Date(now - loginDays * 86_400_000),
        ],
      )
    await add('never', false, 400, null)
    await add('long_ago', false, 900, 366)
    await add('lately', false, 900, 364)
    await add('young', false, 364, null)
    await add('active', true, 900, 800)
    await add('buyer', false, 900, null)
    await type('orders place --user buyer --item TEA-1:1')
  })
  const gone = ['never', 'long_ago']

  it('asks, and says with --dry-run who would go and how many stay for their orders', async () => {
    expect(await type('users purge --inactive-for 365d --json')).toMatchObject({
      exitCode: 2,
      error: {
        code: 'USAGE',
        message: `this needs a confirmation: Delete 2 users, with their addresses? ${targetSentence(shop.name)}`,
      },
    })
    const before = await everything(shop)
    const { stdout, stderr } = await type('users purge --inactive-for 365d -n')
    expect(stderr).toBe(
      'skipped 1 inactive user who has orders; ' +
        'dbtool users anonymise USER forgets a person and keeps the orders\n' +
        '✔ 2 users would be deleted; nothing was changed\n',
    )
    expect(stdout).toMatch(/username .* created_at .* last_login/)
    expect(gone.filter((name) => !stdout.includes(` ${name} `))).toEqual([])
    expect(await everything(shop)).toEqual(before)
  })

  it('deletes them, with a row in the log for each', async () => {
    const { exitCode, json, stderr } = await type('users purge --inactive-for 365d --yes --json')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject(gone.map((username) => ({ username, is_active: false, addresses_deleted: 0 })))
    expect(
      await shop.connection.rows(`SELECT username FROM users WHERE username NOT IN ('ada', 'bob') ORDER BY id`),
    ).toEqual(['lately', 'young', 'active', 'buyer'].map((username) => ({ username })))
    expect(await shop.connection.rows(`SELECT command, entity, message FROM logs ORDER BY id DESC LIMIT 2`)).toEqual(
      gone.map(() => ({ command: 'users purge', entity: 'users', message: 'purged (addresses: 0)' })),
    )
  })

  it('finds nobody the second time: exit 0 and a sentence', async () => {
    expect(await type('users purge --inactive-for 365d')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(/\nNo user without orders has been inactive .*; nothing was changed\.\n$/),
    })
    expect((await type('users purge --inactive-for 365d --json')).stdout).toBe('[]\n')
  })
})
