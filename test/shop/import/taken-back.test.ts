import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { importedOrders } from '../../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
})

const placed = (): Promise<string[]> => importedOrders(database)

type Case = readonly [what: string, name: string, file: readonly string[], orders: string[], summary: object]

/** Each file twice: the dry run counts what the real run does. */
async function check(...[, name, file, orders, summary]: Case): Promise<void> {
  const path = join(folder, name)
  writeFileSync(path, file.map((row) => `${row}\n`).join(''))
  const flags = ['--preset', 'auto', '--create-missing', '--initial-stock', '100', '--json']
  const guest = name.endsWith('.tsv') || name.startsWith('square') ? ['--guest', 'guest'] : []
  const run = (more: string[]) =>
    dbtool(['orders', 'import', path, ...flags, ...guest, ...more], { database: database.name })
  for (const more of [['--dry-run'], []]) {
    const { exitCode, json } = await run(more)
    expect([exitCode, json()]).toMatchObject([0, { orders_placed: orders.length, ...summary }])
  }
  expect(await placed()).toEqual(orders)
  expect((await run([])).json()).toMatchObject({ orders_placed: 0, orders_existing: orders.length })
  expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
}

const nothing = { amounts_not_imported: [], differing_totals: { orders: 0 }, records_skipped: [] }
const allTaken = 'all of its units are refunded or cancelled'

const amazonHead =
  'amazon-order-id purchase-date order-status sales-channel product-name sku item-status quantity currency ' +
  'item-price item-tax shipping-price shipping-tax buyer-email'
const amazon = (...rows: string[]): string[] => [amazonHead, ...rows].map((row) => row.split(' ').join('\t'))
const sold = (order: string, item: string): string => {
  const [id = '', status = '', channel = '', sku = ''] = order.split(' ')
  return `${id} 2026-04-10T09:15:00+00:00 ${status} ${channel} ${sku} ${sku} ${item} `
}

const magento = (number: string, status: string, order: object, ...items: object[]): string =>
  JSON.stringify({
    ...{ increment_id: number, status, customer_email: 'kim@example.com', created_at: '2026-03-01 10:00:00' },
    ...{ order_currency_code: 'EUR', shipping_amount: 0, discount_amount: 0, tax_amount: 0, ...order },
    items: items.map((item) => ({ name: 'Thing', parent_item_id: null, ...item })),
  })

const skyverge =
  'order_id,order_number,date,status,shipping_total,tax_total,discount_total,order_total,refunded_total,' +
  'billing_email,item_name,item_sku,item_quantity,item_subtotal,item_refunded,item_refunded_qty'
const bought = (number: string, status: string, amounts: string, item: string): string =>
  `9,${number},2026-03-01 10:00:00,${status},${amounts},kim@example.com,${item}`

const advanced =
  'Order Number,Order Status,Order Date,Email (Billing),Order Shipping Amount,Order Refund Amount,' +
  'Order Total Amount,Order Total Tax Amount,SKU,Item Name,Quantity (- Refund),Item Cost'

describe('units that were refunded or cancelled', () => {
  it.each<Case>([
    [
      'Amazon: a cancelled line of an order that was shipped, and a cancelled order without prices',
      'amazon.tsv',
      amazon(
        sold('1-1 Shipped Amazon.de PEG', 'Shipped 2 EUR 8.00 0 2.00 0'),
        sold('1-1 Shipped Amazon.de HAT', 'Cancelled 1 EUR 9.00 0 1.00 0'),
        sold('1-2 Cancelled Amazon.de PEG', 'Cancelled 1 EUR 4.00 0 0 0'),
        sold('1-3 Cancelled Amazon.de PEG', 'Cancelled 1     '),
      ),
      ['1-1 shipped 10.00 2×PEG shipping 2.00', '1-2 cancelled 4.00 1×PEG'],
      {
        ...nothing,
        records_skipped: [
          { reason: 'cancelled line of an order', records: 1 },
          { reason: 'cancelled order without a price', records: 1 },
        ],
      },
    ],
    [
      'Magento: units, shipping, discount and tax that were refunded or cancelled',
      'magento.ndjson',
      [
        magento(
          '100',
          'complete',
          {
            ...{ shipping_amount: 5, shipping_refunded: 2, discount_amount: -4, discount_refunded: -1, tax_amount: 8 },
            ...{ tax_refunded: 2, grand_total: 49, total_refunded: 13, total_canceled: 0 },
          },
          { sku: 'A', qty_ordered: 4, qty_refunded: 1, qty_canceled: 0, price: 10 },
        ),
        magento(
          '101',
          'processing',
          { grand_total: 30, total_canceled: 10, total_refunded: null },
          { sku: 'A', qty_ordered: 2, qty_canceled: 0, price: 10 },
          { sku: 'B', qty_ordered: 1, qty_canceled: 1, price: 10 },
        ),
        magento(
          '102',
          'closed',
          { grand_total: 20, total_refunded: 20 },
          { sku: 'A', qty_ordered: 2, qty_refunded: 2, price: 10 },
        ),
      ],
      [
        '100 delivered 36.00 3×A tax 6.00 shipping 3.00 discount -3.00',
        '101 confirmed 20.00 2×A',
        '102 cancelled 20.00 2×A',
      ],
      { ...nothing, records_skipped: [{ reason: allTaken, records: 1 }] },
    ],
    [
      'Magento: an amount that was refunded without any units is reported',
      'magento.ndjson',
      [
        magento(
          '100',
          'complete',
          { grand_total: 20, total_refunded: 3 },
          {
            ...{ sku: 'A', qty_ordered: 2, qty_refunded: 0, price: 10 },
          },
        ),
      ],
      ['100 delivered 20.00 2×A'],
      { ...nothing, amounts_not_imported: [{ kind: 'refund', amount: '3.00', orders: 1 }] },
    ],
    [
      'WooCommerce, totals of lines: the price is that of all units, and the shipping of a skipped line counts',
      'woocommerce.csv',
      [
        skyverge,
        bought('1', 'completed', '4.00,0,0,34.00,10.00', 'Tee,TEE,3,30.00,-10.00,-1'),
        bought('2', 'completed', '4.00,0,0,19.00,5.00', 'Cap,CAP,1,5.00,5.00,1'),
        bought('2', 'completed', ',,,,', 'Tee,TEE,1,10.00,0,0'),
        bought('3', 'refunded', '0,0,0,5.00,5.00', 'Cap,CAP,1,5.00,-5.00,-1'),
      ],
      ['1 delivered 24.00 2×TEE shipping 4.00', '2 delivered 14.00 1×TEE shipping 4.00', '3 cancelled 5.00 1×CAP'],
      { ...nothing, records_skipped: [{ reason: allTaken, records: 1 }] },
    ],
    [
      'WooCommerce: quantities less the refund, of which a part is tax; a refund of no units is reported',
      'woocommerce.csv',
      [
        advanced,
        '1,Completed,2026-03-01 10:00,kim@example.com,0,12.00,24.00,4.00,TEE,Tee,1,10.00',
        '2,Completed,2026-03-01 10:00,kim@example.com,0,10.00,20.00,0,TEE,Tee,1,10.00',
        '3,Completed,2026-03-01 10:00,kim@example.com,0,3.00,20.00,0,TEE,Tee,2,10.00',
      ],
      ['1 delivered 12.00 1×TEE tax 2.00', '2 delivered 10.00 1×TEE', '3 delivered 20.00 2×TEE'],
      {
        ...nothing,
        amounts_not_imported: [
          { kind: 'refunded tax', amount: '2.00', orders: 1 },
          { kind: 'refund', amount: '3.00', orders: 1 },
        ],
      },
    ],
    [
      'WooCommerce, REST: it says which amounts were refunded, but not which units',
      'woocommerce.ndjson',
      [
        JSON.stringify({
          ...{ number: '7', status: 'processing', currency: 'EUR', date_created_gmt: '2026-03-01T10:00:00' },
          ...{ billing: { email: 'kim@example.com' }, total: '20.00', total_tax: '0.00', shipping_total: '0.00' },
          refunds: [
            { id: 1, total: '-4.50' },
            { id: 2, total: '-1.25' },
          ],
          line_items: [{ sku: 'TEE', name: 'Tee', quantity: 2, price: 10 }],
        }),
      ],
      ['7 confirmed 20.00 2×TEE'],
      { ...nothing, amounts_not_imported: [{ kind: 'refund', amount: '5.75', orders: 1 }] },
    ],
    [
      'PrestaShop: the units of the query',
      'prestashop.csv',
      [
        'reference;email;product_reference;product_name;product_quantity;product_quantity_refunded;' +
          'unit_price_tax_incl;date_add;status;total_shipping_tax_incl;total_discounts_tax_incl;total_paid_tax_incl;total_refunded',
        'XKB;kim@example.com;TEE;Tee;3;1;10.000000;2026-03-01 10:00:00;Shipped;4.000000;0.000000;34.000000;10.000000',
        'XKC;kim@example.com;TEE;Tee;1;0;10.000000;2026-03-01 10:00:00;Shipped;0.000000;0.000000;10.000000;',
      ],
      ['XKB shipped 24.00 2×TEE shipping 4.00', 'XKC shipped 10.00 1×TEE'],
      nothing,
    ],
  ])('%s', check)

  it('more than the file has are a fault', async () => {
    const path = join(folder, 'more.csv')
    writeFileSync(path, `${[skyverge, bought('1', 'completed', '0,0,0,10.00,0', 'Tee,TEE,1,10.00,0,2')].join('\n')}\n`)
    const { exitCode, error } = await dbtool(`orders import ${path} --preset auto --create-missing --json`, {
      database: database.name,
    })
    expect([exitCode, error.message]).toEqual([
      2,
      expect.stringContaining("line 2: quantity is '1', but 2 are refunded or cancelled"),
    ])
  })
})

it('a rejected order has its skipped lines among the rejects, so that they import as the file did', async () => {
  const [path, rejects] = [join(folder, 'file.csv'), join(folder, 'rejects.csv')]
  rmSync(rejects, { force: true })
  const rows = [
    ...[skyverge, bought('2', 'completed', '4.00,0,0,19.00,5.00', 'Cap,CAP,1,5.00,5.00,1')],
    // Lines of an order need not be adjacent.
    ...[
      bought('3', 'completed', '0,0,0,10.00,0', 'Tee,TEE,1,10.00,0,0'),
      bought('2', 'completed', ',,,,', 'Tee,TEE,1,no,0,0'),
    ],
  ]
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''))
  const run = (file: string, ...more: string[]) =>
    dbtool(
      ['orders', 'import', file, ...'--preset auto --create-missing --initial-stock 9 --json'.split(' '), ...more],
      { database: database.name },
    )
  expect((await run(path, '--on-error', 'skip', '--rejects', rejects)).json()).toMatchObject({
    ...{ orders_placed: 1, orders_rejected: 1, lines_read: 2 },
  })
  writeFileSync(path, readFileSync(rejects, 'utf8').replace(',no,', ',10.00,'))
  expect((await run(path)).json()).toMatchObject({ orders_placed: 1, differing_totals: { orders: 0 } })
  expect(await placed()).toEqual(['3 delivered 10.00 1×TEE', '2 delivered 14.00 1×TEE shipping 4.00'])
})

describe('taxes that are known for each line', () => {
  it.each<Case>([
    [
      'Amazon: they are added to the prices in America and Canada, elsewhere the prices may include them',
      'amazon.tsv',
      amazon(
        sold('1-1 Shipped Amazon.com PEG', 'Shipped 2 EUR 8.00 0.64 2.00 0.16'),
        sold('1-1 Shipped Amazon.com HAT', 'Shipped 1 EUR 9.00 0.72 0 0'),
        sold('1-2 Shipped Amazon.de PEG', 'Shipped 1 EUR 4.00 0.64 0 0'),
        sold('1-3 Shipped Amazon.ca PEG', 'Shipped 1 EUR 4.00 0 0 0'),
      ),
      ['1-1 shipped 20.52 1×HAT+2×PEG tax 1.52 shipping 2.00', '1-2 shipped 4.00 1×PEG', '1-3 shipped 4.00 1×PEG'],
      { ...nothing, amounts_not_imported: [{ kind: 'tax', amount: '0.64', orders: 1 }] },
    ],
    [
      'Etsy: sales tax is added, and VAT that buyers paid is reported',
      'etsy.csv',
      [
        'Sale Date,Item Name,Buyer,Quantity,Price,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,' +
          'Currency,Transaction ID,Listing ID,Order ID,SKU,VAT Paid by Buyer',
        '08/14/26,Print,ann_b,1,5.00,0,0,4.50,0.62,USD,1,2,3001,A,0',
        '08/14/26,Card,ann_b,1,9.00,0,0,4.50,0.62,USD,3,2,3001,B,0',
        '08/15/26,Card,bo,1,9.00,0,0,0,0,USD,4,2,3002,B,1.80',
      ],
      ['3001 confirmed 19.12 1×A+1×B tax 0.62 shipping 4.50', '3002 confirmed 9.00 1×B'],
      { ...nothing, amounts_not_imported: [{ kind: 'tax', amount: '1.80', orders: 1 }] },
    ],
    [
      'Square with product sales: gross sales are the totals of the lines, and tell whether prices include taxes',
      'square.csv',
      [
        'Date,Time,Item,Qty,Price Point Name,SKU,Product Sales,Discounts,Tax,Gross Sales,Transaction ID,Event Type',
        '12/31/2026,10:15:00,Latte,2.0,Regular,LAT,£6.00,-£1.00,£1.00,£6.00,T1,Payment',
        '12/31/2026,10:15:00,Cake,1.0,Regular,CAKE,£3.00,£0.00,£0.60,£3.60,T1,Payment',
        '12/31/2026,10:16:00,Cake,1.0,Regular,CAKE,£3.00,£0.00,£0.50,£3.00,T2,Payment',
      ],
      ['T1 confirmed 9.60 1×CAKE+2×LAT tax 1.60 discount -1.00', 'T2 confirmed 3.00 1×CAKE'],
      { ...nothing, amounts_not_imported: [{ kind: 'included tax', amount: '0.50', orders: 1 }] },
    ],
    [
      'Square without product sales: whether prices include taxes is unknown',
      'square.csv',
      [
        'Date,Time,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type',
        '12/31/2026,10:15:00,Latte,2.0,Regular,LAT,$6.00,-$1.00,$5.00,$0.40,T1,Payment',
      ],
      ['T1 confirmed 5.00 2×LAT discount -1.00'],
      { ...nothing, amounts_not_imported: [{ kind: 'tax', amount: '0.40', orders: 1 }] },
    ],
  ])('%s', check)
})
