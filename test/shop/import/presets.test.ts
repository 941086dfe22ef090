import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { presetChoices } from '../../../commands/kit/file-flags.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { draftOrders, orderFields } from '../../../src/shop/import/draft-order.ts'
import { adjacent, keyByReference } from '../../../src/shop/import/order-groups.ts'
import type { FileFlags } from '../../../src/shop/import/file-flags.ts'
import { guesses } from '../../../src/shop/import/guess.ts'
import { openImport, type Reading } from '../../../src/shop/import/open-import.ts'
import { presets } from '../../../src/shop/import/presets/index.ts'
import type { PresetNoun } from '../../../src/shop/import/presets/preset.ts'
import { fieldsOf, importedProducts, importedUsers } from '../../../src/shop/import/tables.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const fieldsByNoun = {
  orders: orderFields,
  products: fieldsOf(importedProducts, 'error'),
  users: fieldsOf(importedUsers, 'error'),
}

interface Read {
  readonly values: Record<string, string>[]
  readonly faults: string[]
  readonly reading: Reading
  readonly preset: string | undefined
}

async function read(noun: PresetNoun, content: string | Buffer, flags: FileFlags, name = 'in.csv'): Promise<Read> {
  const path = join(folder, name)
  writeFileSync(path, content)
  const opened = await openImport(path, {
    noun,
    fields: fieldsByNoun[noun],
    flags,
    stdin: Readable.from([]),
    signal: new AbortController().signal,
    raw: false,
  })
  const [values, faults]: [Record<string, string>[], string[]] = [[], []]
  const known = new Set<string>([...fieldsByNoun[noun].required, ...fieldsByNoun[noun].optional])
  for (const field of ['shipping', 'discount', 'tax', 'currency']) known.delete(field)
  try {
    for await (const record of opened.file.records()) {
      const given = Object.entries(record.values).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && known.has(entry[0]),
      )
      expect(record.fault).toBeUndefined()
      if (record.unread === undefined) values.push(Object.fromEntries(given))
      else faults.push(...record.unread.map(({ sentence }) => sentence))
    }
    return { values, faults, reading: opened.reading(), preset: opened.preset }
  } finally {
    await opened.file.close()
  }
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

const lines = (...rows: string[]): string => rows.map((row) => `${row}\n`).join('')

describe('Shopify', () => {
  const head =
    'Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,' +
    'Discount Amount,Created at,' +
    'Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at,Tags'

  it('orders: further lines belong to the first, times are instants, and a cancelled order is skipped', async () => {
    const { values, faults, reading } = await read(
      'orders',
      lines(
        head,
        '#7,ana@example.com,paid,fulfilled,EUR,30.00,4.90,5.00,34.90,1.00,2026-02-01 09:30:00 +0100,2,' +
          'Jug - Blue,10.00,JUG,,vip',
        '#7,,,,,,,,,,,1,Soap,11.00,,,',
        '#8,bo@example.com,refunded,,EUR,9.00,0.00,0.00,9.00,0.00,2026-02-01 10:00:00 +0100,1,Soap,9.00,,' +
          '2026-02-02 08:00:00 +0100,',
        '#8,,,,,,,,,,,1,Jug - Blue,10.00,JUG,,',
        '#9,bo@example.com,paid,,EUR,10.00,2.10,0.00,12.10,0.00,2026-02-03 10:00:00 +0100,1,Jug - Blue,10.00,JUG,,',
      ),
      { preset: 'shopify', skipCancelled: true },
    )
    const seven = { order_ref: '#7', user: 'ana@example.com', ordered_at: '2026-02-01T08:30:00Z', status: 'shipped' }
    expect(faults).toEqual([])
    expect(values).toEqual([
      { ...seven, sku: 'JUG', quantity: '2', price: '10.00', product_name: 'Jug - Blue' },
      { ...seven, sku: 'Soap', quantity: '1', price: '11.00', product_name: 'Soap' },
      {
        ...{ order_ref: '#9', user: 'bo@example.com', ordered_at: '2026-02-03T09:00:00Z', status: 'confirmed' },
        ...{ sku: 'JUG', quantity: '1', price: '10.00', product_name: 'Jug - Blue' },
      },
    ])
    expect(reading).toMatchObject({
      ignored: [{ column: 'Subtotal' }, { column: 'Tags' }],
      skipped: [{ reason: 'cancelled or refunded', records: 2 }],
    })
  })

  it('products: a variant has the name of its product, and rows of images are skipped', async () => {
    const { values, reading } = await read(
      'products',
      lines(
        'Handle,Title,Body (HTML),Option1 Name,Option1 Value,Option2 Value,Variant SKU,Variant Inventory Qty,' +
          'Variant Price,Image Src,Status',
        'jug,Jug,<p>Clay</p>,Colour,Blue,L,JUG-B,4,10.00,a.png,active',
        'jug,,,,Red,L,JUG-R,2,11.50,b.png,',
        'jug,,,,,,,,,c.png,',
        'soap,Soap,,Title,Default Title,,SOAP,9,3.00,,draft',
      ),
      { preset: 'shopify' },
    )
    expect(values).toEqual([
      ...[
        {
          sku: 'JUG-B',
          name: 'Jug - Blue / L',
          price: '10.00',
          description: '<p>Clay</p>',
          stock: '4',
          is_active: 'true',
        },
        { sku: 'JUG-R', name: 'Jug - Red / L', price: '11.50', stock: '2', is_active: 'true' },
      ],
      { sku: 'SOAP', name: 'Soap', price: '3.00', stock: '9', is_active: 'false' },
    ])
    expect(reading.skipped).toEqual([{ reason: 'image row', records: 1 }])
  })

  it('users: without usernames', async () => {
    const { values } = await read(
      'users',
      lines(
        'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Total Spent',
        "'91,Ana,Ek,Ana@Example.com,no,1.00",
        "'92,No,Mail,,no,0.00",
      ),
      { preset: 'shopify' },
    )
    expect(values).toEqual([{ email: 'Ana@Example.com', first_name: 'Ana', last_name: 'Ek' }])
  })
})

it('a mapped column is the value of its field, whatever the preset makes of others', async () => {
  const { values } = await read(
    'orders',
    lines(
      'Name,Email,Financial Status,Fulfillment Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,State',
      '#7,ana@example.com,paid,,2026-02-01 09:30:00 +0100,2,Jug,10.00,delivered',
    ),
    { preset: 'shopify', map: 'status=State' },
  )
  expect(values).toMatchObject([{ status: 'delivered' }])
})

describe('WooCommerce', () => {
  const head = 'Order Number,Order Status,Order Date,Email (Billing),SKU,Item Name,Quantity (- Refund),Item Cost'
  const file = lines(
    head,
    '31,Completed,2026-02-01 10:00,ana@example.com,TEE,"Tee ""Red""",2,15.99',
    '31,Completed,2026-02-01 10:00,ana@example.com,,Badge,1,0',
    '32,Processing,2026-02-02 11:30,bo@example.com,CAP,Cap,1,16.528926',
    '33,Packed,2026-02-02 11:30,bo@example.com,CAP,Cap,1,16.520000',
  )

  it('CSV: six decimals are exact, or rounded when asked; an unknown status is told', async () => {
    const { values, reading } = await read('orders', file, { preset: 'woocommerce', round: 'half-up' })
    expect(values.map(({ order_ref, sku, price, status }) => [order_ref, sku, price, status])).toEqual([
      ['31', 'TEE', '15.99', 'delivered'],
      ['31', 'Badge', '0', 'delivered'],
      ['32', 'CAP', '16.53', 'confirmed'],
      ['33', 'CAP', '16.520000', undefined],
    ])
    expect(reading).toMatchObject({ rounded: 1, unknownStatuses: ['Packed'] })
    const unasked = await read('orders', file, { preset: 'woocommerce' })
    expect(unasked.faults).toEqual([
      "price must have at most two decimals, not '16.528926': money is never rounded; " +
        '--round half-up reads it as 16.53',
    ])
  })

  it.each([
    ['one object per line', (orders: object[]) => orders.map((order) => JSON.stringify(order)).join('\n'), 'in.ndjson'],
    ['a JSON list', (orders: object[]) => JSON.stringify(orders), 'in.json'],
  ])('API, as %s', async (_, write, name) => {
    const item = { id: 1, name: 'Cap', sku: 'CAP', quantity: 2, price: 8.5 }
    const order = { id: 41, number: '41', date_created: '2026-03-01T10:00:00', status: 'processing', currency: 'EUR' }
    const { values, reading } = await read(
      'orders',
      write([
        { ...order, billing: { email: 'ana@example.com' }, line_items: [item, { ...item, sku: 'TEE', price: 8 }] },
        { ...order, number: '42', status: 'cancelled', billing: { email: 'bo@example.com' }, line_items: [item] },
      ]),
      { preset: 'woocommerce-api', timeZone: 'Europe/Berlin', skipCancelled: true },
      name,
    )
    expect(
      values.map(({ order_ref, user, sku, price, ordered_at }) => [order_ref, user, sku, price, ordered_at]),
    ).toEqual([
      ['41', 'ana@example.com', 'CAP', '8.5', '2026-03-01T09:00:00Z'],
      ['41', 'ana@example.com', 'TEE', '8', '2026-03-01T09:00:00Z'],
    ])
    expect(reading.skipped).toEqual([{ reason: 'cancelled or refunded', records: 1 }])
  })
})

it('Etsy: American dates, a decimal comma among points, and no SKU', async () => {
  const { values } = await read(
    'orders',
    lines(
      'Sale Date,Item Name,Buyer,Quantity,Price,Discount Amount,Order Shipping,Order Sales Tax,Currency,' +
        'Transaction ID,Listing ID,Order ID,SKU',
      '09/30/26,Card | Fox,ana_k,2,3.50,0.00,2.90,0.00,EUR,1,2,500,FOX',
      '09/30/26,Card | Owl,ana_k,1,2.00,0.00,2.90,0.00,EUR,3,4,500,',
      '10/01/26,"Print, framed",bo.k,1,"12,00",0.00,4.50,0.00,EUR,5,6,501,PRT',
    ),
    { preset: 'etsy' },
  )
  expect(values.map(({ order_ref, sku, price, ordered_at }) => [order_ref, sku, price, ordered_at])).toEqual([
    ['500', 'FOX', '3.50', '2026-09-30T00:00:00Z'],
    ['500', 'Card | Owl', '2.00', '2026-09-30T00:00:00Z'],
    ['501', 'PRT', '12.00', '2026-10-01T00:00:00Z'],
  ])
})

it('Amazon: nothing is quoted, the price is that of the line, and a line of no units is skipped', async () => {
  const head = 'amazon-order-id purchase-date order-status product-name sku quantity currency item-price buyer-email'
  const row = (...cells: string[]): string => cells.join('\t')
  const { values, faults, reading } = await read(
    'orders',
    lines(
      row(...head.split(' ')),
      row('1-1', '2026-04-10T09:15:00+00:00', 'Shipped', 'Shelf 90" wide\\deep', 'SHELF', '1', 'EUR', '89.90', ''),
      row('1-2', '2026-04-11T14:42:00+00:00', 'Cancelled', 'Peg', 'PEG', '0', '', '', ''),
      row('1-1', '2026-04-10T09:15:00+00:00', 'Shipped', 'Peg', 'PEG', '3', 'EUR', '4.50', ''),
      row('1-3', '2026-04-12T09:15:00+00:00', 'Shipped', 'Peg', 'PEG', '3', 'EUR', '5.00', ''),
      row('1-4', '2026-04-12T09:15:00+00:00', 'Shipped', 'Peg', 'PEG', '1', 'USD', '5.00', ''),
    ),
    { preset: 'amazon', default: 'user=guest' },
    'in.tsv',
  )
  expect(values.map(({ order_ref, user, product_name, price }) => [order_ref, user, product_name, price])).toEqual([
    ['1-1', 'guest', 'Shelf 90" wide\\deep', '89.90'],
    ['1-1', 'guest', 'Peg', '1.50'],
  ])
  expect(faults).toEqual([
    "price of the line, '5.00', divided by 3 is no whole number of cents; --round half-up rounds it",
    "currency is 'USD' here, but 'EUR' on an earlier line: import them apart",
  ])
  expect(reading.skipped).toEqual([{ reason: 'quantity 0', records: 1 }])
})

it('Square: a day and a time, totals of lines with a currency, variants, refunds', async () => {
  const { values, reading } = await read(
    'orders',
    lines(
      'Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,' +
        'Transaction ID,Event Type,Customer ID,Customer Name',
      '2026-05-01,09:15:00,Berlin,Drinks,Latte,2.0,Large,,$9.00,-$1.00,$8.00,$0.70,T1,Payment,C1,Ana',
      '2026-05-01,09:16:00,Berlin,Drinks,Tea,1.0,Regular,TEA,"$1,003.50",$0.00,"$1,003.50",$0.20,T2,Payment,,',
      '2026-05-01,09:20:00,Berlin,Drinks,Tea,-1.0,Regular,TEA,-$3.50,$0.00,-$3.50,$0.00,T3,Refund,,',
    ),
    { preset: 'square', timeZone: 'Europe/Berlin', default: 'user=till' },
  )
  expect(values).toEqual([
    {
      ...{ order_ref: 'T1', user: 'C1', sku: 'Latte - Large', product_name: 'Latte - Large', quantity: '2.0' },
      ...{ price: '4.50', ordered_at: '2026-05-01T07:15:00Z' },
    },
    {
      ...{ order_ref: 'T2', user: 'till', sku: 'TEA', product_name: 'Tea', quantity: '1.0' },
      ...{ price: '1003.50', ordered_at: '2026-05-01T07:16:00Z' },
    },
  ])
  expect(reading).toMatchObject({
    skipped: [{ reason: 'refund', records: 1 }],
  })
})

it.each([
  ['a list', (orders: object[]): unknown => orders],
  [
    'the answer',
    (items: object[]): unknown => ({ items, search_criteria: { filter_groups: [{ filters: [] }] }, total_count: 1 }),
  ],
])('Magento: items of the API, without the parts of configurable products, as %s', async (_what, inFile) => {
  const { values, reading } = await read(
    'orders',
    JSON.stringify(
      inFile([
        {
          ...{ increment_id: '000000101', customer_email: 'ana@example.com', status: 'complete' },
          ...{ created_at: '2026-01-02 10:11:12', discount_amount: -2.5, shipping_amount: 5, tax_amount: 0 },
          items: [
            { item_id: 1, sku: 'TEE-L', name: 'Tee', qty_ordered: 2, price: 20 },
            { item_id: 2, parent_item_id: 1, sku: 'TEE-L', name: 'Tee L', qty_ordered: 2, price: 0 },
          ],
        },
      ]),
    ),
    { preset: 'auto' },
    'in.json',
  )
  expect(values).toEqual([
    {
      ...{ order_ref: '000000101', user: 'ana@example.com', status: 'delivered', ordered_at: '2026-01-02 10:11:12' },
      ...{ sku: 'TEE-L', product_name: 'Tee', quantity: '2', price: '20' },
    },
  ])
  expect(reading).toMatchObject({
    skipped: [{ reason: 'part of a configurable product', records: 1 }],
  })
})

it('Squarespace: products, whose variants repeat nothing', async () => {
  const { values, reading } = await read(
    'products',
    lines(
      'Product ID [Non Editable],Variant ID [Non Editable],Product Type [Non Editable],Title,Description,SKU,' +
        'Option Name 1,Option Value 1,Price,Sale Price,On Sale,Stock,Visible',
      'a1,v1,PHYSICAL,Tee,<p>A tee</p>,SQ-1,Size,Small,20.00,0.00,No,4,Yes',
      ',v2,,,,SQ-2,,Large,22.50,0.00,No,Unlimited,',
      'a2,v3,PHYSICAL,Mug,,,,,9.50,8.00,Yes,12,No',
    ),
    { preset: 'auto' },
  )
  const tee = { description: '<p>A tee</p>', is_active: 'Yes' }
  expect(values).toEqual([
    { ...tee, sku: 'SQ-1', name: 'Tee - Small', price: '20.00', stock: '4' },
    { ...tee, sku: 'SQ-2', name: 'Tee - Large', price: '22.50', stock: '0' },
    { sku: 'Mug', name: 'Mug', price: '9.50', stock: '12', is_active: 'No' },
  ])
  expect(reading.noticed).toEqual([{ reason: 'its stock is not counted, imported as 0', records: 1 }])
})

it('PrestaShop: the query of its SQL manager', async () => {
  const { values } = await read(
    'orders',
    lines(
      'reference;email;product_reference;product_name;product_quantity;unit_price_tax_incl;' +
        'date_add;status;total_shipping_tax_incl',
      'XKBKNABJK;ana@example.com;MUG;Mug;2;11.900000;2026-01-02 10:11:12;Payment accepted;7.000000',
      'XKBKNABJK;ana@example.com;;Card;1;1.000000;2026-01-02 10:11:12;Payment accepted;7.000000',
    ),
    { preset: 'prestashop' },
  )
  expect(values.map(({ sku, quantity, price, status }) => [sku, quantity, price, status])).toEqual([
    ['MUG', '2', '11.900000', 'confirmed'],
    ['Card', '1', '1.000000', 'confirmed'],
  ])
})

it('eBay: a row of totals above the items, names of months, and the count at the end', async () => {
  const { values, reading } = await read(
    'orders',
    lines(
      ','.repeat(9),
      'Sales Record Number,Order Number,Buyer Username,Item Title,Custom Label,Quantity,Sold For,' +
        'Shipping And Handling,Sale Date,Variation Details',
      '11,18-1,ana_b,,,2,$15.00,$4.00,Sep-27-26,',
      '11,18-1,,Lamp,LAMP,1,$10.00,,,',
      '11,18-1,,Bulb,BULB,1,$5.00,,,[Colour:Warm]',
      '2,record(s) downloaded,,,,,,,,',
    ),
    { preset: 'ebay' },
  )
  expect(
    values.map(({ order_ref, user, sku, price, ordered_at }) => [order_ref, user, sku, price, ordered_at]),
  ).toEqual([
    ['18-1', 'ana_b', 'LAMP', '10.00', '2026-09-27T00:00:00Z'],
    ['18-1', 'ana_b', 'BULB', '5.00', '2026-09-27T00:00:00Z'],
  ])
  expect(reading.skipped.map(({ records }) => records)).toEqual([2])
})

describe('flags, each alone', () => {
  const own = 'order_ref,user,sku,quantity,price,product_name,ordered_at'

  it.each<[string, FileFlags, string, Record<string, string>]>([
    [
      '--date-format',
      { dateFormat: 'DD.MM.YYYY' },
      'A,a,T,1,1,,31.01.2026 14:30',
      { ordered_at: '2026-01-31T14:30:00Z' },
    ],
    [
      '--time-zone',
      { timeZone: 'Europe/Berlin' },
      'A,a,T,1,1,,2026-01-31 14:30',
      { ordered_at: '2026-01-31T13:30:00Z' },
    ],
    ['--decimal-comma', { decimalComma: true }, 'A,a,T,"2,0","1.004,50",,', { price: '1004.50', quantity: '2.0' }],
    ['--currency-sign', { currencySign: true }, 'A,a,T,1,$4.50,,', { price: '4.50' }],
    ['--round', { round: 'half-up' }, 'A,a,T,1,4.505,,', { price: '4.51' }],
    ['--null', { null: ['NULL', '\\N'] }, 'A,a,T,1,NULL,\\N,', { sku: 'T' }],
    ['--default', { default: 'quantity=1,price=2.00' }, 'A,a,T,,,,', { quantity: '1', price: '2.00' }],
    ['--sku-from', { skuFrom: 'product_name' }, 'A,a,,1,1,Green tea,', { sku: 'Green tea' }],
    ['--line-total', { lineTotal: true }, 'A,a,T,4,10.00,,', { price: '2.50' }],
  ])('%s', async (_, flags, line, values) => {
    const found = await read('orders', `${own}\n${line}\n`, flags)
    expect(found.faults).toEqual([])
    expect(found.values[0]).toMatchObject(values)
  })

  it('--null leaves nothing of the text', async () => {
    const found = await read('orders', `${own}\nA,a,T,1,NULL,\\N,\n`, { null: ['NULL', '\\N'] })
    expect(found.values).toEqual([{ order_ref: 'A', user: 'a', sku: 'T', quantity: '1' }])
  })

  it('--carry-down repeats the line above, for an order as long as its reference is the same or empty', async () => {
    const file = lines(own, 'A,a,T,1,1,,2026-01-01', ',,P,1,1,,', 'A,,Q,1,1,,', 'B,,R,1,1,,')
    const { values } = await read('orders', file, { carryDown: true })
    expect(values.map(({ order_ref, user, ordered_at }) => [order_ref, user, ordered_at])).toEqual([
      ['A', 'a', '2026-01-01'],
      ['A', 'a', '2026-01-01'],
      ['A', 'a', '2026-01-01'],
      ['B', undefined, undefined],
    ])
    const rows = await read('products', 'sku,name,price\nA,Tea,1\nB,,\n', { carryDown: 'name, price' })
    expect(rows.values[1]).toEqual({ sku: 'B', name: 'Tea', price: '1' })
  })

  it('only a map says that the words of a status are those of another system', async () => {
    const content = lines(`${own},status`, 'A,kim,T,1,"1,00",,,Refunded', 'B,kim,T,1,"1,00",,,odd')
    const strict = await read('orders', content, { decimalComma: true })
    expect(strict.values.map(({ status }) => status)).toEqual(['Refunded', 'odd'])
    const translated = await read('orders', content, { decimalComma: true, map: 'status=status' })
    expect([translated.values.map(({ status }) => status), translated.reading.unknownStatuses]).toEqual([
      ['cancelled', undefined],
      ['odd'],
    ])
  })

  it('--map reads the status and the amounts of an order, and a paths into JSON', async () => {
    const { values, reading } = await read(
      'orders',
      lines(`${own},state,postage`, 'A,a,T,1,1,,,open,2.50', 'A,a,P,1,1,,,open,2.50', 'B,a,T,1,1,,,canceled,2.50'),
      { map: 'status=state,reported_tax=postage', skipCancelled: true },
    )
    expect(values.map(({ order_ref, status }) => [order_ref, status])).toEqual([
      ['A', 'confirmed'],
      ['A', 'confirmed'],
    ])
    expect(reading).toMatchObject({
      skipped: [{ reason: 'cancelled or refunded', records: 1 }],
    })
  })

  it('a default makes its column superfluous, and a flag replaces its part of the preset', async () => {
    const short = await read('orders', 'order_ref,product_name\nA,Tea\n', {
      default: 'quantity=1,user=till',
      skuFrom: 'product_name',
    })
    expect(short.values).toEqual([{ order_ref: 'A', user: 'till', sku: 'Tea', quantity: '1', product_name: 'Tea' }])
    const days = await read(
      'orders',
      'Order ID,Buyer,SKU,Quantity,Price,Item Name,Sale Date\n1,ana,T,1,1.00,Tea,31/12/2026\n',
      { preset: 'etsy', dateFormat: 'DD/MM/YYYY' },
    )
    expect(days.values[0]?.['ordered_at']).toBe('2026-12-31T00:00:00Z')
  })

  it('long names make different SKUs', async () => {
    const name = 'x'.repeat(70)
    const { values } = await read('orders', lines(own, `A,a,,1,1,${name}1,`, `A,a,,1,1,${name}2,`), {
      skuFrom: 'product_name',
    })
    const skus = values.map(({ sku = '' }) => sku)
    expect([new Set(skus).size, skus.map(({ length }) => length)]).toEqual([2, [64, 64]])
  })

  it.each<[FileFlags, string]>([
    [{ preset: 'shopfy' }, "--preset: 'shopfy' is no preset; did you mean shopify?"],
    [{ skuFrom: 'product_nam' }, "--sku-from: unknown field 'product_nam'; did you mean product_name?"],
    [{ carryDown: 'usr' }, "--carry-down: unknown field 'usr'; did you mean user?"],
    [{ default: 'quantity' }, `--default: "quantity" has no '='`],
    [{ encoding: 'windws-1252' }, '--encoding: "windws-1252" is no encoding; did you mean windows-1252?'],
  ])('%j is refused', async (flags, message) => {
    expect(await refusal(read('orders', `${own}\n`, flags))).toMatchObject({ code: 'USAGE', message })
  })
})

describe('a guess', () => {
  const headers = presets.flatMap(({ name, files }) =>
    Object.entries(files).map(([noun, file]): [string, PresetNoun, string[]] => [
      name,
      noun as PresetNoun,
      Object.values(file.columns ?? {}).flatMap(([column = '']) => [column]),
    ]),
  )

  it.each(headers)('knows %s %s by its columns, and takes no other file for it', (name, noun, columns) => {
    const { signature } = presets.find((preset) => preset.name === name)!.files[noun]!
    const [best, ...others] = guesses([...columns, ...signature.flatMap((column) => [column].flat()[0] ?? [])])
    expect([best?.preset, best?.noun, others]).toEqual([name, noun, []])
  })

  it.each(headers)('of %s %s has every field that its import needs', (name, noun) => {
    const { columns = {}, join = {}, skuFrom } = presets.find((preset) => preset.name === name)!.files[noun]!
    const fields = new Set([...Object.keys(columns), ...Object.keys(join), ...(skuFrom === undefined ? [] : ['sku'])])
    expect(fieldsByNoun[noun].required.filter((field) => !fields.has(field))).toEqual([])
  })

  it.each([',', ';', '\t', '|'])(
    'finds the separator %j, and asks for no preset where the columns are ours',
    async (mark) => {
      const content = lines(['order_ref', 'user', 'sku', 'quantity'].join(mark), ['A', 'a', 'T', '1'].join(mark))
      const { values, preset } = await read('orders', content, { preset: 'auto' })
      expect([preset, values]).toEqual([undefined, [{ order_ref: 'A', user: 'a', sku: 'T', quantity: '1' }]])
    },
  )

  it('reads a file of another system', async () => {
    const head = 'Sale Date;Item Name;Buyer;Quantity;Price;Transaction ID;Listing ID;Order ID;SKU'
    const { values, preset } = await read('orders', lines(head, '09/30/26;Card;ana;2;3.50;1;2;500;FOX'), {
      preset: 'auto',
    })
    expect([preset, values[0]?.['order_ref']]).toEqual(['etsy', '500'])
  })

  it('that fits nothing is refused', async () => {
    const error = await refusal(read('orders', 'a,b\n1,2\n', { preset: 'auto' }))
    expect(error).toBeInstanceOf(DbtoolError)
    expect(error).toMatchObject({ code: 'BAD_INPUT', message: 'no preset of orders fits the columns "a", "b"' })
  })
})

it('the flag offers every preset', () => {
  expect(presetChoices.slice(0, -2)).toEqual(presets.map(({ name }) => name))
})

it('amounts of an order come with its draft: once per order, or added up over its lines', async () => {
  const head = 'order_ref,user,sku,quantity,price,ship,cut'
  const path = join(folder, 'adjusted.csv')
  writeFileSync(
    path,
    lines(head, 'A,a,T,1,5.00,2.50,0.50', 'A,a,P,1,5.00,2.50,0.25', 'B,a,T,1,5.00,2.50,', 'B,a,P,1,5.00,3.00,'),
  )
  const { file } = await openImport(path, {
    noun: 'orders',
    fields: orderFields,
    flags: { map: 'shipping=ship,line_discount=cut' },
    stdin: Readable.from([]),
    signal: new AbortController().signal,
    raw: false,
  })
  const drafts = []
  for await (const draft of draftOrders(adjacent(file.batches()), { key: keyByReference, guest: undefined }))
    drafts.push(draft)
  await file.close()
  expect(drafts[0]?.adjustments).toEqual([
    { kind: 'shipping', label: null, amount: '2.50' },
    { kind: 'discount', label: null, amount: '-0.75' },
  ])
  expect([...(drafts[1]?.faults.values() ?? [])]).toEqual([
    "shipping is '3.00' here, but '2.50' on line 4 of the same order",
  ])
})
