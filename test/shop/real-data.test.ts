import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import {
  acceptedInvoices,
  answersOf,
  between,
  dayOf,
  monthOf,
  unitsSold,
  weekOf,
  type Directory,
} from '../support/real-month.ts'

const data = process.env['DBTOOL_REAL_DATA'] ?? ''
const map =
  'order_ref=InvoiceNo,user=CustomerID,sku=StockCode,product_name=Description,quantity=Quantity,price=UnitPrice,ordered_at=InvoiceDate'
const initialStock = 1_000_000
const flags = ['--create-missing', '--initial-stock', String(initialStock), '--on-error', 'skip', '--json']

/** Set DBTOOL_REAL_DATA to the folder with online-retail/ and northwind/; without it these are skipped. */
describe.skipIf(data === '')('a real month of a real shop', () => {
  const database = testDatabase()
  const month = join(data, 'online-retail', '2010-12.csv')
  const importMonth = () => dbtool(['orders', 'import', month, '--map', map, ...flags], { database: database.name })
  let first: Outcome
  beforeAll(async () => {
    first = await importMonth()
  })

  it('is imported to the penny, reported, sound, and not placed twice', async () => {
    expect(first.exitCode).toBe(7)
    expect(first.json()).toMatchObject({
      orders_placed: 1400,
      orders_rejected: 625,
      lines_read: 42481,
      lines_placed: 25308,
      units: 312280,
      revenue: '572713.89',
    })
    const counts = await Promise.all(
      ['products', 'users', 'orders'].map(async (noun) =>
        (await dbtool(`${noun} list --limit 0 --format count`, { database: database.name })).stdout.trim(),
      ),
    )
    expect(counts).toEqual(['2411', '885', '1400'])
    const top = (await dbtool('report top-products --limit 5 --json', { database: database.name })).json<
      { sku: string; total_sold: number; times_ordered: number }[]
    >()
    expect(top.map(({ sku, total_sold, times_ordered }) => [sku, total_sold, times_ordered])).toEqual([
      ['84077', 5139, 29],
      ['85123A', 3611, 201],
      ['21212', 3572, 72],
      ['22834', 3367, 137],
      ['22492', 2700, 26],
    ])
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
    const second = await importMonth()
    expect(second.json()).toMatchObject({
      orders_placed: 0,
      orders_existing: 1400,
      orders_rejected: 625,
      units: 0,
      revenue: '0.00',
    })
  })

  type Answers = ReturnType<typeof answersOf>
  const questions: readonly [line: string, expected: (answers: Answers) => unknown[][]][] = [
    ['top-products', (of) => of.topByUnits()],
    ['top-products --by revenue', (of) => of.topByRevenue()],
    ['orders-per-user', (of) => of.ordersPerUser()],
    ['recent-customers', (of) => of.recentCustomers()],
    ['customer-categories', (of) => of.categories()],
    ['big-spenders', (of) => of.bigSpenders(100)],
    ['big-spenders --min-spent 1000', (of) => of.bigSpenders(1000)],
    ['revenue', (of) => of.revenue(dayOf)],
    ['revenue --by week', (of) => of.revenue(weekOf)],
    ['revenue --by month', (of) => of.revenue(monthOf)],
    ['low-stock --below 999000', (of) => of.lowStock(999_000)],
    ['eager-loading', (of) => of.eagerLoading()],
  ]

  describe.each([
    ['2010-12-01T00:00:00Z', '2011-01-01T00:00:00Z'],
    ['2010-12-05T10:00:00Z', '2010-12-12T10:00:00Z'],
  ])('reported from %s to %s as an independent computation over the file does', (since, until) => {
    let answers: Answers
    beforeAll(async () => {
      const invoices = acceptedInvoices(month)
      answers = answersOf(between(invoices, since, until), await directory(unitsSold(invoices)))
    })

    it.each(questions)('%s', async (line, expected) => {
      const rows = (
        await dbtool(`report ${line} --since ${since} --until ${until} --limit 0 --json`, { database: database.name })
      ).json<Record<string, unknown>[]>()
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.map((row) => Object.entries(row).flatMap(([name, cell]) => (name === 'ms' ? [] : [cell])))).toEqual(
        expected(answers),
      )
    })
  })

  async function directory(sold: ReadonlyMap<string, number>): Promise<Directory> {
    const list = async <T>(noun: string): Promise<T[]> =>
      (await dbtool(`${noun} list --limit 0 --json`, { database: database.name })).json<T[]>()
    const [users, products] = [
      await list<Directory['users'][number] & { email: string }>('users'),
      await list<Directory['products'][number]>('products'),
    ]
    return {
      users: users.map((user) => ({ ...user, customer: user.email.replace('@import.invalid', '') })),
      products: products.map((product) => ({ ...product, stock: initialStock - (sold.get(product.sku) ?? 0) })),
    }
  }
})

describe.skipIf(data === '')('Northwind', () => {
  const database = testDatabase()

  it('goes through the same door with another --map', async () => {
    const read = (name: string): Record<string, string>[] =>
      parse(readFileSync(join(data, 'northwind', name)), {
        columns: true,
        relax_column_count: true,
        relax_quotes: true,
      })
    const customers = new Map(read('orders.csv').map((order) => [order['orderID'], order]))
    const lines = read('order-details.csv').map((line) =>
      [
        line['orderID'],
        customers.get(line['orderID'])?.['customerID'],
        line['productID'],
        line['unitPrice'],
        line['quantity'],
        customers.get(line['orderID'])?.['orderDate'],
      ].join(','),
    )
    const { exitCode, json } = await dbtool(
      [
        'orders',
        'import',
        '-',
        '--map',
        'order_ref=orderID,user=customerID,sku=productID,price=unitPrice,ordered_at=orderDate',
        ...flags,
      ],
      {
        database: database.name,
        stdin: `orderID,customerID,productID,unitPrice,quantity,orderDate\n${lines.join('\n')}\n`,
      },
    )
    const gross = read('order-details.csv').reduce(
      (sum, { unitPrice = '0', quantity }) => sum + BigInt(unitPrice.replace('.', '')) * BigInt(quantity ?? 0),
      0n,
    )
    expect(exitCode).toBe(0)
    expect(json()).toMatchObject({
      orders_placed: 830,
      orders_rejected: 0,
      lines_read: 2155,
      lines_placed: 2155,
      revenue: `${gross / 100n}.${String(gross % 100n).padStart(2, '0')}`,
    })
    expect((await dbtool('users get ALFKI --json', { database: database.name })).json()).toMatchObject({
      username: 'alfki',
      email: 'alfki@import.invalid',
    })
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  })
})
