import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { placeOrder } from '../../../src/index.ts'
import { dbtool, type Outcome, words } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { poolOn } from '../../support/library.ts'

/** Names that another program writes for an empty cell, or for a number without its last digits. */
const folder = temporaryFolder()
const database = testDatabase()
const run = (line: readonly string[]): Promise<Outcome> => dbtool([...line, '--json'], { database: database.name })
const importing = (noun: string, rows: readonly string[], ...flags: string[]): Promise<Outcome> => {
  const path = join(folder, `${noun}.csv`)
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''))
  return run([noun, 'import', path, ...flags])
}

beforeAll(async () => {
  const { connection } = database
  await connection.execute("INSERT INTO users (username, email, password_hash) VALUES ('ada', 'ada@example.com', '!')")
  await connection.execute(
    "INSERT INTO products (sku, name, price, stock, stock_received) VALUES ('TEA', 'Tea', 2, 9, 9)",
  )
})

describe.each([
  ['NULL', 'must not be NULL, by which other programs write an empty cell'],
  ['1E+05', "must not be '1E+05', a number that a spreadsheet shortened"],
  ['4.00638E+12', "must not be '4.00638E+12', a number that a spreadsheet shortened"],
  ['4,01E+12', "must not be '4,01E+12', a number that a spreadsheet shortened"],
])('%s', (name, fault) => {
  it.each<[what: string, line: string[]]>([
    ['--sku', ['products', 'create', '--name', 'N', '--price', '1', '--sku', name]],
    ['--sku', ['products', 'create', '--name', 'N', '--price', '1', '--sku', ` ${name} `]],
    ['--sku', ['products', 'update', 'TEA', '--sku', name]],
    ['--idempotency-key', ['orders', 'place', '--user', 'ada', '--item', 'TEA:1', '--idempotency-key', name]],
  ])('is no %s: %j', async (flag, line) => {
    const { exitCode, error } = await run(line)
    expect([exitCode, error.message]).toEqual([2, `${flag} ${fault}`])
  })

  it('is no key of the library', async () => {
    const pool = poolOn(database)
    const [user] = await database.connection.rows<{ id: number }>('SELECT id FROM users')
    const [product] = await database.connection.rows<{ id: number }>('SELECT id FROM products')
    await expect(
      placeOrder(pool, { userId: user!.id, lines: [{ productId: product!.id, quantity: 1 }], key: name }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(`key ${fault}`) as string })
  })

  it.each([
    ['sku', 'products', ['sku,name,price', `"${name}",N,1`]],
    ['sku', 'orders', ['order_ref,user,sku,quantity,price', `A,ada,"${name}",1,1`]],
    ['order_ref', 'orders', ['order_ref,user,sku,quantity,price', `"${name}",ada,TEA,1,1`]],
    ['user', 'orders', ['order_ref,user,sku,quantity,price', `A,"${name}",TEA,1,1`]],
  ])('is no %s in a file of %s', async (field, noun, rows) => {
    const { exitCode, error } = await importing(noun, rows, ...(noun === 'orders' ? ['--create-missing'] : []))
    const wayOut =
      name === 'NULL' ? '; --null NULL reads it as empty' : ': format its column as text, and export it again'
    expect([exitCode, error.message]).toEqual([2, expect.stringMatching(/line 2: /)])
    expect(error.message).toContain(`${field} ${fault}${wayOut}`)
  })
})

it.each(['1E5', '1e+05', 'E+05', '12E+05', '1E+5', 'A1E+05', 'null', '1.5E-07'])('%s is a name', async (name) => {
  expect((await run(['products', 'create', '--name', 'N', '--price', '1', '--sku', name])).exitCode).toBe(0)
  const { stdout } = await dbtool('products export', { database: database.name })
  const path = join(folder, 'own.csv')
  writeFileSync(path, stdout)
  expect((await run(['products', 'import', path, '--on-conflict', 'update'])).json()).toMatchObject({ updated: 0 })
})

it('of earlier versions: an export refuses them before it writes anything', async () => {
  const { connection } = database
  await connection.execute("UPDATE products SET sku = '1E+05' WHERE sku = 'TEA'")
  const products = await run(['products', 'export'])
  const [product] = await connection.rows<{ id: number }>("SELECT id FROM products WHERE sku = '1E+05'")
  expect([products.exitCode, products.stdout, products.error.message, products.error.hint]).toEqual([
    6,
    '',
    `product ${product!.id} (Tea) has the SKU '1E+05', which imports refuse`,
    `nothing was written; change it: dbtool products update id:${product!.id} --sku TEXT`,
  ])
  await run(['orders', 'place', '--user', 'ada', '--item', `id:${product!.id}:1`, '--idempotency-key', 'K'])
  await connection.execute("UPDATE orders SET idempotency_key = 'import:NULL'")
  const orders = await run(['orders', 'export'])
  const [order] = await connection.rows<{ id: number }>('SELECT id FROM orders')
  expect([orders.exitCode, orders.stdout, orders.error.faults]).toEqual([
    6,
    '',
    [
      `product ${product!.id} (Tea) has the SKU '1E+05', which imports refuse`,
      `order ${order!.id} would have the order_ref 'NULL', which imports refuse`,
    ],
  ])
  await run(['products', 'update', `id:${product!.id}`, '--sku', 'TEA'])
  expect((await run(['products', 'export'])).exitCode).toBe(0)
  const { hint } = (await run(['orders', 'export'])).error
  const [, command = ''] = /: dbtool (.*), or exclude/.exec(hint ?? '') ?? []
  const line = words(command.replace('id=ID', `id=${order!.id}`).replace('key=TEXT', 'key=R-1'))
  expect((await run(line)).exitCode).toBe(0)
  expect((await run(['orders', 'export', '--format', 'json'])).json()).toMatchObject([{ order_ref: 'R-1' }])
})
