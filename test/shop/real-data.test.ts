import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

const data = process.env['DBTOOL_REAL_DATA'] ?? ''
const map = 'order_ref=InvoiceNo,user=CustomerID,sku=StockCode,product_name=Description,quantity=Quantity,price=UnitPrice,ordered_at=InvoiceDate'
const flags = ['--create-missing', '--initial-stock', '1000000', '--on-error', 'skip', '--json']

/** Set DBTOOL_REAL_DATA to the folder with online-retail/ and northwind/; without it these are skipped. */
describe.skipIf(data === '')('a real month of a real shop', () => {
  const database = testDatabase()
  const month = join(data, 'online-retail', '2010-12.csv')

  it('is imported to the penny, reported, sound, and not placed twice', async () => {
    const first = await dbtool(['orders', 'import', month, '--map', map, ...flags], { database: database.name })
    expect(first.exitCode).toBe(7)
    expect(first.json()).toMatchObject({ orders_placed: 1391, orders_rejected: 634, lines_read: 42481, lines_placed: 25040, units: 308826, revenue: '567948.14' })
    const counts = await Promise.all(['products', 'users', 'orders'].map(async (noun) => (await dbtool(`${noun} list --limit 0 --format count`, { database: database.name })).stdout.trim()))
    expect(counts).toEqual(['2407', '881', '1391'])
    const top = (await dbtool('report top-products --limit 5 --json', { database: database.name })).json<{ sku: string; total_sold: number; times_ordered: number }[]>()
    expect(top.map(({ sku, total_sold, times_ordered }) => [sku, total_sold, times_ordered])).toEqual([
      ['84077', 5139, 29], ['85123A', 3579, 200], ['21212', 3572, 72], ['22834', 3319, 136], ['22492', 2700, 26],
    ])
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
    const second = await dbtool(['orders', 'import', month, '--map', map, ...flags], { database: database.name })
    expect(second.json()).toMatchObject({ orders_placed: 0, orders_existing: 1391, orders_rejected: 634, units: 0, revenue: '0.00' })
  })

  it('answers top-products as an independent computation over the file does, by units and by revenue', async () => {
    for (const by of ['units', 'revenue'] as const) {
      const rows = (await dbtool(`report top-products --by ${by} --limit 0 --json`, { database: database.name })).json<{ sku: string; total_sold: number; times_ordered: number; revenue: string }[]>()
      const expected = independently(month)
      expect(rows).toHaveLength(expected.size)
      for (const { sku, total_sold, times_ordered, revenue } of rows) expect([sku, total_sold, times_ordered, revenue]).toEqual([sku, ...(expected.get(sku) ?? [])])
      const figure = rows.map((row) => (by === 'units' ? row.total_sold : Number(row.revenue)))
      expect(figure).toEqual([...figure].sort((a, b) => b - a))
    }
  })
})

describe.skipIf(data === '')('Northwind', () => {
  const database = testDatabase()

  it('goes through the same door with another --map', async () => {
    const read = (name: string): Record<string, string>[] => parse(readFileSync(join(data, 'northwind', name)), { columns: true, relax_column_count: true, relax_quotes: true })
    const customers = new Map(read('orders.csv').map((order) => [order['orderID'], order]))
    const lines = read('order-details.csv').map((line) => [line['orderID'], customers.get(line['orderID'])?.['customerID'], line['productID'], line['unitPrice'], line['quantity'], customers.get(line['orderID'])?.['orderDate']].join(','))
    const { exitCode, json } = await dbtool(['orders', 'import', '-', '--map', 'order_ref=orderID,user=customerID,sku=productID,price=unitPrice,ordered_at=orderDate', ...flags], {
      database: database.name,
      stdin: `orderID,customerID,productID,unitPrice,quantity,orderDate\n${lines.join('\n')}\n`,
    })
    const gross = read('order-details.csv').reduce((sum, { unitPrice = '0', quantity }) => sum + BigInt(unitPrice.replace('.', '')) * BigInt(quantity ?? 0), 0n)
    expect(exitCode).toBe(0)
    expect(json()).toMatchObject({ orders_placed: 830, orders_rejected: 0, lines_read: 2155, lines_placed: 2155, revenue: `${gross / 100n}.${String(gross % 100n).padStart(2, '0')}` })
    expect((await dbtool('users get ALFKI --json', { database: database.name })).json()).toMatchObject({ username: 'alfki', email: 'alfki@import.invalid' })
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  })
})

/** The import rules once more, in plain code over the whole file: units, orders and revenue of each SKU. */
function independently(path: string): Map<string, [number, number, string]> {
  const rows: Record<string, string>[] = parse(readFileSync(path), { columns: true, bom: true })
  const orders = new Map<string, Record<string, string>[]>()
  for (const row of rows) orders.set(row['InvoiceNo'] ?? '', [...(orders.get(row['InvoiceNo'] ?? '') ?? []), row])
  const sums = new Map<string, { units: number; orders: number; cents: number }>()
  for (const lines of orders.values()) {
    const prices = new Map<string, Set<string>>()
    for (const { StockCode: sku = '', UnitPrice: price = '' } of lines) prices.set(sku, (prices.get(sku) ?? new Set()).add(price))
    const fine = lines.every(({ CustomerID, Quantity = '', UnitPrice = '' }) => CustomerID !== '' && /^[1-9][0-9]*$/.test(Quantity) && /^[0-9]+(\.[0-9]{1,2})?$/.test(UnitPrice))
    if (!fine || [...prices.values()].some(({ size }) => size > 1)) continue
    for (const sku of prices.keys()) {
      const own = lines.filter((line) => line['StockCode'] === sku)
      const sum = sums.get(sku) ?? { units: 0, orders: 0, cents: 0 }
      const units = own.reduce((total, line) => total + Number(line['Quantity']), 0)
      sums.set(sku, { units: sum.units + units, orders: sum.orders + 1, cents: sum.cents + units * Math.round(Number(own[0]?.['UnitPrice']) * 100) })
    }
  }
  return new Map([...sums].map(([sku, { units, orders: times, cents }]) => [sku, [units, times, (cents / 100).toFixed(2)]]))
}
