import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { shipped } from '../support/migrations.ts'
import { everything, renewedShop } from '../support/shop.ts'

const shop = testDatabase()
const { name: database } = shop
beforeEach(() => renewedShop(shop))

const typed = (line: string) => dbtool(line, { database })

describe('--fields and --field', () => {
  it.each([
    ['users list --fields username,id --format csv', 'username,id\nbob,2\nada,1\n'],
    ['users list --fields username,id --format tsv --limit 1', 'username\tid\nbob\t2\n'],
    [
      'users list --fields "id, first_name" --limit 1',
      '┌────┬────────────┐\n│ id │ first_name │\n├────┼────────────┤\n│  2 │ NULL       │\n└────┴────────────┘\n',
    ],
    ['users get ada --fields username,id', 'username  ada\nid        1\n'],
    [
      'users get ada --fields username,id --format markdown',
      '| field    | value |\n| -------- | ----- |\n| username | ada   |\n| id       | 1     |\n',
    ],
    ['users get ada --fields id --json', '{\n  "id": 1\n}\n'],
    ['users list --field email', 'bob@example.com\nada@example.com\n'],
    ['users list --field email --json', '[\n  "bob@example.com",\n  "ada@example.com"\n]\n'],
    ['users list --field id --format ndjson', '2\n1\n'],
    ['users list --search nobody --field id', ''],
    ['users list --search nobody --field id --json', '[]\n'],
    ['users get ada --field last_login', '\n'],
    ['users get ada --field last_login --json', 'null\n'],
    ['products get POT-1 --field price --json', '"48.90"\n'],
    [
      'orders get 1 --fields id,items --format csv',
      'id,product_id,sku,name,quantity,price,subtotal\n1,1,TEA-1,Green tea,2,4.50,9.00\n' +
        '1,2,POT-1,Teapot,1,48.90,48.90\n',
    ],
    ['orders list --items --fields items.sku,id --format csv', 'sku,id\nTEA-1,1\nPOT-1,1\n'],
    ['orders list --items --fields id --format csv', 'id\n1\n'],
    ['orders get 1 --field items.sku', '[{"sku":"TEA-1"},{"sku":"POT-1"}]\n'],
    ['users export --fields email,username', 'email,username\nada@example.com,ada\nbob@example.com,bob\n'],
    ['users export --field email', 'ada@example.com\nbob@example.com\n'],
    ['users update ada --first-name Ada --field rows_changed', '1\n'],
    [
      'db status --fields state,version --format csv',
      `state,version\n${shipped.map(({ version }) => `applied,${version}\n`).join('')}`,
    ],
    ['report top-products --fields revenue,sku --format csv', 'revenue,sku\n9.00,TEA-1\n48.90,POT-1\n'],
    ['--field id users list', '2\n1\n'],
  ])('dbtool %s', async (line, stdout) => {
    expect(await typed(line)).toMatchObject({ exitCode: 0, stdout })
  })

  it('say what a person would not be told twice', async () => {
    expect((await typed('users delete bob --yes --field username')).stdout).toBe('bob\n')
  })

  it('of a list are of all of it, as ids are', async () => {
    await shop.connection.execute(
      "INSERT INTO products (name, price, stock, stock_received) SELECT 'Thing', 1, 1, 1 FROM seq_1_to_60",
    )
    expect((await typed('products list --field id')).stdout.split('\n')).toHaveLength(63)
    expect((await typed('products list --field id --json')).json<number[]>()).toHaveLength(62)
    expect((await typed('products list --field id --limit 3')).stdout.split('\n')).toHaveLength(4)
  })
})

describe('a field that is not there', () => {
  let before: Record<string, unknown[]>
  beforeAll(() => renewedShop(shop))
  beforeEach(async () => {
    before = await everything(shop)
  })

  it.each([
    [
      'users list --fields idd,email',
      "--fields names the unknown field 'idd' (did you mean id?); the fields are id, username, email, " +
        'first_name, last_name, is_active, is_admin, created_at, last_login',
    ],
    [
      'users get ada --field emial',
      "--field names the unknown field 'emial' (did you mean email?); the fields are id, username, email, " +
        'first_name, last_name, is_active, is_admin, created_at, last_login',
    ],
    [
      'users get ada --field items',
      "--field names the unknown field 'items'; the fields are id, username, email, first_name, last_name, " +
        'is_active, is_admin, created_at, last_login',
    ],
    [
      'orders list --fields items',
      "--fields names the unknown field 'items'; the fields are id, user_id, username, status, total_amount, " +
        'idempotency_key, created_at',
    ],
    [
      'orders list --items --field itmes',
      "--field names the unknown field 'itmes' (did you mean items?); the fields are id, user_id, username, " +
        'status, total_amount, idempotency_key, created_at, shipping, discount, tax, items, items.product_id, ' +
        'items.sku, items.name, items.quantity, items.price, items.subtotal',
    ],
    [
      'users export --fields password_hash',
      "--fields names the unknown field 'password_hash'; the fields are username, email, first_name, last_name, " +
        'is_active, is_admin, created_at, last_login',
    ],
    [
      'report revenue --by day --field untis',
      "--field names the unknown field 'untis' (did you mean units?); the fields are period, orders, units, revenue",
    ],
    [
      'orders place --user ada --item TEA-1:1 --field total',
      "--field names the unknown field 'total'; the fields are id, user_id, username, status, total_amount, " +
        'idempotency_key, created_at, shipping, discount, tax, items, items.product_id, items.sku, items.name, ' +
        'items.quantity, items.price, items.subtotal',
    ],
    [
      'orders cancel 1 --field x',
      "--field names the unknown field 'x'; the fields are id, user_id, username, status, total_amount, " +
        'idempotency_key, created_at, shipping, discount, tax, items, items.product_id, items.sku, items.name, ' +
        'items.quantity, items.price, items.subtotal',
    ],
    ['db reset --confirm x --field x', "--field names the unknown field 'x'; the fields are table, rows"],
  ])('is exit 2 before anything runs: dbtool %s', async (line, message) => {
    const outcome = await typed(`${line} --format ndjson`)
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(`error: ${message}\n`) })
    expect(await everything(shop)).toEqual(before)
    // Nobody has to be there to say so.
    expect(await dbtool(line, { env: { DB_HOST: '127.0.0.1', DB_PORT: '1' } })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(message),
    })
  })

  it('is exit 2 before anything is printed, where columns are known late', async () => {
    expect(
      await dbtool('bench drivers --rounds 1 --duration 50ms --fields oracle', { database, as: 'owner' }),
    ).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: --fields names the unknown field 'oracle'; the fields are mariadb,/),
    })
  })

  it('is told together with every other fault', async () => {
    const { error } = await typed('users list --limit x --fields idd,mail --field id --force --json')
    expect(error.faults).toEqual([
      expect.stringMatching(/^--limit /),
      '--field and --fields exclude each other',
      '--force needs a file, such as that of --output',
      "--fields names the unknown field 'idd' (did you mean id?)",
      expect.stringMatching(/^--fields names the unknown field 'mail' \(did you mean email\?\); the fields are id, /),
    ])
  })
})

describe('what does not go together is exit 2', () => {
  it.each([
    ['--field id --fields id', '--field and --fields exclude each other'],
    ['--field id --format ids', '--field prints bare values, and works only with --format json or ndjson, not ids'],
    ['--field id --format count', '--field prints bare values, and works only with --format json or ndjson, not count'],
    ['--field id --format csv', '--field prints bare values, and works only with --format json or ndjson, not csv'],
    ['--fields id --format ids', '--fields does not apply to --format ids'],
    ['--fields id --format count', '--fields does not apply to --format count'],
    ['--fields id,,email', "--fields must be names with commas between them, such as id,username, not 'id,,email'"],
    ['--fields ""', "--fields must be names with commas between them, such as id,username, not ''"],
    ['--fields id,email,id', "--fields names 'id' twice"],
    ['--field id,email', "--field must be one name, not 'id,email'; --fields takes several"],
    ['--output ""', '--output must be a file, or - for standard output'],
    ['--force', '--force needs a file, such as that of --output'],
    ['--force -o -', '--force needs a file, such as that of --output'],
    [
      '--format yaml',
      "--format must be one of table, vertical, json, ndjson, csv, tsv, markdown, ids, count, not 'yaml'",
    ],
  ])('dbtool users list %s', async (flags, message) => {
    expect(await dbtool(`users list ${flags}`)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(`error: ${message}\n`),
    })
  })

  it('but --json has the last word about the format', async () => {
    expect((await typed('users list --format ids --json --field id')).json()).toEqual([2, 1])
  })
})
