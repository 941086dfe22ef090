import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { importedOrders } from '../support/shop.ts'

// Files of systems without a preset: the flags of an import describe them.
const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
})

const run = (line: readonly string[]): Promise<Outcome> => dbtool(line, { database: database.name })
function saved(name: string, rows: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''))
  return path
}
const growing = ['--create-missing', '--initial-stock', '100']

const till = [
  'Date,Receipt no,Kind,SKU,Item,Quantity,Gross,Discounts,Customer,Status',
  '01/10/2026 23:50,2-1,Sale,10221,Bar,1.000,15.00,0.00,,Closed',
  '01/10/2026 23:50,2-1,Sale,98001,Powder,6.000,119.88,9.88,,Closed',
  '01/10/2026 23:55,2-2,Refund,10221,Bar,-1.000,-15.00,0.00,,Closed',
  '01/10/2026 23:59,2-3,Sale,10221,Bar,1.000,15.00,0.00,,Cancelled',
]
const tillFlags = [
  ...['--map', 'order_ref=Receipt no,user=Customer,ordered_at=Date,price=Gross,line_discount=Discounts,status=Status'],
  ...['--line-total', '--guest', 'till', '--date-format', 'DD/MM/YYYY', '--skip', 'Kind=Refund'],
]
const receipts = [
  'Date,Receipt,Line Type,Customer,Quantity,Subtotal,Tax,Shipping,Sku,Status',
  '2026-02-03 10:00:00,1001,Sale,,3,20.00,2.00,,,CLOSED',
  '2026-02-03 10:00:00,1001,Line,,2,10.00,1.00,,CUP,CLOSED',
  '2026-02-03 10:00:00,1001,Line,,1,10.00,1.00,,POT,CLOSED',
  '2026-02-03 10:00:00,1001,Payment,,,,,4.90,,CLOSED',
]
const german = [
  'Auftrag;Kunde;Artikel;Menge;Preis;Datum;Stand',
  '1;10001;0815;2;1.234,50;3. Dez. 2025;Versendet',
  '1;10001;0816;1,00;4,00;3. Dez. 2025;Versendet',
  '2;10002;0815;1;1.234,50;4. Dez. 2025;Storniert',
]
const vouchers = [
  'number;email;article;price;quantity;amount;shipping',
  '2001;a@example.com;CUP;10.00;2;18.90;3.90',
  '2001;a@example.com;WELCOME;-5.00;1;18.90;3.90',
  '2002;b@example.com;WELCOME;-1.25;2;17.50;0',
  '2002;b@example.com;CUP;10.00;2;17.50;0',
]
const answer = JSON.stringify({
  total: 2,
  items: [
    {
      ...{ id: 'XJ1', email: 'a@example.com', total: 25.0, paymentStatus: 'PAID', shipping: { rate: 5 } },
      ...{ createDate: '2026-02-03 10:00:00 +0000', items: [{ sku: '00001', price: 10, quantity: 2 }] },
    },
    {
      ...{ id: 'XJ2', email: 'b@example.com', total: 9.5, paymentStatus: 'CANCELLED', created: 1_770_199_200 },
      ...{ createDate: '2026-02-04 10:00:00 +0000', items: [{ sku: '00002', price: 9.5, quantity: 1 }] },
    },
  ],
})

type Case = [what: string, name: string, rows: string[], flags: string[], orders: string[], summary: object]
const equal = { differing_totals: { orders: 0 }, unknown_statuses: [] }

describe('orders of a system without a preset', () => {
  it.each<Case>([
    [
      'a till: a status that is closed is no cancelled order, and its refunds are skipped',
      ...(['till.csv', till, tillFlags] as [string, string[], string[]]),
      ['2-1 confirmed 125.00 1×10221+6×98001 discount -9.88', '2-3 cancelled 15.00 1×10221'],
      { records_skipped: [{ reason: "Kind is 'Refund'", records: 1 }], unknown_statuses: ['Closed'] },
    ],
    [
      'the same with a meaning of its word',
      ...(['till.csv', till, [...tillFlags, '--status-words', 'delivered=closed']] as [string, string[], string[]]),
      ['2-1 delivered 125.00 1×10221+6×98001 discount -9.88', '2-3 cancelled 15.00 1×10221'],
      equal,
    ],
    [
      'lines between a row of the sale and one of its payment, whose shipping counts',
      'receipts.csv',
      receipts,
      [
        ...['--map', 'order_ref=Receipt,user=Customer,ordered_at=Date,price=Subtotal,line_tax=Tax,status=Status'],
        ...['--line-total', '--guest', 'till', '--skip', 'Line Type=Sale,Line Type=Payment'],
        ...['--status-words', 'delivered=Closed'],
      ],
      ['1001 delivered 26.90 2×CUP+1×POT tax 2.00 shipping 4.90'],
      equal,
    ],
    [
      'German words and months',
      'german.csv',
      german,
      [
        ...[
          '--map',
          'order_ref=Auftrag,user=Kunde,sku=Artikel,quantity=Menge,price=Preis,ordered_at=Datum,status=Stand',
        ],
        ...['--delimiter', ';', '--decimal-comma', '--date-format', 'D. MMM YYYY'],
        ...['--status-words', 'shipped=Versendet,cancelled=Storniert'],
      ],
      ['1 shipped 2473.00 2×0815+1×0816', '2 cancelled 1234.50 1×0815'],
      equal,
    ],
    [
      'vouchers as lines with a negative price',
      'vouchers.csv',
      vouchers,
      [
        ...['--map', 'order_ref=number,user=email,sku=article,reported_total=amount'],
        ...['--delimiter', ';', '--discount-lines'],
      ],
      ['2001 confirmed 18.90 2×CUP shipping 3.90 discount -5.00', '2002 confirmed 17.50 2×CUP discount -2.50'],
      {
        ...equal,
        records_noticed: [{ reason: 'line with a negative price, imported as a discount of its order', records: 2 }],
      },
    ],
    [
      'vouchers without a reference, above and below the other lines',
      'vouchers.csv',
      [
        'order_ref,user,sku,quantity,price,status',
        'A,ada,CUP,2,10,paid',
        ',,WELCOME,1,-3,',
        'B,bob,WELCOME,1,-1,paid',
        ',,CUP,1,10,',
        'C,cy,CUP,1,10,cancelled',
        ',,WELCOME,1,-2,',
      ],
      ['--map', 'status=status', '--discount-lines', '--skip-cancelled'],
      ['A confirmed 17.00 2×CUP discount -3.00', 'B confirmed 9.00 1×CUP discount -1.00'],
      {
        records_skipped: [{ reason: 'cancelled or refunded', records: 2 }],
        records_noticed: [{ reason: 'line with a negative price, imported as a discount of its order', records: 2 }],
      },
    ],
    [
      'vouchers with the total of the line, which no number of units divides',
      'totals.csv',
      ['order_ref,user,sku,quantity,price', 'A,ada,CUP,2,20', 'A,ada,WELCOME,3,-5.00', 'A,ada,MORE,,-1.005'],
      ['--discount-lines', '--line-total', '--round', 'half-up'],
      ['A confirmed 13.99 2×CUP discount -6.01'],
      { amounts_rounded: 1 },
    ],
    [
      'shipping on skipped rows, with and without a reference',
      'shipping.csv',
      [
        'order_ref,user,sku,quantity,price,shipping,Kind',
        'A,ada,CUP,1,10,,item',
        'A,,,,,4.90,post',
        'B,ada,CUP,1,10,,item',
        ',,,,,3.90,post',
        ',,,,,0.00,sum',
      ],
      ['--skip', 'Kind=post,Kind=sum'],
      ['A confirmed 14.90 1×CUP shipping 4.90', 'B confirmed 10.00 1×CUP'],
      { records_noticed: [{ reason: expect.stringContaining('skipped without a reference'), records: 1 }] },
    ],
    [
      'shipping on skipped rows, with --carry-down',
      'shipping.csv',
      ['order_ref,user,sku,quantity,price,shipping,Kind', 'B,ada,CUP,1,10,,item', ',,,,,3.90,post'],
      ['--skip', 'Kind=post', '--carry-down'],
      ['B confirmed 13.90 1×CUP shipping 3.90'],
      { records_noticed: [] },
    ],
    [
      'the answer of an interface, a list within an object',
      'answer.json',
      [answer],
      [
        '--map',
        'order_ref=id,user=email,sku=items[].sku,quantity=items[].quantity,price=items[].price,ordered_at=createDate,' +
          'status=paymentStatus,reported_total=total,shipping=shipping.rate',
      ],
      ['XJ1 confirmed 25.00 2×00001 shipping 5.00', 'XJ2 cancelled 9.50 1×00002'],
      equal,
    ],
    [
      'amounts in cents, times of Unix',
      'cents.json',
      [
        JSON.stringify({
          data: [
            {
              ...{ id: 'ch_1', email: 'a@example.com', created: 1_764_583_200, currency: 'eur', amount: 4388 },
              ...{ items: [{ sku: 'A', quantity: 2, unit_amount: 1999 }], shipping_cost: { amount_total: 390 } },
            },
          ],
          has_more: false,
        }),
      ],
      [
        '--map',
        'order_ref=id,user=email,ordered_at=created,sku=items[].sku,quantity=items[].quantity,' +
          'price=items[].unit_amount,shipping=shipping_cost.amount_total,reported_total=amount',
        ...['--cents', '--date-format', 'X'],
      ],
      ['ch_1 confirmed 43.88 2×A shipping 3.90'],
      equal,
    ],
    [
      'a title above the header, and a row of totals below the rows',
      'report.csv',
      ['Sales,,,,', 'November,,,,', 'Order Ref,User,SKU,Quantity,Price', 'T-1,ann,="0001",2,4.50', 'Total,,,2,9.00'],
      ['--skip', 'order_ref=Total'],
      ['T-1 confirmed 9.00 2×0001'],
      { ...equal, records_skipped: [{ reason: 'line above the header' }, { reason: "order_ref is 'Total'" }] },
    ],
  ])('%s', async (...[, name, rows, flags, orders, summary]) => {
    const path = saved(name, rows)
    const line = ['orders', 'import', path, ...flags, ...growing, '--json']
    for (const more of [['--dry-run'], []]) {
      const { exitCode, json } = await run([...line, ...more])
      expect([exitCode, json()]).toMatchObject([0, { orders_placed: orders.length, ...summary }])
    }
    expect(await importedOrders(database)).toEqual(orders)
    expect((await run(line)).json()).toMatchObject({ orders_placed: 0, orders_existing: orders.length })
    expect((await run(['db', 'check'])).exitCode).toBe(0)
  })

  it.each([
    ['without a reference', ',,y,5,3.00,'],
    ['with the reference', 'B,,y,5,3.00,'],
  ])('a cancelled order is skipped with its lines %s that leave the status empty', async (_what, line) => {
    const head = 'order_ref,user,sku,quantity,price,State'
    const path = saved('cancelled.csv', [
      head,
      'A,ada,x,1,10.00,Sale',
      'B,bob,x,1,10.00,Cancelled',
      line,
      ',cy,x,1,9.00,',
    ])
    const flags = ['--map', 'status=State', '--skip-cancelled', '--on-error', 'skip', ...growing, '--json']
    expect((await run(['orders', 'import', path, ...flags])).json()).toMatchObject({
      ...{ orders_placed: 1, orders_rejected: 1, lines_read: 2 },
      records_skipped: [{ reason: 'cancelled or refunded', records: 2 }],
    })
    expect(await importedOrders(database)).toEqual(['A confirmed 10.00 1×x'])
  })

  it('a line of another status is no part of a cancelled one, also if its word is unknown', async () => {
    const head = 'order_ref,user,sku,quantity,price,State'
    const path = saved('lines.csv', [head, 'A,ada,x,1,10.00,Cancelled', 'A,ada,y,1,3.00,Packed'])
    const { json } = await run([
      'orders',
      'import',
      path,
      '--map',
      'status=State',
      '--skip-cancelled',
      ...growing,
      '--json',
    ])
    expect(json()).toMatchObject({ orders_placed: 1, unknown_statuses: ['Packed'] })
    expect(await importedOrders(database)).toEqual(['A confirmed 3.00 1×y'])
  })

  it('lines without a reference below a skipped line belong to its order', async () => {
    const rows = ['order_ref,user,sku,quantity,price', 'A,ada,x,1,10.00', 'B,bob,z,1,1.00', ',,y,5,3.00']
    const line = ['orders', 'import', saved('below.csv', rows), '--skip', 'sku=z', ...growing, '--json']
    expect((await run(line)).json()).toMatchObject({ orders_placed: 2 })
    expect(await importedOrders(database)).toEqual(['A confirmed 10.00 1×x', 'B confirmed 15.00 5×y'])
  })

  it('a value of a skipped line counts only where no other line has it', async () => {
    const path = saved('skipped.csv', [
      'order_ref,user,sku,quantity,price,shipping,kind',
      'A,ada,,,,n/a,payment',
      'A,,x,1,5.00,1.00,item',
      'A,bob,,,,9.00,payment',
      'B,,y,1,5.00,,item',
      'B,bob,,,,n/a,payment',
    ])
    const flags = ['--skip', 'kind=payment', '--on-error', 'skip', ...growing, '--json']
    const rejects = join(folder, 'skipped-rejects.csv')
    const { exitCode } = await run(['orders', 'import', path, ...flags, '--rejects', rejects])
    expect(exitCode).toBe(7)
    expect(await importedOrders(database)).toEqual(['A confirmed 6.00 1×x shipping 1.00'])
    expect(readFileSync(rejects, 'utf8')).toMatch(
      /^B,bob,.*shipping must be an amount .*--null n\/a reads it as empty/m,
    )
  })

  it.each<[what: string, flags: string[], notes: number]>([
    ['in a file of another system', ['--map', 'order_ref=Ref'], 1],
    ['whose total proves it', ['--map', 'order_ref=Ref,reported_total=Total'], 0],
    ['of single lines', ['--map', 'order_ref=Ref,line_discount=Discount'], 0],
  ])('a discount on several lines %s', async (_what, flags, notes) => {
    const rows = ['Ref,User,SKU,Quantity,Price,Discount,Total', 'A,ada,x,1,5.00,1.00,9.00', 'A,ada,y,1,5.00,1.00,9.00']
    const { exitCode, stderr } = await run(['orders', 'import', saved('discount.csv', rows), ...flags, ...growing])
    expect(exitCode).toBe(0)
    const note =
      "order 'A', line 2: its discount of 1.00 is on several lines, and counts once; if each line has its own"
    expect(stderr.split(note).length - 1).toBe(notes)
    expect(await importedOrders(database)).toEqual([
      `A confirmed ${flags[1]?.includes('line_') === true ? '8.00' : '9.00'} 1×x+1×y discount ` +
        (flags[1]?.includes('line_') === true ? '-2.00' : '-1.00'),
    ])
  })

  it('a total that is rounded to a price is reported', async () => {
    const path = saved('rounded.csv', ['order_ref,user,sku,quantity,price', 'A,ada,x,3,3.50', 'A,ada,y,3,9.00'])
    const { json } = await run(['orders', 'import', path, '--line-total', '--round', 'half-up', ...growing, '--json'])
    expect(json()).toMatchObject({ amounts_rounded: 1, revenue: '12.51' })
  })

  it.each<[what: string, rows: string[], flags: string[], fault: string]>([
    [
      'a return',
      ['order_ref,user,sku,quantity,price', 'A,ada,x,-1,2'],
      [],
      "quantity must be a whole number from 1 to 2147483647, not '-1'; --skip quantity=- omits such lines",
    ],
    [
      'a voucher',
      ['order_ref,user,sku,quantity,price', 'A,ada,x,1,"-2,00"'],
      ['--decimal-comma'],
      "price must be an amount such as 19.90, not '-2.00'; --discount-lines makes it a discount of its order",
    ],
    [
      'a voucher with a fraction of a cent',
      ['order_ref,user,sku,quantity,price', 'A,ada,x,1,3', 'A,ada,y,2,-1.005'],
      ['--discount-lines', '--line-total'],
      ", line 3: price must have at most two decimals, not '1.005': money is never rounded; --decimal-comma reads it " +
        'as 1005.00, --round half-up as 1.01 ',
    ],
    [
      'an order of vouchers',
      ['order_ref,user,sku,quantity,price', 'A,ada,x,1,-2'],
      ['--discount-lines'],
      'the order has only discounts',
    ],
    [
      'a row of totals',
      ['order_ref,user,sku,quantity,price', 'A,ada,x,1,2', 'Grand total,ada,,1,2'],
      [],
      "'Grand total' seems to be the total of the file: delete the line, or add --skip order_ref='Grand total'",
    ],
    [
      'a column to skip by',
      ['order_ref,user,sku,quantity,Kind', 'A,ada,x,1,y'],
      ['--skip', 'Knd=y'],
      'no column "Knd"',
    ],
    ['no text to skip by', ['order_ref,user,sku,quantity'], ['--skip', 'Kind'], "--skip: 'Kind' is no column=text"],
    [
      'a word without a status',
      ['order_ref,user,sku,quantity'],
      ['--status-words', 'deliverd=Closed'],
      "--status-words: unknown status 'deliverd'; did you mean delivered?",
    ],
  ])('%s is refused with the way out', async (_what, rows, flags, fault) => {
    const { exitCode, error } = await run(['orders', 'import', saved('in.csv', rows), ...flags, ...growing, '--json'])
    expect([exitCode, `${error.message} ${error.faults?.join(' ') ?? ''}`]).toEqual([2, expect.stringContaining(fault)])
  })

  it('the rejects have the skipped lines of their order in its place, and import by the same command', async () => {
    const path = saved(
      'receipts.csv',
      receipts.map((row) => row.replace('Line,,1,10.00', 'Line,,1,ten')),
    )
    const rejects = join(folder, 'rejects.csv')
    const flags = [
      ...['--map', 'order_ref=Receipt,user=Customer,price=Subtotal,line_tax=Tax', '--guest', 'till', '--line-total'],
      ...['--status-words', 'confirmed=Closed'],
      ...['--skip', 'Line Type=Sale,Line Type=Payment', ...growing, '--on-error', 'skip', '--json'],
    ]
    expect((await run(['orders', 'import', path, ...flags, '--rejects', rejects])).exitCode).toBe(7)
    const text = readFileSync(rejects, 'utf8')
    expect(text.split('\n').map((line) => line.split(',')[2])).toEqual([
      'Line Type',
      'Sale',
      'Line',
      'Line',
      'Payment',
      undefined,
    ])
    writeFileSync(rejects, text.replace(',ten,', ',10.00,'))
    expect((await run(['orders', 'import', rejects, ...flags])).json()).toMatchObject({
      orders_placed: 1,
      lines_read: 2,
    })
    expect(await importedOrders(database)).toEqual(['1001 confirmed 26.90 2×CUP+1×POT tax 2.00 shipping 4.90'])
  })
})

describe('import guess', () => {
  it('takes the flags of the imports, and its command has them', async () => {
    const path = saved('guess.csv', german)
    const map = 'order_ref=Auftrag,user=Kunde,sku=Artikel,quantity=Menge,price=Preis,ordered_at=Datum'
    const flags = ['--map', map, '--decimal-comma', '--date-format', 'D. MMM YYYY', '--skip', 'Stand=Storniert']
    const { exitCode, json } = await run(['import', 'guess', path, ...flags, '--json'])
    expect([exitCode, json()]).toMatchObject([
      0,
      {
        command:
          `dbtool orders import ${path} --delimiter ';' --map '${map}' --date-format 'D. MMM YYYY' --decimal-comma ` +
          '--skip Stand=Storniert',
        first: [{ name: '1', contents: expect.stringContaining('2 × 0815 at 1234.50'), fault: null }],
      },
    ])
  })

  it('reads a file of another encoding, as its hint says', async () => {
    const path = join(folder, 'latin.csv')
    writeFileSync(path, Buffer.from('sku;name;price\nA;L\xf6ffel;4.00\n', 'latin1'))
    const { error } = await run(['import', 'guess', path, '--json'])
    expect(error.hint).toContain('--encoding windows-1252')
    const { json } = await run(['import', 'guess', path, '--encoding', 'windows-1252', '--json'])
    expect(json()).toMatchObject({
      command: `dbtool products import ${path} --delimiter ';' --encoding windows-1252`,
      first: [{ contents: expect.stringContaining('Löffel') }],
    })
  })

  it.each([
    ['orders of a CSV file', 'number;email;articleNumber;price;quantity\n1;a@example.com;A;2;1\n'],
    ['orders of JSON', '{"orders":[{"id":1,"email":"a@example.com","line_items":[{"sku":"A","quantity":1}]}]}'],
    ['products with a contact', 'sku,stock_level,price,email\nA,1,2,a@example.com\n'],
  ])('takes no list of users for %s', async (_what, content) => {
    const path = join(folder, 'no-users.csv')
    writeFileSync(path, content)
    const { exitCode, error } = await run(['import', 'guess', path, '--json'])
    expect([exitCode, error.hint]).toEqual([2, expect.stringContaining('--map order_ref=…,user=…')])
  })

  it('takes the names of columns as the imports do', async () => {
    const path = saved('names.csv', ['Order Ref,User,SKU,Quantity,Price', 'T-1,ann,A,2,4.50'])
    expect((await run(['import', 'guess', path, '--json'])).json()).toMatchObject({
      command: `dbtool orders import ${path}`,
    })
    expect((await run(['orders', 'import', path, '--preset', 'auto', ...growing, '--json'])).json()).toMatchObject({
      orders_placed: 1,
    })
  })

  it.each([['--discount-lines'], ['--status-words', 'shipped=Weg'], ['--sku-from', 'name']])(
    'refuses %s for products, whose import does not know it',
    async (...flags) => {
      const path = saved('products.csv', ['sku,name,price', 'A,Cup,4.50'])
      const { exitCode, error } = await run(['import', 'guess', path, ...flags, '--json'])
      expect([exitCode, error.message]).toEqual([
        2,
        `${flags[0]} is a flag of orders import, and the file has products`,
      ])
    },
  )

  it('names a field of no import', async () => {
    const { error } = await run(['import', 'guess', saved('in.csv', german), '--map', 'order_re=Auftrag', '--json'])
    expect(error.message).toContain('unknown field "order_re"; did you mean order_ref?')
  })
})
