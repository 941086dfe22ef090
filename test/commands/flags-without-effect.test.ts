import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { importedOrders } from '../support/shop.ts'

// A flag of an import that names something which the file does not have, such as a misspelt column.
const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
  await database.connection.execute("INSERT INTO products (sku, name, price, stock) VALUES ('x', 'Cup', 7, 9)")
})

const run = (noun: string, content: string, flags: readonly string[], name: string) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  const more = noun === 'orders' ? ['--create-missing'] : []
  return dbtool([noun, 'import', path, ...flags, ...more], { database: database.name })
}

const csv = 'order_ref,user,sku,quantity,price,Typ\nA,ada,x,1,2,Sale\n'
const json = '[{"order_ref":"A","user":"ada","sku":"x","quantity":1,"cost":2,"state":"paid","lines":[{"cost":3}]}]'

const nameOf = (content: string): string => (content === json ? 'orders.json' : 'orders.csv')

describe('is refused', () => {
  it.each<[what: string, content: string, flags: string[], fault: string]>([
    ['a column to skip by', csv, ['--skip', 'Type=Sale'], 'no column "Type" for --skip Type; did you mean "Typ"?'],
    ['a column of a map', csv, ['--map', 'price=Preis'], 'no column "Preis" for price'],
    ['the number of a name', csv, ['--map', 'price=column 5'], 'no column "column 5" for price; did you mean "price"?'],
    ['words without a status', csv, ['--status-words', 'shipped=Weg'], 'no column "status"'],
    ['a column twice', csv.replace('Typ', 'price'), [], 'column "price" appears more than once (columns 5 and 6)'],
    ['the price of JSON', json, ['--map', 'price=cst'], 'no object has "cst" for price; did you mean "cost"?'],
    ['a price in a list', json, ['--map', 'price=lines[].cst'], 'no object has "lines[].cst" for price'],
  ])('%s', async (_what, content, flags, fault) => {
    const { exitCode, error } = await run('orders', content, [...flags, '--json'], nameOf(content))
    expect([exitCode, error.message, error.hint]).toEqual([
      2,
      expect.stringContaining(fault),
      expect.stringMatching(/^[Tt]he (?:columns|keys of the first object) are "order_ref".* with --map ours=theirs,/),
    ])
    expect(error.hint).not.toContain('--guest')
  })

  it.each(['', ' ', 'NULL', '4.00638E+12'])('the guest %j', async (guest) => {
    const content = 'order_ref,sku,quantity\nA,x,1\n'
    const { exitCode, error } = await run('orders', content, ['--guest', guest, '--json'], 'guest.csv')
    expect([exitCode, error.message]).toEqual([2, expect.stringMatching(/^--guest must/)])
  })

  it('a list of stock without any column of a product', async () => {
    const { exitCode, error } = await run(
      'products',
      'Artikel;Bestand\nx;4\n',
      ['--on-conflict', 'update', '--json'],
      'stock.csv',
    )
    expect([exitCode, error.message, error.hint]).toEqual([
      2,
      expect.stringContaining('no column is one of "sku", "name"'),
      'the columns are "Artikel", "Bestand"; name the right ones with --map ours=theirs,…',
    ])
  })
})

it('words for a preset that makes the status of other columns', async () => {
  const flags = ['--preset', 'shopify', '--status-words', 'shipped=paid', '--json']
  const header = 'Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku'
  const content = `${header}\n#1,ada@example.com,paid,2026-02-01 09:30:00 +0100,1,Cup,2.00,x\n`
  expect((await run('orders', content, flags, 'shopify.csv')).error.message).toContain('no column "status"')
  const { exitCode } = await run('orders', content, [...flags, '--map', 'status=Financial Status'], 'shopify.csv')
  expect(exitCode).toBe(0)
  expect(await importedOrders(database)).toEqual(['#1 shipped 2.00 1×x'])
})

it('a repeated flag of pairs has the pairs of all', async () => {
  const flags = ['--map', 'price=cost', '--map', 'status=state', '--skip', 'sku=y', '--skip', 'sku=z', '--json']
  const words = ['--status-words', 'shipped=paid', '--status-words', 'delivered=sent']
  const outcome = await run('orders', json, [...flags, ...words], 'orders.json')
  expect(outcome.json()).toMatchObject({
    records_skipped: [
      { reason: "sku is 'y'", records: 0 },
      { reason: "sku is 'z'", records: 0 },
    ],
  })
  expect(await importedOrders(database)).toEqual(['A shipped 2.00 1×x'])
})

describe('is reported', () => {
  it.each<[what: string, content: string, flags: string[], reported: { reasons?: string[]; keys?: string[] }]>([
    ['a text to skip by', csv, ['--skip', 'Typ=Sal*,sku=-'], { reasons: ["Typ is 'Sal*'", 'sku is negative'] }],
    [
      'a key to skip by',
      json,
      ['--map', 'price=cost', '--skip', 'kind=Sale'],
      { reasons: ["kind is 'Sale'"], keys: ['kind'] },
    ],
    ['optional keys', json, ['--map', 'price=cost,status=stat,discount=minus'], { keys: ['stat', 'minus'] }],
  ])('%s', async (_what, content, flags, { reasons = [], keys = [] }) => {
    const outcome = await run('orders', content, [...flags, '--json'], nameOf(content))
    expect(outcome.json()).toMatchObject({
      ...{ orders_placed: 1, revenue: '2.00', columns_missing: keys },
      records_skipped: reasons.map((reason) => ({ reason, records: 0 })),
    })
    const { stderr } = await run('orders', content, flags, nameOf(content))
    for (const reason of reasons) expect(stderr).toContain(`skipped 0 records: ${reason}`)
    for (const key of keys) expect(stderr).toContain(`no object of the file has a value for "${key}"`)
  })
})

it.each([
  ['products', 'sku;stock\nx;4\n', { updated: 1 }],
  ['products', 'sku|price\nx|4\n', { updated: 1 }],
  ['users', 'username;email;first_name\nada;ada@example.com;Ada\n', { created: 1 }],
])('a list of %s for --on-conflict update finds its separator', async (noun, content, result) => {
  const outcome = await run(noun, content, ['--on-conflict', 'update', '--json'], 'list.csv')
  expect([outcome.exitCode, outcome.json()]).toMatchObject([0, { ...result, columns_ignored: [] }])
})
