import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything } from '../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
})

const run = (line: string): Promise<Outcome> => dbtool(line, { database: database.name })
const growing = '--create-missing --initial-stock 100'
function saved(name: string, ...rows: string[]): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''))
  return path
}
const orders = () =>
  database.connection.rows(
    `SELECT SUBSTRING(o.idempotency_key, 8) AS ref, u.username, o.status, o.total_amount AS total,
        GROUP_CONCAT(CONCAT(i.quantity, ' ', p.sku) ORDER BY p.sku SEPARATOR ', ') AS items
      FROM orders o
        JOIN users u ON u.id = o.user_id
        JOIN order_items i ON i.order_id = o.id
        JOIN products p ON p.id = i.product_id
      GROUP BY o.id ORDER BY ref`,
  )
const isSound = async (): Promise<boolean> => (await run('db check')).exitCode === 0

const shopifyHead =
  'Name,Email,Financial Status,Fulfillment Status,Shipping,Discount Amount,Created at,' +
  'Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at'

describe('orders of Shopify', () => {
  const file = (quantity = '1'): string =>
    saved(
      'shopify.csv',
      shopifyHead,
      '#1,ana@example.com,paid,fulfilled,4.90,1.00,2026-02-01 09:30:00 +0100,2,Jug,10.00,JUG,',
      `#1,,,,,,,${quantity},Soap,11.00,,`,
      '#2,bob@example.com,refunded,,0.00,0.00,2026-02-01 10:00:00 +0100,9,Soap,11.00,,2026-02-02 08:00:00 +0100',
      '#3,bob@example.com,paid,,0.00,0.00,2026-02-03 10:00:00 +0100,3,Soap,11.00,,',
    )
  const first = { ref: '#1', username: 'ana', status: 'shipped', total: '34.90', items: '2 JUG, 1 Soap' }
  const third = { ref: '#3', username: 'bob', status: 'confirmed', total: '33.00', items: '3 Soap' }

  it('a cancelled one arrives as cancelled, and takes no stock', async () => {
    expect((await run(`orders import ${file()} --preset shopify ${growing} --json`)).json()).toMatchObject({
      orders_placed: 3,
      units: 6,
      revenue: '67.90',
    })
    expect(await orders()).toEqual([
      first,
      { ref: '#2', username: 'bob', status: 'cancelled', total: '99.00', items: '9 Soap' },
      third,
    ])
    expect((await run('products get Soap --json')).json()).toMatchObject({ stock: 96 })
    expect(await isSound()).toBe(true)
  })

  it('the rejects have all lines of an order; corrected, it is placed by the same command', async () => {
    const rejects = join(folder, 'rejects.csv')
    const flags = `--preset shopify --skip-cancelled ${growing} --on-error skip --json`
    const { exitCode, json } = await run(`orders import ${file('some')} ${flags} --rejects ${rejects}`)
    expect([exitCode, json()]).toMatchObject([7, { orders_placed: 1, orders_rejected: 1 }])
    expect(await orders()).toEqual([third])
    const text = readFileSync(rejects, 'utf8')
    expect(text.split('\n').map((line) => line.split(',')[0])).toEqual(['Name', '#1', '#1', ''])
    writeFileSync(rejects, text.replace(',some,', ',1,'))
    expect((await run(`orders import ${rejects} ${flags}`)).json()).toMatchObject({ orders_placed: 1 })
    expect(await orders()).toEqual([first, third])
  })

  it('--history: the stock stays, and the status is that of the file', async () => {
    await run('products create --sku JUG --name Jug --price 10 --stock 1')
    const { json } = await run(`orders import ${file()} --preset shopify --history --create-missing --json`)
    expect(json()).toMatchObject({ orders_placed: 3, units: 6 })
    expect(await orders()).toMatchObject([{ status: 'shipped' }, { status: 'cancelled' }, { status: 'confirmed' }])
    expect(await database.connection.rows('SELECT sku, stock, units_sold FROM products ORDER BY sku')).toEqual([
      { sku: 'JUG', stock: 1, units_sold: 2 },
      { sku: 'Soap', stock: 0, units_sold: 4 },
    ])
    expect(await isSound()).toBe(true)
    const before = await everything(database)
    expect(
      (await run(`orders import ${file()} --preset shopify --history --create-missing --json`)).json(),
    ).toMatchObject({ orders_existing: 3 })
    expect(await everything(database)).toEqual(before)
  })
})

it('customers of Shopify: usernames are made from the addresses, are unique, and are reported', async () => {
  const path = saved(
    'customers.csv',
    'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Total Spent,Note',
    "'91,Ana,Ek,Ana@Example.com,no,1.00,",
    "'92,Ana,Berg,ana@example.org,yes,0.00,",
    "'93,Seán,O'Hara,o'hara@example.ie,no,0.00,",
    "'94,Lee,Müller,lee@exämple.de,no,0.00,",
    "'95,No,Mail,,no,0.00,",
  )
  const tried = await run(`users import ${path} --preset shopify --dry-run`)
  const done = await run(`users import ${path} --preset shopify`)
  expect([done.exitCode, done.stderr.split('\n')]).toEqual([
    0,
    [
      "line 2: username 'ana' was made for ana@example.com",
      "line 3: username 'ana_2' was made for ana@example.org",
      "line 4: username 'o_hara' was made for o'hara@example.ie",
      "line 5: username 'lee' was made for lee@exämple.de",
      'ignored columns: "Customer ID", "Accepts Email Marketing", "Total Spent", "Note"',
      'skipped 1 record: customer without an email',
      '',
    ],
  ])
  expect(tried.stderr).toBe(`${done.stderr}dry run: nothing was changed\n`)
  expect(await database.connection.rows('SELECT username, email, last_name FROM users ORDER BY id')).toEqual([
    { username: 'ana', email: 'ana@example.com', last_name: 'Ek' },
    { username: 'ana_2', email: 'ana@example.org', last_name: 'Berg' },
    { username: 'o_hara', email: "o'hara@example.ie", last_name: "O'Hara" },
    { username: 'lee', email: 'lee@exämple.de', last_name: 'Müller' },
  ])
  expect((await run(`users import ${path} --preset shopify --on-conflict update --json`)).json()).toMatchObject({
    created: 0,
    unchanged: 4,
  })
})

it('orders of Etsy: American dates, one decimal comma, a blank SKU, and shipping on every line', async () => {
  const path = saved(
    'etsy.csv',
    'Sale Date,Item Name,Buyer,Quantity,Price,Discount Amount,Order Shipping,Order Sales Tax,Currency,' +
      'Transaction ID,Listing ID,Order ID,SKU',
    '09/30/26,Card | Fox,ana_k,2,3.50,0.00,2.90,0.00,EUR,1,2,500,FOX',
    '09/30/26,Card | Owl,ana_k,1,2.00,0.00,2.90,0.00,EUR,3,4,500,',
    '10/01/26,"Print, framed",bo.k,1,"12,00",0.00,4.50,0.00,EUR,5,6,501,PRT',
  )
  expect((await run(`orders import ${path} --preset etsy ${growing} --json`)).json()).toMatchObject({
    orders_placed: 2,
    revenue: '28.40',
  })
  expect(await orders()).toEqual([
    { ref: '500', username: 'ana_k', status: 'confirmed', total: '11.90', items: '1 Card | Owl, 2 FOX' },
    { ref: '501', username: 'bo_k', status: 'confirmed', total: '16.50', items: '1 PRT' },
  ])
  const [sold] = await database.connection.rows('SELECT CAST(created_at AS CHAR) AS at FROM orders ORDER BY id')
  expect(sold).toEqual({ at: '2026-09-30 00:00:00' })
})

it('orders of Amazon without buyers belong to the guest', async () => {
  const row = (...cells: string[]): string => cells.join('\t')
  const path = saved(
    'amazon.tsv',
    row('amazon-order-id', 'purchase-date', 'order-status', 'product-name', 'sku', 'quantity', 'item-price'),
    row('1-1', '2026-04-10T09:15:00+00:00', 'Shipped', 'Shelf 90" wide', 'SHELF', '1', '89.90'),
    row('1-2', '2026-04-11T14:42:00+00:00', 'Cancelled', 'Peg', 'PEG', '0', ''),
    row('1-1', '2026-04-10T09:15:00+00:00', 'Shipped', 'Peg', 'PEG', '2', '24.00'),
  )
  const without = await run(`orders import ${path} --preset amazon ${growing} --json`)
  expect([without.exitCode, without.error.message, without.error.hint]).toEqual([
    2,
    `${path} line 1: no column "buyer-email" for user`,
    'Without users in the file, --guest USER is the customer of its orders.',
  ])
  expect((await run(`import guess ${path} --json`)).json()).toMatchObject({
    command: `dbtool orders import ${path} --preset amazon --guest guest`,
    first: [
      {
        name: '1-1',
        contents: expect.stringMatching(/^guest, .* 1 × SHELF at 89\.90, 2 × PEG at 12\.00/),
        fault: null,
      },
    ],
  })
  const { exitCode, stderr } = await run(`orders import ${path} --preset amazon --guest amazon ${growing}`)
  expect([exitCode, stderr]).toEqual([0, 'skipped 1 record: quantity 0\n'])
  expect(await orders()).toEqual([
    { ref: '1-1', username: 'amazon', status: 'shipped', total: '113.90', items: '2 PEG, 1 SHELF' },
  ])
  expect((await run('products get PEG --json')).json()).toMatchObject({ price: '12.00' })
})

it.each(['import guess', 'orders import --preset auto'])(
  '%s: a stray quote in the header is its fault',
  async (verb) => {
    const path = saved('quote.csv', '"a"b,c', '1,2')
    const { exitCode, error } = await run(`${verb} ${path} --json`)
    expect([exitCode, error.code, error.message]).toEqual([
      2,
      'BAD_INPUT',
      expect.stringMatching(/quote\.csv.*line 1.*quote/),
    ])
  },
)

it('import guess reads a header below a line with a stray quote', async () => {
  const path = saved('below.csv', 'Sales of "May",x', 'order_ref,user,sku,quantity,price', 'A,kim,CUP,1,5.00')
  expect((await run(`import guess ${path} --json`)).json()).toMatchObject({ first: [{ name: 'A', fault: null }] })
})

it('import guess with columns of dbtool and no users names a guest, too', async () => {
  const path = saved('till.csv', 'order_ref,sku,quantity,price', 'A,CUP,1,5.00')
  expect((await run(`import guess ${path} --json`)).json()).toMatchObject({
    command: `dbtool orders import ${path} --guest guest`,
    first: [{ name: 'A', contents: 'guest, 1 × CUP at 5.00, total 5.00', fault: null }],
  })
})

it('import guess shows whole orders, whose lines need not be adjacent', async () => {
  const path = saved(
    'pieces.csv',
    'order_ref,user,sku,quantity,price',
    'A,kim,CUP,1,5.00',
    'B,lee,POT,1,9.00',
    'A,kim,TRAY,1,7.00',
  )
  expect((await run(`import guess ${path} --json`)).json()).toMatchObject({
    first: [
      { name: 'B', contents: 'lee, 1 × POT at 9.00, total 9.00' },
      { name: 'A', contents: 'kim, 1 × CUP at 5.00, 1 × TRAY at 7.00, total 12.00' },
    ],
  })
})

describe('import guess and a list of existing products', () => {
  it.each([
    ['sku,stock', 'CUP,7', 'sku CUP, stock 7'],
    ['Price,SKU', '4.50,CUP', 'sku CUP, price 4.50'],
  ])('%s is recognized, with the command that reads it', async (columns, row, contents) => {
    const path = saved('list.csv', columns, row)
    expect((await run(`import guess ${path} --json`)).json()).toMatchObject({
      preset: null,
      command: `dbtool products import ${path} --on-conflict update`,
      first: [{ name: 'CUP', contents, fault: null }],
    })
  })

  it.each(['sku', 'sku,quantity', 'sku,stock,warehouse', 'stock,price'])('%s is none', async (columns) =>
    expect(await run(`import guess ${saved('other.csv', columns, columns)} --json`)).toMatchObject({ exitCode: 2 }),
  )
})

describe('addresses as people have them', () => {
  const addresses = ["o'hara@example.ie", 'j&j@example.com', 'lee@exämple.de', 'ivan@xn--e1afmkfd.xn--p1ai']

  it('are accepted by create, by import and by the orders of a file, and find one user', async () => {
    for (const [index, email] of addresses.entries()) {
      const created = await dbtool(
        ['users', 'create', '--username', `user_${index}`, '--email', email, '--generate-password'],
        { database: database.name },
      )
      expect(created.exitCode).toBe(0)
    }
    const path = saved('users.csv', 'email', ...addresses)
    expect((await run(`users import ${path} --on-conflict skip --json`)).json()).toMatchObject({ skipped: 4 })
    const lines = saved(
      'lines.csv',
      'order_ref,user,sku,quantity,price',
      ...addresses.map((email, index) => `${index},${email},TEA,1,5.00`),
    )
    expect((await run(`orders import ${lines} ${growing} --json`)).json()).toMatchObject({ orders_placed: 4 })
    for (const email of addresses) {
      const found = await dbtool(['users', 'get', email, '--json'], { database: database.name })
      expect(found.json()).toMatchObject({ email })
    }
    expect(await database.connection.rows('SELECT COUNT(DISTINCT user_id) AS n FROM orders')).toEqual([{ n: 4 }])
    expect(await database.connection.rows('SELECT COUNT(*) AS n FROM users')).toEqual([{ n: 4 }])
  })
})
