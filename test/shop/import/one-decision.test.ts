import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DifferingName } from '../../../src/shop/import/differing-names.ts'
import { dbtool } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { everything } from '../../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()

/** A shop and a file for it. Products are scarce, so which order gets the last unit matters. */
interface Situation {
  readonly products: readonly { readonly sku: string; readonly stock: number; readonly active: boolean }[]
  readonly users: readonly string[]
  /** Orders that were placed earlier from another file. */
  readonly earlier: readonly Order[]
  readonly orders: readonly Order[]
  /** Whether the lines of an order are not adjacent. */
  readonly scattered: boolean
  readonly flags: string
  /** Whose columns the file has. */
  readonly form: Form
}

type Form = keyof typeof forms

interface Order {
  readonly ref: string
  readonly user: string
  readonly status: string
  readonly discount: string
  readonly total: string
  readonly refund: string
  readonly lines: readonly OrderLine[]
}

interface OrderLine {
  readonly sku: string
  readonly quantity: string
  readonly price: string
  readonly name: string
  readonly tax: string
  /** The units that were refunded. */
  readonly less: string
}

/** The header of a file, the cells of a line, and the flags that read it. */
const forms = {
  own: {
    head: 'order_ref,user,sku,quantity,price,status,discount,product_name,vat,total,refunds',
    cells: ({ ref, user: buyer, status, discount, total, refund }: Order, line: OrderLine): string[] => [
      ...[ref, buyer, line.sku, line.quantity, line.price, status, discount, line.name, line.tax, total, refund],
    ],
    flags: '--map line_tax=vat,reported_total=total,reported_refund=refunds',
  },
  'woocommerce-lines': {
    head:
      'order_number,billing_email,item_sku,item_quantity,item_subtotal,status,discount_total,item_name,' +
      'order_total,refunded_total,item_refunded_qty',
    cells: ({ ref, user: buyer, status, discount, total, refund }: Order, line: OrderLine): string[] => [
      ...[ref, buyer, line.sku, line.quantity, line.price, status, discount, line.name, total, refund, line.less],
    ],
    flags: '--preset woocommerce-lines --round half-up',
  },
}

const sku = fc.constantFrom('TEA', 'POT', 'CUP', '7', 'NEW1', 'NEW2')
/** Texts that no SKU can be. */
const mistakable = fc.constantFrom('NULL', '1E+05')
const user = fc.constantFrom('ada', 'bob@example.com', '2', 'a b', 'A B')
const line = fc.record({
  sku: fc.oneof({ weight: 40, arbitrary: sku }, { weight: 1, arbitrary: mistakable }),
  quantity: fc.constantFrom('1', '1', '2', '3', '0', 'many'),
  // One price for each SKU: two prices in one order are a matter of their own.
  price: fc.boolean(),
  name: fc.constantFrom('', 'Tea', 'Tea', 'Green tea', 'Thé'),
  tax: fc.constantFrom('', '', '0.40'),
  less: fc.constantFrom('', '0', '1', '-1', '2'),
})
const order = fc
  .record({
    number: fc.nat(400),
    user,
    status: fc.constantFrom('', '', '', 'shipped', 'cancelled'),
    discount: fc.constantFrom('', '', '1.00', '4.00'),
    total: fc.constantFrom('', '', '2.50', '5.00', '7.40'),
    refund: fc.constantFrom('', '', '2.50'),
    lines: fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: (l) => l.sku }),
  })
  .map(({ number, lines, ...rest }): Order => ({
    ...rest,
    ref: `R${number}`,
    lines: lines.map(({ price, ...rest }) => ({ ...rest, price: price ? '2.50' : '' })),
  }))
const orders = (most: number) => fc.uniqueArray(order, { maxLength: most, selector: ({ ref }) => ref })
const situation: fc.Arbitrary<Situation> = fc.record({
  products: fc.uniqueArray(
    fc.record({ sku, stock: fc.constantFrom(0, 1, 5, 40), active: fc.constantFrom(true, true, true, false) }),
    { selector: (product) => product.sku },
  ),
  users: fc.subarray(['ada', 'bob', '222']),
  earlier: orders(3),
  orders: orders(260),
  scattered: fc.boolean(),
  form: fc.constantFrom<Form>('own', 'woocommerce-lines'),
  flags: fc.constantFrom(
    '--concurrency 1',
    '--concurrency 4 --create-missing --initial-stock 30',
    '--concurrency 3 --create-missing --initial-stock 2',
    '--concurrency 2 --history',
    '--concurrency 2 --history --create-missing',
  ),
})

function csv(wanted: readonly Order[], scattered: boolean, form: Form): string {
  const { head, cells } = forms[form]
  const lines = wanted.flatMap((one) => one.lines.map((line, at) => ({ at, text: cells(one, line).join() })))
  const ordered = scattered ? lines.toSorted((a, b) => a.at - b.at) : lines
  return [head, ...ordered.map(({ text }) => text), ''].join('\n')
}

const counts = [
  ...['orders_placed', 'orders_existing', 'orders_rejected', 'lines_read', 'lines_placed', 'units', 'revenue'],
  ...['amounts_not_imported', 'differing_totals', 'differing_names', 'records_skipped', 'amounts_rounded'],
]

async function importing(
  { orders: wanted, scattered, form }: Pick<Situation, 'orders' | 'scattered' | 'form'>,
  flags: string,
): Promise<Record<string, unknown>> {
  const path = join(folder, 'lines.csv')
  writeFileSync(path, csv(wanted, scattered, form))
  const { json, stderr, exitCode } = await dbtool(
    `orders import ${path} --json --on-error skip ${forms[form].flags} ${flags}`,
    {
      database: database.name,
    },
  )
  expect([0, 7], stderr).toContain(exitCode)
  const summary = json()
  return Object.fromEntries(counts.map((count) => [count, summary[count]]))
}

async function open({ products, users, earlier, form }: Situation): Promise<void> {
  const { connection } = database
  for (const table of ['orders', 'products', 'users', 'logs']) await connection.execute(`DELETE FROM ${table}`)
  for (const { sku: code, stock, active } of products)
    await connection.execute(
      'INSERT INTO products (sku, name, price, stock, stock_received, is_active) VALUES (?, ?, 3, ?, ?, ?)',
      [code, code, stock, stock, active],
    )
  for (const name of users)
    await connection.execute('INSERT INTO users (username, email, password_hash) VALUES (?, ?, ?)', [
      name,
      `${name}@example.com`,
      '!',
    ])
  await importing({ orders: earlier, scattered: false, form }, '--create-missing --initial-stock 5')
  await connection.execute('DELETE FROM logs')
}

const ids = async (table: string): Promise<number[]> =>
  (await database.connection.rows<{ id: number }>(`SELECT id FROM ${table}`)).map(({ id }) => id)

describe('one decision', () => {
  it('a dry run counts what the real run does, and rejected orders leave no trace', async () => {
    await fc.assert(
      fc.asyncProperty(situation, async (given) => {
        await open(given)
        const before = await everything(database)
        const [users, products] = [await ids('users'), await ids('products')]
        const tried = await importing(given, `${given.flags} --dry-run`)
        expect(await everything(database)).toEqual(before)

        const done = await importing(given, given.flags)
        expect(done).toEqual(tried)
        for (const { sku: code, kept, others } of done['differing_names'] as DifferingName[]) {
          expect(await database.connection.rows('SELECT name FROM products WHERE sku = ?', [code])).toEqual([
            { name: kept },
          ])
          expect(others).not.toContain(kept)
        }

        // Whatever is new belongs to an order, and nothing else was logged.
        const newUsers = (await ids('users')).filter((id) => !users.includes(id))
        const newProducts = (await ids('products')).filter((id) => !products.includes(id))
        expect(newUsers.length === 0 || (await ordered('user_id', 'orders', newUsers))).toBe(true)
        expect(newProducts.length === 0 || (await ordered('product_id', 'order_items', newProducts))).toBe(true)
        expect(await ids('logs')).toHaveLength(Number(done['orders_placed']) + newUsers.length + newProducts.length)
        expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)

        // A second run finds all of these. It may place more, because a product that they lacked exists now.
        const expected = await importing(given, `${given.flags} --dry-run`)
        const again = await importing(given, given.flags)
        expect(again).toEqual(expected)
        expect(again['orders_existing']).toBe(Number(done['orders_placed']) + Number(done['orders_existing']))
      }),
      { numRuns: 25 },
    )
  }, 120_000)
})

/** Whether each of the rows is named by an order. */
async function ordered(column: string, table: string, wanted: readonly number[]): Promise<boolean> {
  const [row] = await database.connection.rows<{ n: number }>(
    `SELECT COUNT(DISTINCT ${column}) AS n FROM ${table} WHERE ${column} IN (${wanted.join()})`,
  )
  return row?.n === wanted.length
}
