import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { everything, smallShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'
import { dropTables } from '../db/migrations/migration-folder.ts'

const full = testDatabase()
const bare = testDatabase({ migrated: false })
const { name } = full
beforeAll(() => smallShop(name))

const inFull = { database: name, as: 'owner' } as const
const inBare = { database: bare.name, as: 'owner' } as const
const content = [
  { table: 'users', rows: 2 },
  { table: 'addresses', rows: 0 },
  { table: 'products', rows: 2 },
  { table: 'orders', rows: 1 },
  { table: 'order_items', rows: 2 },
  { table: 'logs', rows: 5 },
  { table: 'order_adjustments', rows: 0 },
  { table: 'order_refusals', rows: 0 },
]
const question = new RegExp(
  /Drop users \(2 rows\), addresses \(0 rows\), products \(2 rows\), orders \(1 row\), /.source +
    /order_items \(2 rows\), logs \(5 rows\), order_adjustments \(0 rows\), order_refusals \(0 rows\), and recreate them empty\? On .*/
      .source,
)

describe('db reset of a shop', () => {
  it.each([
    ['without a name, with nobody to ask', '', question, `add --confirm ${name} to confirm it`],
    [
      'with another name',
      '--confirm other',
      `--confirm is 'other', but the target is '${name}'`,
      /nothing was changed/,
    ],
  ])('%s: exit 2, and nothing is changed', async (_what, flags, message, hint) => {
    const before = await everything(full)
    const says = (text: string | RegExp): unknown => (typeof text === 'string' ? text : expect.stringMatching(text))
    expect(await dbtool(`db reset ${flags} --json`, inFull)).toMatchObject({
      exitCode: 2,
      stdout: '',
      error: { code: 'USAGE', message: says(message), hint: says(hint) },
    })
    expect(await everything(full)).toEqual(before)
  })

  it('with --dry-run shows what would be lost', async () => {
    const before = await everything(full)
    expect((await dbtool('db reset -n --json', inFull)).json()).toEqual(content)
    expect((await dbtool('db reset -n', inFull)).stderr).toMatch(
      new RegExp(
        /^would run: [^]*\nwould run: ALTER TABLE order_items [^]*\nwould run: DROP TABLE IF EXISTS logs\n[^]*\n/
          .source + /dry run: nothing was changed\n$/.source,
      ),
    )
    expect(await everything(full)).toEqual(before)
  })

  it('on a terminal wants the name typed: another one is exit 3, and nothing is changed', async () => {
    const before = await everything(full)
    const tty = terminal(['db', 'reset'], name, { as: 'owner', columns: 400 })
    await tty.see('recreate them empty? On ')
    expect(tty.screen).toMatch(question)
    expect(tty.screen).toContain(`/${name}. Type ${name} to continue`)
    await tty.see('to continue')
    tty.type(`yes${keys.enter}`)
    expect(await tty.ended()).toBe(3)
    expect(tty.screen).toContain(`"yes" is not the name ${name}; nothing was changed`)
    expect(await everything(full)).toEqual(before)
  })

  it('on a terminal with the right name', async () => {
    const tty = terminal(['db', 'reset'], name, { as: 'owner' })
    await tty.see('Type')
    tty.type(name + keys.enter)
    await tty.see('dropped and recreated the schema; the shop is empty')
    expect(await tty.ended()).toBe(0)
    expect(await dbtool('users list --json', { database: name })).toMatchObject({ exitCode: 0, stdout: '[]\n' })
    await smallShop(name)
  })

  it("leaves what is not dbtool's, and says what was lost", async () => {
    await full.connection.execute('CREATE TABLE theirs (id INT)')
    await full.connection.execute('INSERT INTO theirs VALUES (7)')
    expect((await dbtool(`db reset --confirm ${name} --json`, inFull)).json()).toEqual(content)
    const after = await everything(full)
    expect(after).toMatchObject({ theirs: [{ id: 7 }], users: [], products: [], orders: [], logs: [] })
    expect(await dbtool('db status', { database: name })).toMatchObject({ exitCode: 0 })
    await smallShop(name)
  })

  it.each(['db reset --confirm', 'db rollback --to 0 --yes'])(
    'is not for the application user, who breaks nothing with it: %s',
    async (line) => {
      const before = await everything(full)
      const refused = await dbtool(`${line.replace('--confirm', `--confirm ${name}`)} --json`, { database: name })
      expect(refused).toMatchObject({
        exitCode: 4,
        error: {
          code: 'ACCESS_DENIED',
          message: expect.stringMatching(/^migration \d+ \(\w+\) did not start: ALTER command denied/),
          hint: expect.stringMatching('dbtool db grants'),
        },
      })
      expect(await everything(full)).toEqual(before)
    },
  )
})

describe('db reset of a database that is not migrated', () => {
  const tables = async (): Promise<string[]> => Object.keys(await everything(bare)).sort()
  const whole = [
    'addresses',
    'logs',
    'order_adjustments',
    'order_items',
    'order_refusals',
    'orders',
    'products',
    'schema_migrations',
    'users',
  ]
  beforeEach(async () => {
    await bare.connection.execute('SET foreign_key_checks = OFF')
    await dropTables(bare.connection)
  })

  it('makes the schema; there is nothing to lose, and nothing to ask', async () => {
    expect(await dbtool('db reset --json', inBare)).toMatchObject({ exitCode: 0, stdout: '[]\n' })
    expect(await tables()).toEqual(whole)
  })

  it('wants the right name where one is given', async () => {
    expect(await dbtool('db reset --confirm other', inBare)).toMatchObject({ exitCode: 2 })
    expect(await tables()).toEqual([])
  })

  it('or half: takes back what did run, and makes all of it', async () => {
    await dbtool('db migrate', inBare)
    for (const table of ['logs', 'order_adjustments', 'order_items', 'order_refusals', 'orders', 'products'])
      await bare.connection.execute(`DROP TABLE ${table}`)
    await bare.connection.execute('CREATE TABLE logs (whose VARCHAR(10))')
    await bare.connection.execute('DELETE FROM schema_migrations WHERE version > 1')
    await bare.connection.execute('UPDATE schema_migrations SET finished_at = NULL, steps_started = 2, steps_done = 2')
    expect((await dbtool('db reset --json', inBare)).error.message).toMatch(
      /^this needs a confirmation: Drop users \(0 rows\), addresses \(0 rows\), and recreate them empty/,
    )
    // Somebody else's table of this name is neither counted nor dropped, and stops the migration before it starts.
    expect(await dbtool(`db reset --confirm ${bare.name} --json`, inBare)).toMatchObject({
      exitCode: 6,
      error: { code: 'DUPLICATE' },
    })
    expect(await tables()).toEqual(['logs', 'schema_migrations'])
    await bare.connection.execute('DROP TABLE logs')
    expect((await dbtool('db reset', inBare)).exitCode).toBe(0)
    expect(await tables()).toEqual(whole)
  })
})
