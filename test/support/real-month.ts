import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

/** An invoice that the import accepts. */
export interface Invoice {
  readonly customer: string
  /** ISO 8601, in UTC. */
  readonly at: string
  /** The lines of each SKU, at the highest of its prices. */
  readonly lines: ReadonlyMap<string, { readonly units: number; readonly cents: number }>
  /** The difference to the prices of the file, in cents. */
  readonly discount: number
}

/** The import rules once more, in plain code over the whole file. */
export function acceptedInvoices(path: string): Invoice[] {
  const rows: Record<string, string>[] = parse(readFileSync(path), { columns: true, bom: true })
  const invoices = new Map<string, Record<string, string>[]>()
  for (const row of rows) invoices.set(row['InvoiceNo'] ?? '', [...(invoices.get(row['InvoiceNo'] ?? '') ?? []), row])
  return [...invoices.values()].flatMap((lines) => {
    const priceOf = ({ UnitPrice = '' }: Record<string, string>): number => Math.round(Number(UnitPrice) * 100)
    const highest = new Map<string, number>()
    for (const line of lines) {
      const { StockCode: sku = '' } = line
      highest.set(sku, Math.max(highest.get(sku) ?? 0, priceOf(line)))
    }
    const fine = lines.every(
      ({ CustomerID, Quantity = '', UnitPrice = '' }) =>
        CustomerID !== '' && /^[1-9][0-9]*$/.test(Quantity) && /^[0-9]+(\.[0-9]{1,2})?$/.test(UnitPrice),
    )
    if (!fine) return []
    const merged = new Map<string, { units: number; cents: number }>()
    let discount = 0
    for (const line of lines) {
      const { StockCode: sku = '', Quantity } = line
      const price = highest.get(sku) ?? 0
      discount += Number(Quantity) * (price - priceOf(line))
      const { units, cents } = merged.get(sku) ?? { units: 0, cents: 0 }
      merged.set(sku, {
        units: units + Number(Quantity),
        cents: cents + Number(Quantity) * price,
      })
    }
    return [
      {
        customer: lines[0]?.['CustomerID'] ?? '',
        at: `${lines[0]?.['InvoiceDate']?.replace(' ', 'T') ?? ''}Z`,
        lines: merged,
        discount,
      },
    ]
  })
}

/** Who and what the invoices are about, as the shop numbers them. */
export interface Directory {
  readonly users: readonly { readonly id: number; readonly username: string; readonly customer: string }[]
  /** The stock is what is left of each today, whatever the period. */
  readonly products: readonly {
    readonly id: number
    readonly sku: string
    readonly name: string
    readonly stock: number
  }[]
}

type Rows = unknown[][]
const money = (cents: number): string => (cents / 100).toFixed(2)
const sum = (figures: Iterable<number>): number => [...figures].reduce((total, figure) => total + figure, 0)
const linesOf = ({ lines }: Invoice): number => sum([...lines.values()].map(({ cents }) => cents))
const totalOf = (invoice: Invoice): number => linesOf(invoice) - invoice.discount
const unitsOf = ({ lines }: Invoice): number => sum([...lines.values()].map(({ units }) => units))
/** Descending by each figure in turn, then ascending by id. */
const ranked = <T extends { id: number }>(things: T[], ...figures: ((thing: T) => number)[]): T[] =>
  things.toSorted(
    (a, b) => figures.map((figure) => figure(b) - figure(a)).find((difference) => difference !== 0) ?? a.id - b.id,
  )

export function between(invoices: readonly Invoice[], since: string, until: string): Invoice[] {
  return invoices.filter(({ at }) => at >= since && at < until)
}

/** Of each SKU. */
export function unitsSold(invoices: readonly Invoice[]): Map<string, number> {
  const sold = new Map<string, number>()
  for (const { lines } of invoices) for (const [sku, { units }] of lines) sold.set(sku, (sold.get(sku) ?? 0) + units)
  return sold
}

/** The answers of the reports as rows of their columns, from the invoices alone. */
export function answersOf(invoices: readonly Invoice[], { users, products }: Directory) {
  const buyers = users.map(({ id, username, customer }) => {
    const own = invoices.filter((invoice) => invoice.customer === customer)
    return {
      id,
      username,
      orders: own.length,
      cents: sum(own.map(totalOf)),
      last:
        own
          .map(({ at }) => at)
          .sort()
          .at(-1) ?? '',
    }
  })
  const goods = products.map(({ id, sku, name, stock }) => {
    const lines = invoices.flatMap((invoice) => invoice.lines.get(sku) ?? [])
    return {
      id,
      sku,
      name,
      stock,
      times: lines.length,
      units: sum(lines.map(({ units }) => units)),
      cents: sum(lines.map(({ cents }) => cents)),
    }
  })
  const placed = buyers.filter(({ orders }) => orders > 0)
  const sold = goods.filter(({ times }) => times > 0)
  const product = ({ id, sku, name, units, times, cents }: (typeof goods)[number]): unknown[] => [
    id,
    sku,
    name,
    units,
    times,
    money(cents),
  ]
  return {
    topByUnits: (): Rows => ranked(sold, ({ units }) => units).map(product),
    topByRevenue: (): Rows => ranked(sold, ({ cents }) => cents).map(product),
    ordersPerUser: (): Rows =>
      ranked(
        placed,
        ({ orders }) => orders,
        ({ cents }) => cents,
      ).map(({ id, username, orders, cents }) => [id, username, orders, money(cents)]),
    recentCustomers: (): Rows =>
      ranked(placed, ({ last }) => Date.parse(last)).map(({ id, username, last, orders }) => [
        id,
        username,
        last,
        orders,
      ]),
    categories: (): Rows =>
      ranked(buyers, ({ orders }) => orders).map(({ id, username, orders }) => [
        id,
        username,
        orders,
        orders === 0 ? 'inactive' : orders < 6 ? 'occasional' : orders < 21 ? 'regular' : 'vip',
      ]),
    bigSpenders: (from: number): Rows =>
      ranked(buyers, ({ cents }) => cents)
        .filter(({ cents }) => cents >= from * 100)
        .map(({ id, username, orders, cents }) => [id, username, orders, money(cents)]),
    lowStock: (below: number): Rows =>
      ranked(sold, ({ stock }) => -stock)
        .filter(({ stock }) => stock < below)
        .map(({ id, sku, name, stock }) => [id, sku, name, stock]),
    revenue: (periodOf: (at: Date) => string): Rows => {
      const periods = [...new Set(invoices.map(({ at }) => periodOf(new Date(at))))].sort()
      return periods.map((period) => {
        const own = invoices.filter(({ at }) => periodOf(new Date(at)) === period)
        return [period, own.length, sum(own.map(unitsOf)), money(sum(own.map(linesOf)))]
      })
    },
    eagerLoading: (): Rows => [
      ['one-by-one', 1 + users.length, users.length + invoices.length],
      ['join', 1, sum(buyers.map(({ orders }) => Math.max(1, orders)))],
      ['second-query', 2, users.length + invoices.length],
    ],
  }
}

export const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7)

/** ISO 8601: the week of a day is that of its Thursday, the first of a year holds its first Thursday. */
export function weekOf(at: Date): string {
  const thursday = new Date(at.getTime() + (4 - (at.getUTCDay() || 7)) * 86_400_000)
  const dayOfYear = Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000)
  return `${thursday.getUTCFullYear()}-W${String(1 + Math.floor(dayOfYear / 7)).padStart(2, '0')}`
}
