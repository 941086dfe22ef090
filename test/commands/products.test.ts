import { writeFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, untilWaiting } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything, renewedShop } from '../support/shop.ts'

const shop = testDatabase()
beforeEach(() => renewedShop(shop))

const type = (line: string) => dbtool(line, { database: shop.name })

/** What is typed, what the product then is, and what the log says after its SKU. */
const updates: readonly [line: string, product: object, log: string][] = [
  ['TEA-1 --price 4.75', { sku: 'TEA-1', price: '4.75' }, 'price 4.50 → 4.75'],
  ['1 --name Sencha --price 4.5', { name: 'Sencha', price: '4.50' }, 'name Green tea → Sencha'],
  [
    'TEA-1 --description "From the hills" --inactive',
    { description: 'From the hills', is_active: false },
    'description, is_active true → false',
  ],
  ['TEA-1 --sku TEA-9', { id: 1, sku: 'TEA-9' }, 'sku TEA-1 → TEA-9'],
  ['TEA-1 --sku tea-1', { id: 1, sku: 'tea-1' }, 'sku TEA-1 → tea-1'],
  ['TEA-1 --sku "" --name Tea', { id: 1, sku: null, name: 'Tea' }, 'sku TEA-1 → NULL, name Green tea → Tea'],
]

describe('products update', () => {
  it.each(updates)('%s', async (line, product, log) => {
    const { exitCode, json, stderr } = await type(`products update ${line} --json`)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({ ...product, stock: 98, rows_changed: 1 })
    const logs = await shop.connection.rows('SELECT command, entity, entity_id, message FROM logs ORDER BY id')
    expect(logs).toHaveLength(6)
    expect(logs[5]).toEqual({
      command: 'products update',
      entity: 'products',
      entity_id: 1,
      message: `updated TEA-1: ${log}`,
    })
    expect((await type('products get 1 --json')).json()).toMatchObject(product)
  })

  it('takes a description away with an empty text, and tells people how many rows it changed', async () => {
    await type('products update TEA-1 --description Fine')
    const { stdout, stderr } = await type('products update TEA-1 --description ""')
    expect(stderr).toBe('✔ 1 row changed: description\n')
    expect(stdout).toMatch(/^description +NULL$/m)
    expect(stdout).not.toContain('rows_changed')
  })

  it('with nothing to change changes nothing: exit 0, no row, no log', async () => {
    const before = await everything(shop)
    const line = 'products update TEA-1 --price 4.5 --active --description "" --name "Green tea"'
    expect((await type(`${line} --json`)).json()).toMatchObject({ rows_changed: 0, price: '4.50' })
    expect((await type(line)).stderr).toMatch(/^nothing to change: Green tea has these values already/)
    expect((await type(`${line} --format csv`)).stdout).toMatch(/,rows_changed\n.*,0\n$/)
    expect(await everything(shop)).toEqual(before)
  })

  it('compares with what somebody else was just changing', async () => {
    const other = await connect(shop.target)
    await other.execute('START TRANSACTION')
    await other.execute('UPDATE products SET price = 9 WHERE id = 1')
    const outcome = type('products update TEA-1 --price 9 --json')
    await untilWaiting(shop)
    await other.execute('COMMIT')
    await other.close()
    expect((await outcome).json()).toMatchObject({ rows_changed: 0, price: '9.00' })
  })
})

/** What cannot be done changes nothing. */
const refusals: readonly [line: string, exitCode: number, code: string, message: string | RegExp, hint?: RegExp][] = [
  ['update', 2, 'USAGE', 'nothing to change: add --name, --description, --price, --sku, --active or --inactive'],
  ['update TEA-1', 2, 'USAGE', 'nothing to change: add --name, --description, --price, --sku, --active or --inactive'],
  ['update --active', 2, 'USAGE', 'missing <product>'],
  ['update TEA-1 --active --inactive', 2, 'USAGE', /cannot be used with/],
  ['update TEA-1 --name ""', 2, 'USAGE', '--name must not be empty'],
  ['update TEA-1 --sku " "', 2, 'USAGE', '--sku must not be empty'],
  ['update TEA-1 --price 1,5', 2, 'USAGE', /^--price must be an amount such as 19\.90/],
  [
    'update TEA-1 --stock 5',
    2,
    'USAGE',
    'stock cannot be set directly; add or remove units',
    /products restock <product> --by 5/,
  ],
  ['update NONE --active', 5, 'NOT_FOUND', "there is no product 'NONE'"],
  ['update TEA-1 --sku POT-1 --price 1', 6, 'DUPLICATE', "the SKU 'POT-1' is already taken", /products get POT-1/],
  ['restock', 2, 'USAGE', 'missing <product>, --by'],
  ['restock TEA-1', 2, 'USAGE', 'missing --by'],
  ...['0', '-0', '+', '1.5', '--5', ''].map((by): [string, number, string, string] => [
    `restock TEA-1 --by "${by}"`,
    2,
    'USAGE',
    `--by must be a whole number other than 0, such as 5 or -5, not '${by}'`,
  ]),
  ['restock TEA-1 --by -2147483648', 2, 'USAGE', "--by must be at most 2147483647 up or down, not '-2147483648'"],
  ['restock NONE --by 1', 5, 'NOT_FOUND', "there is no product 'NONE'"],
  [
    'restock POT-1 --by -3',
    6,
    'OUT_OF_STOCK',
    'POT-1 (Teapot) has 2 in stock: 3 cannot be removed',
    /restock POT-1 --by -2$/,
  ],
  [
    'restock POT-1 --by 2147483647',
    6,
    'CONSTRAINT',
    'POT-1 (Teapot) has 2 in stock: 2147483647 more would exceed 2147483647',
  ],
  ['delete', 2, 'USAGE', 'missing <product>'],
  ['delete NONE', 5, 'NOT_FOUND', "there is no product 'NONE'"],
  [
    'delete TEA-1',
    6,
    'REFERENCED',
    '1 order refers to TEA-1 (Green tea), so it cannot be deleted',
    /products update TEA-1 --inactive$/,
  ],
  [
    'delete TEA-1 --yes',
    6,
    'REFERENCED',
    '1 order refers to TEA-1 (Green tea), so it cannot be deleted',
    /products update TEA-1 --inactive$/,
  ],
  ['delete 2 -n', 6, 'REFERENCED', '1 order refers to POT-1 (Teapot), so it cannot be deleted'],
]

describe('what cannot be done with a product', () => {
  it.each(refusals)('products %s: exit %i, %s', async (...[line, exitCode, code, message, hint]) => {
    const before = await everything(shop)
    const refused = await type(`products ${line} --json`)
    expect([refused.exitCode, refused.stdout]).toEqual([exitCode, ''])
    expect(refused.error).toMatchObject({
      code,
      exitCode,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
    if (hint !== undefined) expect(refused.error.hint).toMatch(hint)
    expect(await everything(shop)).toEqual(before)
  })
})

describe('what is not sold any more', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'lines.csv')

  it.each([
    ['orders place --user ada --item TEA-1:1', 6, ''],
    ['orders place --user ada --item TEA-1:1 --dry-run', 6, ''],
    [`orders import ${file}`, 6, ''],
    [`orders import ${file} --dry-run`, 6, ''],
    [`orders import ${file} --on-error skip --rejects ${join(folder, 'rejects.csv')}`, 7, 'orders_rejected'],
  ])('cannot be ordered: %s', async (line, exitCode, stdout) => {
    writeFileSync(file, 'order_ref,user,sku,quantity\nA1,ada,TEA-1,1\n')
    await type('products update TEA-1 --inactive')
    const before = await everything(shop)
    const refused = await type(line)
    expect([refused.exitCode, refused.stderr]).toEqual([
      exitCode,
      expect.stringMatching(exitCode === 6 ? /TEA-1 \(.*\) is not for sale/ : /1 of 1 orders were rejected/),
    ])
    expect(refused.stdout).toContain(stdout)
    expect(await everything(shop)).toEqual(before)
    await type('products update TEA-1 --active')
    rmSync(join(folder, 'rejects.csv'), { force: true })
    expect((await type(line)).exitCode).toBe(0)
  })
})
