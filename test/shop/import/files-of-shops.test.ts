import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { importedOrders, everything } from '../../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
})

const run = (line: readonly string[]): Promise<Outcome> => dbtool(line, { database: database.name })
function saved(rows: readonly string[], name = 'export.csv'): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''))
  return path
}
const growing = ['--create-missing', '--initial-stock', '100']
/** Imports a file of orders; `map` has names with spaces, so flags are a list. */
const importing = (rows: readonly string[], ...flags: string[]): Promise<Outcome> =>
  run(['orders', 'import', saved(rows), ...flags, ...growing])
/** A row by column, without the columns that are empty. */
const row = (columns: readonly string[], values: Readonly<Record<string, string>>): string =>
  columns.map((column) => values[column] ?? '').join(',')

const placed = (): Promise<string[]> => importedOrders(database)

const shopify = [
  ...['Name', 'Email', 'Financial Status', 'Fulfillment Status', 'Currency', 'Subtotal', 'Shipping', 'Taxes', 'Total'],
  ...['Discount Amount', 'Created at', 'Lineitem quantity', 'Lineitem name', 'Lineitem price', 'Lineitem sku'],
  ...['Canceled at', 'Refunded Amount', 'Lineitem discount'],
]
const sale = (name: string, values: Readonly<Record<string, string>>): string =>
  row(shopify, {
    ...{ Name: name, Email: 'ann@example.com', 'Financial Status': 'paid', Currency: 'USD' },
    ...{ Shipping: '0.00', Taxes: '0.00', 'Discount Amount': '0.00', 'Refunded Amount': '0.00' },
    ...{ 'Created at': '2026-03-01 10:00:00 -0500', 'Lineitem quantity': '1', 'Lineitem name': 'Mug' },
    ...{ 'Lineitem price': '12.00', 'Lineitem sku': 'MUG', 'Lineitem discount': '0.00', ...values },
  })

describe('the totals of Shopify', () => {
  const file = [
    shopify.join(','),
    sale('#1', { Shipping: '5.00', Taxes: '1.65', Total: '18.65' }),
    sale('#2', { Total: '10.00', 'Lineitem discount': '2.00' }),
    sale('#3', { Total: '12.00', 'Financial Status': 'partially_refunded', 'Refunded Amount': '4.00' }),
    sale('#4', { Total: '12.00', 'Canceled at': '2026-03-02 10:00:00 -0500' }),
    sale('#5', { Total: '0.00', 'Discount Amount': '12.00' }),
    // The file was cut before its last line.
    sale('#6', { Total: '19.50' }),
  ]

  it('are those of the imported orders, or the difference is told', async () => {
    const { exitCode, json } = await importing(file, '--preset', 'shopify', '--json')
    expect([exitCode, json()]).toMatchObject([
      0,
      {
        orders_placed: 6,
        amounts_not_imported: [{ kind: 'refund', amount: '4.00', orders: 1 }],
        differing_totals: { orders: 1, in_file: '19.50', imported: '12.00' },
      },
    ])
    expect(await placed()).toEqual([
      '#1 confirmed 18.65 1×MUG tax 1.65 shipping 5.00',
      '#2 confirmed 10.00 1×MUG discount -2.00',
      '#3 confirmed 12.00 1×MUG',
      '#4 cancelled 12.00 1×MUG',
      '#5 confirmed 0.00 1×MUG discount -12.00',
      '#6 confirmed 12.00 1×MUG',
    ])
  })

  it('a person reads the same in a dry run, in the real run and in a second one, which changes nothing', async () => {
    const notes =
      "order '#6', line 7: its total is 12.00, but 19.50 in the file\n" +
      'ignored column: "Subtotal"\n' +
      'not imported: refund 4.00 of 1 order\n' +
      'warning: 1 order with another total than in the file: 12.00 instead of 19.50\n'
    expect((await importing(file, '--preset', 'shopify', '--dry-run')).stderr).toBe(
      `${notes}dry run: nothing was placed\n`,
    )
    expect((await importing(file, '--preset', 'shopify')).stderr).toBe(notes)
    const before = await everything(database)
    expect((await importing(file, '--preset', 'shopify')).stderr).toBe(notes)
    expect(await everything(database)).toEqual(before)
  })
})

it.each([
  ['fulfilled', 'paid', 'shipped'],
  ['fulfilled', 'pending', 'shipped'],
  ['partial', 'authorized', 'shipped'],
  ['unfulfilled', 'pending', 'pending'],
  ['unfulfilled', 'paid', 'confirmed'],
  ['fulfilled', 'refunded', 'cancelled'],
])('Shopify: an order that is %s and %s is %s', async (fulfillment, financial, status) => {
  const line = sale('#1', { 'Fulfillment Status': fulfillment, 'Financial Status': financial })
  await importing([shopify.join(','), line], '--preset', 'shopify')
  expect(await placed()).toEqual([`#1 ${status} 12.00 1×MUG`])
})

it('an export that overlaps the last one tells which orders are now shipped or cancelled', async () => {
  const first = [shopify.join(','), sale('#1', {}), sale('#2', {}), sale('#3', {})]
  await importing(first, '--preset', 'shopify')
  const [one, two] = await database.connection.rows<{ id: number }>('SELECT id FROM orders ORDER BY id')
  const second = [
    ...[shopify.join(','), sale('#1', { 'Fulfillment Status': 'fulfilled' })],
    ...[sale('#2', { 'Canceled at': '2026-03-02 10:00:00 -0500' }), sale('#3', {}), sale('#4', {})],
  ]
  const { exitCode, stderr } = await importing(second, '--preset', 'shopify')
  expect([exitCode, stderr.split('\n').slice(0, 2)]).toEqual([
    0,
    [
      `order '#1', line 2: it is shipped in the file, but order ${one!.id} is confirmed: dbtool orders ship ${one!.id}`,
      `order '#2', line 3: it is cancelled in the file, but order ${two!.id} is confirmed: ` +
        `dbtool orders cancel ${two!.id}`,
    ],
  ])
  expect(await placed()).toHaveLength(4)
})

it('WooCommerce (REST API): a price is the one after coupons', async () => {
  const item = { name: 'Cup', sku: 'CUP', quantity: 2, subtotal: '20.00', total: '15.00', price: 7.5 }
  const order = {
    ...{ number: '9', status: 'processing', currency: 'EUR', date_created_gmt: '2026-03-01T10:00:00' },
    ...{ billing: { email: 'kim@example.com' }, line_items: [item], shipping_total: '4.00', discount_total: '5.00' },
    ...{ total_tax: '3.80', total: '22.80' },
  }
  const path = join(folder, 'woocommerce.json')
  writeFileSync(path, JSON.stringify([order]))
  const { json } = await dbtool(
    ['orders', 'import', path, '--preset', 'woocommerce-api', '--create-missing', '--initial-stock', '9', '--json'],
    { database: database.name },
  )
  expect(json()).toMatchObject({ orders_placed: 1, differing_totals: { orders: 0 } })
  expect(await placed()).toEqual(['9 confirmed 22.80 2×CUP tax 3.80 shipping 4.00'])
})

it('Magento: guests by the address of the bill, bundles once, taxes on top, and words of its states', async () => {
  const order = { created_at: '2026-01-02 10:11:12', order_currency_code: 'USD', shipping_amount: 0, tax_amount: 0 }
  const item = { sku: 'TEE', name: 'Tee', qty_ordered: 2, price: 20 }
  const path = join(folder, 'magento.json')
  const orders = [
    {
      ...{
        ...order,
        increment_id: '101',
        customer_email: 'ann@example.com',
        billing_address: { email: 'b@example.com' },
      },
      ...{ status: 'pending_payment', tax_amount: 3.3, grand_total: 43.3, discount_amount: 0, items: [item] },
    },
    {
      ...{ ...order, increment_id: '102', customer_email: null, billing_address: { email: 'Guest@example.com' } },
      ...{ status: 'holded', grand_total: 20, items: [{ ...item, qty_ordered: 1, product_type: 'bundle' }] },
    },
  ]
  orders[1]!.items.push({ ...item, sku: 'PART', price: 12, ...{ parent_item_id: 3 } } as never)
  writeFileSync(path, JSON.stringify(orders))
  const { exitCode, json } = await run(['orders', 'import', path, '--preset', 'auto', ...growing, '--json'])
  expect([exitCode, json()]).toMatchObject([0, { unknown_statuses: [], differing_totals: { orders: 0 } }])
  expect(await placed()).toEqual(['101 pending 43.30 2×TEE tax 3.30', '102 pending 20.00 1×TEE'])
  expect(await database.connection.rows('SELECT email FROM users ORDER BY id')).toEqual([
    { email: 'ann@example.com' },
    { email: 'guest@example.com' },
  ])
})

it('an address in two spellings of one order is one customer', async () => {
  const rows = ['A,Kim@Example.com,TEA,1,5.00', 'A,kim@example.com,POT,1,5.00']
  const { exitCode } = await importing(['order_ref,user,sku,quantity,price', ...rows])
  expect([exitCode, await placed()]).toEqual([0, ['A confirmed 10.00 1×POT+1×TEA']])
})

describe('a file of today', () => {
  const amazon = (...cells: string[]): string => cells.join('\t')
  it.each<[what: string, file: string[], flags: string[], orders: string[], summary: object]>([
    [
      'Amazon: promotions and gift wrap of a line, and a pending order without a price',
      [
        amazon(
          ...['order-id', 'purchase-date', 'order-status', 'product-name', 'sku', 'quantity', 'currency', 'item-price'],
          ...['item-tax', 'shipping-price', 'shipping-tax', 'gift-wrap-price', 'item-promotion-discount'],
          ...['ship-promotion-discount', 'buyer-email'],
        ),
        amazon(
          ...['1-1', '2026-04-10T09:15:00+00:00', 'Shipped', 'Sheet 90" wide', 'SHEET', '2', 'USD', '40.00'],
          ...['3.20', '5.00', '0.40', '3.00', '4.00', '5.00', ''],
        ),
        amazon('1-2', '2026-04-10T09:15:00+00:00', 'Pending', 'Peg', 'PEG', '1', '', '', '', '', '', '', '', '', ''),
      ],
      ['--preset', 'amazon', '--guest', 'amazon'],
      ['1-1 shipped 39.00 2×SHEET shipping 8.00 discount -9.00'],
      {
        records_skipped: [{ reason: 'pending order without a price, which a later report has', records: 1 }],
        amounts_not_imported: [{ kind: 'tax', amount: '3.60', orders: 1 }],
      },
    ],
    [
      'Etsy: amounts with a currency, shipping on the first line only, and variants without a SKU',
      [
        'Sale Date,Item Name,Buyer,Quantity,Price,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,' +
          'Currency,Transaction ID,Listing ID,Order ID,Variations,SKU',
        '08/14/2026,Print,ann_b,1,$5.00,,,$4.50,$0.62,USD,1,2,3001,Size:A4,',
        '08/14/2026,Print,ann_b,1,$9.00,,$1.00,$0.00,$0.00,USD,3,2,3001,Size:A3,',
      ],
      ['--preset', 'etsy'],
      ['3001 confirmed 18.12 1×Print - Size:A3+1×Print - Size:A4 tax 0.62 shipping 4.50 discount -1.00'],
      { amounts_not_imported: [] },
    ],
    [
      'Square: product sales are without tax where gross sales are with it',
      [
        'Date,Time,Item,Qty,Price Point Name,SKU,Product Sales,Discounts,Tax,Gross Sales,Transaction ID,Event Type',
        '12/31/2026,10:15:00,Latte,2.0,Regular,,£6.00,-£1.00,£1.00,£6.00,T1,Payment',
      ],
      ['--preset', 'square', '--guest', 'till'],
      ['T1 confirmed 6.00 2×Latte tax 1.00 discount -1.00'],
      { amounts_not_imported: [], differing_totals: { orders: 0 }, columns_missing: [] },
    ],
    [
      'WooCommerce: prices are those after coupons, and taxes are on top',
      [
        'Order Number,Order Status,Order Date,Email (Billing),Cart Discount Amount,Order Shipping Amount,' +
          'Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item Name,Quantity (- Refund),Item Cost,' +
          'Coupon Code,Discount Amount',
        '1201,Completed,2026-03-01 10:00,kim@example.com,5,4.00,0,33.80,4.80,TEE,Tee,2,12.50,A,3',
        '1201,Completed,2026-03-01 10:00,kim@example.com,5,4.00,0,33.80,4.80,,Sticker,1,0,B,2',
      ],
      ['--preset', 'auto'],
      ['1201 delivered 33.80 1×Sticker+2×TEE tax 4.80 shipping 4.00'],
      { amounts_not_imported: [], differing_totals: { orders: 0 } },
    ],
    [
      'WooCommerce: totals of lines',
      [
        'order_id,order_number,date,status,shipping_total,tax_total,discount_total,order_total,refunded_total,' +
          'billing_email,item_name,item_sku,item_quantity,item_subtotal',
        '9,1301,2026-03-01 10:00:00,completed,4.00,0,0,34.00,0,kim@example.com,Tee,TEE,2,30.00',
      ],
      ['--preset', 'auto'],
      ['1301 delivered 34.00 2×TEE shipping 4.00'],
      { differing_totals: { orders: 0 } },
    ],
    [
      'eBay: short lines below the rows',
      [
        '"","","","","","","","",""',
        '"Sales record number","Order number","Buyer username","Item title","Custom label","Quantity","Sold for",' +
          '"Sale date","Total price"',
        '"11","18-1","ana_b","Lamp","LAMP","2","$10.00","Sep-27-26","$20.00"',
        '"1","record(s) downloaded"',
        '"Seller ID : ana"',
      ],
      ['--preset', 'auto'],
      ['18-1 confirmed 20.00 2×LAMP'],
      { records_skipped: [{ reason: 'line below the rows', records: 2 }] },
    ],
    [
      'Squarespace: variants, and an order that was cancelled without a refund',
      [
        'Order ID,Email,Financial Status,Fulfillment Status,Currency,Shipping,Taxes,Amount Refunded,Total,' +
          'Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem variant,' +
          'Cancelled at',
        '00012,kim@example.com,PAID,FULFILLED,USD,10,0,0,30,0,2026-07-25 21:06:00 -0400,1,Coffee,10,,200g,',
        '00012,,,,,,,,,,,1,Coffee,10,,400g,',
        '00013,lee@example.com,PAID,CANCELED,USD,0,0,0,10,0,2026-07-25 21:06:00 -0400,1,Coffee,10,,200g,',
      ],
      ['--preset', 'auto'],
      ['00012 shipped 30.00 1×Coffee - 200g+1×Coffee - 400g shipping 10.00', '00013 cancelled 10.00 1×Coffee - 200g'],
      { amounts_not_imported: [], differing_totals: { orders: 0 } },
    ],
    [
      'Wix: a day and a time, and a column twice that no field reads',
      [
        'Order number,Date created,Time,Contact email,Item,Variant,SKU,Qty,Price,Delivery country,Delivery country,' +
          'Payment status,Shipping rate,Total tax,Total,Currency,Refunded amount,Fulfillment status',
        '1001,"Dec 8, 2026",9:15:51 PM,kim@example.com,Tee,Size: S,TEE-S,2,19.99,DEU,DEU,Paid,4.00,6.90,43.98,EUR,0,',
      ],
      ['--preset', 'auto', '--time-zone', 'Europe/Berlin'],
      ['1001 confirmed 43.98 2×TEE-S shipping 4.00'],
      { amounts_not_imported: [{ kind: 'included tax', amount: '6.90', orders: 1 }] },
    ],
    [
      'a preamble above the header, and times with the name of their zone',
      [
        '"Includes Amazon Marketplace transactions"',
        '"See the ""Type"" and ""Description"" columns, for each order"',
        '"date/time","type","order id","sku","quantity","product sales"',
        '"Dec 1, 2026 12:38:23 AM PST","Order","113-1","PEG",2,40.00',
      ],
      [
        ...[
          '--map',
          'order_ref=order id,price=product sales,ordered_at=date/time',
          '--line-total',
          '--guest',
          'amazon',
        ],
        ...['--date-format', 'MMM D, YYYY h:mm:ss A Z'],
      ],
      ['113-1 confirmed 40.00 2×PEG'],
      { records_skipped: [{ reason: 'line above the header', records: 2 }] },
    ],
  ])('%s', async (...[, file, flags, orders, summary]) => {
    const { exitCode, json } = await importing(file, ...flags, '--json')
    expect([exitCode, json()]).toMatchObject([0, summary])
    expect(await placed()).toEqual(orders)
  })

  it.each<[what: string, file: string[], flags: string[], message: string, hint?: string]>([
    [
      'numbers that a spreadsheet shortened would make one order of two',
      ['order_ref,user,sku,quantity,price', '1.11E+14,kim,TEA,1,5.00', '1.11E+14,kim,4.00638E+12,1,5.00'],
      [],
      "order_ref must not be '1.11E+14', a number that a spreadsheet shortened",
    ],
    [
      'a SKU with the text NULL, as `mariadb --batch` writes it',
      ['order_ref\tuser\tsku\tquantity\tprice', 'A\tkim\tNULL\t1\t5.00'],
      ['--input-format', 'tsv'],
      'sku must not be NULL, by which other programs write an empty cell; --null',
    ],
    [
      'a second currency in the amounts',
      ['order_ref,user,sku,quantity,price', 'A,kim,TEA,1,$5.00', 'B,kim,POT,1,€7.00'],
      ['--currency-sign'],
      "line 3: price is in '€' here, but '$' above: import them apart",
    ],
    [
      'a second currency in a column of the name that dbtool has',
      ['order_ref,user,sku,quantity,price,Currency', 'A,kim,TEA,1,5.00,EUR', 'B,kim,POT,1,7.00,USD'],
      [],
      "line 3: currency is 'USD' here, but 'EUR' on an earlier line: import them apart",
    ],
    [
      'a day in the place of a month, also where single orders are skipped',
      ['order_ref,user,sku,quantity,price,ordered_at', 'A,kim,TEA,1,5.00,03/04/2026', 'B,kim,TEA,1,5.00,25/04/2026'],
      ['--date-format', 'MM/DD/YYYY', '--on-error', 'skip'],
      "line 3: '25/04/2026' is no MM/DD/YYYY: day and month are in the other order",
      "nothing was changed; --date-format 'DD/MM/YYYY' reads it",
    ],
    [
      'a row of totals at the end',
      ['order_ref,user,sku,quantity,price', 'A,kim,TEA,1,5.00', ',,Total,1,5.00'],
      [],
      "line 3: 'Total' seems to be the total of the file: delete the line, give it its order_ref, " +
        'or add --skip sku=Total',
    ],
    [
      'a preset whose price the file lacks',
      ['Order ID,Buyer,SKU,Quantity,Item Name,Sale Date', '1,ana,TEA,1,Tea,12/31/26'],
      ['--preset', 'etsy'],
      'no column "Price" for price',
    ],
    [
      'the preset of another system',
      [shopify.join(','), sale('#1', {})],
      ['--preset', 'etsy'],
      'faults',
      'The columns fit the preset shopify: --preset shopify',
    ],
    [
      'no preset, where one fits',
      [shopify.join(','), sale('#1', {})],
      [],
      'faults',
      'The columns fit the preset shopify: --preset shopify',
    ],
  ])('%s: it is refused, and nothing is changed', async (...[, file, flags, message, hint]) => {
    const before = await everything(database)
    const { exitCode, error } = await importing(file, ...flags, '--json')
    expect([exitCode, [error.message, ...(error.faults ?? [])].join('\n')]).toEqual([
      2,
      expect.stringContaining(message),
    ])
    if (hint !== undefined) expect(error.hint).toBe(hint)
    expect(await everything(database)).toEqual(before)
  })
})

describe('columns of another system with the names of dbtool', () => {
  const file = ['No,user,sku,quantity,price,Tax,Status', 'A,kim,TEA,1,5.00,0.80,Completed']

  it('a status needs a map, which the error names; a tax is added to the prices, which is reported', async () => {
    const { exitCode, error } = await importing(file, '--map', 'order_ref=No', '--json')
    expect([exitCode, error.message]).toEqual([
      2,
      expect.stringContaining("not 'Completed'; --map status=status, with the words of other systems, reads it"),
    ])
    const { stderr } = await importing(file, '--map', 'order_ref=No,status=status', '--dry-run')
    expect(stderr.split('\n')[0]).toBe(
      'warning: the column tax is added to the prices; if they include it, add --map reported_tax=tax',
    )
    await importing(file, '--map', 'order_ref=No,status=status,reported_tax=tax')
    expect(await placed()).toEqual(['A delivered 5.00 1×TEA'])
  })
})

describe('products', () => {
  const today = [
    'Title,URL handle,Status,SKU,Option1 name,Option1 value,Price,Inventory quantity',
    'Tee,tee,Active,TEE-S,Size,S,10.00,5',
    ',tee,,TEE-M,Size,M,10.00,-2',
    'Card,card,Draft,,Title,Default Title,20.00,0',
  ]

  it('of Shopify, with the columns of today: negative stock is told, and a second run finds all', async () => {
    const path = saved(today)
    const { exitCode, stderr } = await run(['products', 'import', path, '--preset', 'auto'])
    expect([exitCode, stderr.split('\n')]).toEqual([
      0,
      ['preset: shopify', 'ignored column: "Option1 name"', '1 record: negative stock, imported as 0', ''],
    ])
    expect(
      await database.connection.rows('SELECT sku, name, stock, is_active AS active FROM products ORDER BY id'),
    ).toEqual([
      { sku: 'TEE-S', name: 'Tee - S', stock: 5, active: 1 },
      { sku: 'TEE-M', name: 'Tee - M', stock: 0, active: 1 },
      { sku: 'Card', name: 'Card', stock: 0, active: 0 },
    ])
    expect(
      (await run(['products', 'import', path, '--preset', 'auto', '--on-conflict', 'update', '--json'])).json(),
    ).toMatchObject({ created: 0, updated: 0, unchanged: 3 })
  })

  it('a file without the column of the stock says so', async () => {
    const path = saved(['Handle,Title,Option1 Value,Variant SKU,Variant Price,Status', 'tee,Tee,S,TEE-S,10.00,active'])
    const { stderr } = await run(['products', 'import', path, '--preset', 'shopify'])
    expect(stderr).toBe('warning: the file lacks the column "Variant Inventory Qty" of its preset\n')
  })

  it('of WooCommerce whose stock is not counted are told', async () => {
    const path = saved([
      'ID,Type,SKU,Name,Published,In stock?,Stock,Regular price',
      '1,simple,TEE,Tee,1,1,,10.00',
      '2,simple,CUP,Cup,1,1,4,10.00',
      '3,simple,OLD,Old,1,0,,10.00',
    ])
    const { exitCode, stderr } = await run(['products', 'import', path, '--preset', 'auto'])
    expect([exitCode, stderr.split('\n').at(-2)]).toEqual([0, '1 record: its stock is not counted, and 0 if it is new'])
  })

  it('with the empty cells of other programs: each text is told, and read as empty when asked', async () => {
    const path = saved([
      'order_ref,user,sku,quantity',
      'A,[NULL],TEA,1',
      'B,n/a,TEA,1',
      'C,[NULL],TEA,1',
      'D,#REF!,TEA,1',
    ])
    const texts = ['[NULL]', 'n/a', '#REF!']
    const line = ['orders', 'import', path, ...growing, '--history', '--dry-run', '--default', 'price=1']
    const { stderr } = await run(line)
    expect(stderr).toContain("warning: 2 cells with the text [NULL]; if they are empty, add --null '[NULL]'\n")
    expect(stderr).toContain('warning: 1 cell with the text n/a; if they are empty, add --null n/a\n')
    const asked = await run([...line, ...texts.flatMap((text) => ['--null', text]), '--guest', 'guest', '--json'])
    expect(asked.json()).toMatchObject({ orders_placed: 4, null_texts: 0 })
  })

  it('with the text NULL in cells: it is told, and read as empty when asked', async () => {
    const path = saved(['sku\tname\tprice\tdescription', 'A\tTea\t1.00\tNULL', 'B\tPot\t2.00\tNULL'], 'batch.tsv')
    const warning = 'warning: 2 cells with the text NULL; if they are empty, add --null NULL\n'
    expect((await run(['products', 'import', path, '--dry-run'])).stderr).toContain(warning)
    const { stderr } = await run(['products', 'import', path, '--null', 'NULL'])
    expect(stderr).toBe('')
    expect(await database.connection.rows('SELECT DISTINCT description FROM products')).toEqual([{ description: null }])
  })
})
