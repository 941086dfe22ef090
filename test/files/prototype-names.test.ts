import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything } from '../support/shop.ts'

/** Names that every object of JavaScript has. */
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
})

function importing(noun: string, name: string, content: string, ...flags: string[]): Promise<Outcome> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return dbtool([noun, 'import', path, '--json', ...flags], { database: database.name })
}

const growing = ['--create-missing', '--initial-stock', '9']
const row = { order_ref: 'A', user: 'kim', sku: 'TEA', quantity: '1', price: '2.00' }
const more = names.map((name) => `"${name}":{"sku":"OTHER"}`).join(',')

describe('a column with such a name', () => {
  it.each([
    ['CSV', 'in.csv', `${[...Object.keys(row), ...names].join()}\n${[...Object.values(row), ...names].join()}\n`],
    [
      'TSV',
      'in.tsv',
      `${[...Object.keys(row), ...names].join('\t')}\n${[...Object.values(row), ...names].join('\t')}\n`,
    ],
    ['NDJSON', 'in.ndjson', `${JSON.stringify(row).slice(0, -1)},${more}}\n`],
    ['a JSON list', 'in.json', `[${JSON.stringify(row).slice(0, -1)},${more}}]`],
  ])('is ignored and named, in %s', async (_, name, content) => {
    const { exitCode, json } = await importing('orders', name, content, ...growing)
    expect([exitCode, json()]).toMatchObject([
      0,
      { orders_placed: 1, columns_ignored: names.map((column) => ({ column, meant: null })) },
    ])
    expect(await database.connection.rows('SELECT sku, name FROM products')).toEqual([{ sku: 'TEA', name: 'TEA' }])
  })

  it.each(names)('%s holds the field that --map gives to it, also below another key', async (name) => {
    const csv = `order_ref,user,quantity,price,${name}\nA,kim,1,2.00,TEA\n`
    expect((await importing('orders', 'in.csv', csv, ...growing, '--map', `sku=${name}`)).exitCode).toBe(0)
    const nested = `{"order_ref":"B","user":"kim","quantity":1,"price":2,"${name}":{"${name}":"TEA"}}\n`
    const map = ['--map', `sku=${name}.${name}`]
    expect((await importing('orders', 'in.ndjson', nested, ...growing, ...map)).exitCode).toBe(0)
    expect(await database.connection.rows('SELECT sku FROM products')).toEqual([{ sku: 'TEA' }])
  })

  it('does not stand for a missing one', async () => {
    const before = await everything(database)
    for (const name of names) {
      const content = `{"order_ref":"A","user":"kim","quantity":1,"price":2,"${name}":{"sku":"TEA"}}\n`
      for (const flags of [[], ['--map', `sku=${name}`], ['--map', 'sku=constructor.name']]) {
        const { exitCode } = await importing('orders', 'in.ndjson', content, ...growing, ...flags)
        expect(exitCode, `${name} ${flags.join(' ')}`).toBe(2)
      }
    }
    expect(await everything(database)).toEqual(before)
  })

  it.each(names)('%s is the name of no field', async (name) => {
    const { exitCode, error } = await importing('orders', 'in.csv', 'order_ref\n', '--map', `${name}=order_ref`)
    expect([exitCode, error.message]).toEqual([2, expect.stringContaining(`--map: unknown field "${name}"`)])
  })
})

it.each([...names, 'valueOf'])('the value %s is no boolean, no status and no time', async (text) => {
  const products = await importing('products', 'in.csv', `sku,name,price,is_active\nA,N,1,${text}\n`)
  expect([products.exitCode, products.error.message]).toEqual([
    2,
    expect.stringContaining(`is_active must be true or false, 1 or 0, yes or no, not '${text}'`),
  ])
  const order = `order_ref,user,sku,quantity,price,state\nA,kim,TEA,1,2,${text}\n`
  const orders = await importing('orders', 'in.csv', order, ...growing, '--map', 'status=state')
  expect([orders.exitCode, orders.json()]).toMatchObject([0, { unknown_statuses: [text] }])
  const times = await importing('products', 'in.csv', `sku,name,price,created_at\nA,N,1,${text}\n`)
  expect(times.exitCode).toBe(2)
})
