import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['order_items', 'orders', 'products', 'users', 'logs'])
    await database.connection.execute(`DELETE FROM ${table}`)
})

const run = (line: string): Promise<Outcome> => dbtool(line, { database: database.name, cwd: process.cwd() })
const lines = (...rows: string[]): string => rows.map((row) => `${row}\n`).join('')
function saved(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const growing = '--create-missing --initial-stock 100 --concurrency 1'
const own = 'order_ref,user,sku,quantity,price,product_name,ordered_at'
const orders = () =>
  database.connection.rows(
    `SELECT
        o.idempotency_key AS ref,
        u.email,
        CAST(o.created_at AS CHAR) AS at,
        o.total_amount AS total,
        GROUP_CONCAT(CONCAT(i.quantity, ' ', p.sku, ' ', i.price) ORDER BY p.sku SEPARATOR ', ') AS items
      FROM orders o
        JOIN users u ON u.id = o.user_id
        JOIN order_items i ON i.order_id = o.id
        JOIN products p ON p.id = i.product_id
      GROUP BY o.id
      ORDER BY o.id`,
  )
const products = () => database.connection.rows('SELECT sku, name, price, stock, is_active FROM products ORDER BY id')

describe('a file of Shopify', () => {
  const file = lines(
    'Name,Email,Financial Status,Fulfillment Status,Currency,Shipping,Taxes,Discount Amount,Created at,' +
      'Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at,Tags',
    '#71,ana@example.com,paid,,EUR,4.90,5.10,1.00,2026-02-01 09:30:00 +0100,2,Jug - Blue,10.00,JUG,,vip',
    '#71,,,,,,,,,1,Soap,11.00,,,',
    '#72,bo@example.com,refunded,,EUR,0.00,0.00,0.00,2026-02-01 10:00:00 +0100,1,Soap,9.00,,,',
    '#73,bo@example.com,paid,,EUR,0.00,0.00,0.00,2026-02-03 10:00:00 +0100,3,Soap,11.00,,,',
  )
  const placed = [
    {
      ...{ ref: 'import:#71', email: 'ana@example.com', at: '2026-02-01 08:30:00', total: '34.90' },
      items: '2 JUG 10.00, 1 Soap 11.00',
    },
    { ref: 'import:#73', email: 'bo@example.com', at: '2026-02-03 09:00:00', total: '33.00', items: '3 Soap 11.00' },
  ]

  it('is placed, and all that is not imported is reported', async () => {
    const path = saved('shopify.csv', file)
    const { exitCode, json } = await run(`orders import ${path} --preset shopify --skip-cancelled ${growing} --json`)
    expect([exitCode, json()]).toMatchObject([
      0,
      {
        ...{ orders_placed: 2, lines_read: 3, units: 6, revenue: '67.90' },
        columns_ignored: [{ column: 'Tags', meant: null }],
        records_skipped: [{ reason: 'cancelled or refunded', records: 1 }],
        amounts_not_imported: [{ kind: 'tax', amount: '5.10', orders: 1 }],
      },
    ])
    expect(await orders()).toEqual(placed)
    expect(await products()).toMatchObject([
      { sku: 'JUG', name: 'Jug - Blue', stock: 98 },
      { sku: 'Soap', name: 'Soap', stock: 96 },
    ])
    expect((await run('db check')).exitCode).toBe(0)
  })

  it('tells a person the same on stderr, and places nothing twice', async () => {
    const path = saved('shopify.csv', file)
    await run(`orders import ${path} --preset shopify --skip-cancelled ${growing}`)
    const { stderr, stdout } = await run(`orders import ${path} --preset auto --skip-cancelled ${growing}`)
    expect(stderr.split('\n')).toEqual([
      'preset: shopify',
      'ignored column: "Tags"',
      'skipped 1 record: cancelled or refunded',
      'not imported: tax 5.10 of 1 order',
      '',
    ])
    expect(stdout).toMatch(/orders_existing +2/)
    expect(await orders()).toEqual(placed)
  })

  it('is recognized, and its first orders are shown, without any change', async () => {
    const path = saved('shopify.csv', file)
    const { exitCode, json } = await dbtool(`import guess ${path} --json`)
    expect([exitCode, json()]).toMatchObject([
      0,
      {
        ...{ format: 'csv', preset: 'shopify', system: 'Shopify' },
        command: `dbtool orders import ${path} --preset shopify`,
        first: [
          {
            name: '#71',
            contents:
              'ana@example.com, 2026-02-01T08:30:00Z, confirmed, 2 × JUG at 10.00, 1 × Soap at 11.00, total 31.00, ' +
              'shipping 4.90, discount -1.00',
            fault: null,
          },
          { name: '#72', contents: expect.stringContaining('cancelled'), fault: null },
          { name: '#73', fault: null },
        ],
        records_skipped: [],
      },
    ])
  })

  it('of products', async () => {
    const path = saved(
      'shopify-products.csv',
      lines(
        'Handle,Title,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Image Src,Status',
        'jug,Jug,Blue,JUG-B,4,10.00,a.png,active',
        'jug,,Red,JUG-R,2,11.50,b.png,',
        'jug,,,,,,c.png,',
        'card,Card,20,CARD-20,0,20.00,,draft',
      ),
    )
    const { json, exitCode } = await run(`products import ${path} --preset shopify --json`)
    expect([exitCode, json()]).toMatchObject([
      0,
      {
        created: 3,
        records_skipped: [{ reason: 'image row', records: 1 }],
        columns_ignored: [{ column: 'Image Src' }],
      },
    ])
    expect(await products()).toEqual([
      { sku: 'JUG-B', name: 'Jug - Blue', price: '10.00', stock: 4, is_active: 1 },
      { sku: 'JUG-R', name: 'Jug - Red', price: '11.50', stock: 2, is_active: 1 },
      { sku: 'CARD-20', name: 'Card - 20', price: '20.00', stock: 0, is_active: 0 },
    ])
  })
})

describe('columns', () => {
  it.each([
    ['products', 'SKU,name,price,Stock,Description\nT-9,Tea,4.50,12,Green\n', ['sku', 'stock', 'description']],
    ['users', 'username,email,Is_Active,First Name\nkim_9,kim@example.com,no,Kim\n', ['is_active', 'first_name']],
  ])('of %s that differ by case, spaces or underscores are read', async (noun, content, fields) => {
    const { exitCode, json } = await run(`${noun} import ${saved('case.csv', content)} --json`)
    expect([exitCode, json()]).toMatchObject([0, { created: 1, columns_ignored: [] }])
    const [row] = await database.connection.rows<Record<string, unknown>>(`SELECT ${fields.join()} FROM ${noun}`)
    expect(Object.values(row ?? {})).toEqual(noun === 'products' ? ['T-9', 12, 'Green'] : [0, 'Kim'])
  })

  it('of orders too: the price of the file counts', async () => {
    const path = saved('case.csv', 'order_ref,user,sku,quantity,Price\nH1,kim@example.com,TEA,1,2.00\n')
    expect((await run(`orders import ${path} ${growing} --json`)).json()).toMatchObject({ revenue: '2.00' })
  })

  it('that nobody reads are named, also when the import fails', async () => {
    const path = saved('other.csv', 'name,price,Colour,Stok\nTea,4.50,green,7\n')
    const warned = [
      'ignored column: "Colour"',
      'warning: column "Stok" is ignored; if it is stock, add --map stock="Stok"',
    ]
    expect((await run(`products import ${path}`)).stderr.split('\n').slice(0, 2)).toEqual(warned)
    writeFileSync(path, 'name,price,Colour,Stok\nTea,x,green,7\n')
    expect((await run(`products import ${path}`)).stderr.split('\n').slice(0, 3)).toEqual([
      ...warned,
      expect.stringMatching(/^error: .*price must be an amount/),
    ])
    writeFileSync(path, '{"name":"Tea","price":"4.50","Stok":7}\n')
    expect((await run(`products import ${path} --json`)).json()).toMatchObject({
      columns_ignored: [{ column: 'Stok', meant: 'stock' }],
    })
  })
})

describe('a file of another system', () => {
  it('WooCommerce: six decimals are refused with the way out, and rounded when asked', async () => {
    const path = saved(
      'woo.csv',
      lines(
        'Order Number,Order Status,Order Date,Email (Billing),SKU,Item Name,Quantity (- Refund),Item Cost',
        '31,Completed,2026-02-01 10:00,ana@example.com,TEE,"Tee ""Red""",2,15.99',
        '31,Completed,2026-02-01 10:00,ana@example.com,,Badge,1,0',
        '32,Processing,2026-02-02 11:30,bo@example.com,CAP,Cap,1,16.528926',
      ),
    )
    const { exitCode, error } = await run(`orders import ${path} --preset woocommerce ${growing} --json`)
    expect([exitCode, error.message]).toEqual([
      2,
      expect.stringMatching(/line 4: price .* not '16\.528926': .*; --round half-up reads it as 16\.53$/),
    ])
    expect(await orders()).toEqual([])
    const { stderr } = await run(`orders import ${path} --preset woocommerce --round half-up ${growing}`)
    expect(stderr).toBe('1 amount rounded to cents\n')
    expect(await orders()).toMatchObject([
      { items: '1 Badge 0.00, 2 TEE 15.99' },
      { at: '2026-02-02 11:30:00', items: '1 CAP 16.53' },
    ])
  })

  it('Amazon: quotes are text, the price is that of the line, and buyers may be missing', async () => {
    const row = (...cells: string[]): string => cells.join('\t')
    const path = saved(
      'amazon.tsv',
      lines(
        row(
          'amazon-order-id',
          'purchase-date',
          'order-status',
          'product-name',
          'sku',
          'quantity',
          'item-price',
          'buyer-email',
        ),
        row('1-1', '2026-04-10T09:15:00+00:00', 'Shipped', 'Shelf 90" wide', 'SHELF', '1', '89.90', ''),
        row('1-2', '2026-04-11T14:42:00+00:00', 'Cancelled', 'Peg', 'PEG', '0', '', ''),
        row('1-1', '2026-04-10T09:15:00+00:00', 'Shipped', 'Peg', 'PEG', '3', '4.50', ''),
      ),
    )
    const flags = `--preset amazon --default user=guest@example.com ${growing}`
    expect((await run(`orders import ${path} ${flags} --json`)).json()).toMatchObject({
      orders_placed: 1,
      revenue: '94.40',
      records_skipped: [{ reason: 'quantity 0', records: 1 }],
    })
    expect(await products()).toMatchObject([{ name: 'Shelf 90" wide' }, { sku: 'PEG', price: '1.50' }])
  })

  it.each([
    ['one object per line', 'api.ndjson', (all: object[]) => all.map((one) => JSON.stringify(one)).join('\n')],
    ['a JSON list', 'api.json', (all: object[]) => JSON.stringify(all, null, 2)],
    ['a compressed list', 'api.json.gz', (all: object[]) => gzipSync(JSON.stringify(all))],
  ])('the API of WooCommerce, as %s; by a map too', async (_, name, write) => {
    const order = (number: string, status: string): object => ({
      ...{ id: Number(number), number, status, date_created: '2026-03-22T16:28:02' },
      billing: { email: 'kim@example.com' },
      line_items: [
        { id: 1, name: 'Cap', sku: 'CAP', quantity: 2, price: 15.99 },
        { id: 2, name: 'Tee', sku: 'TEE', quantity: 1, price: 8 },
      ],
    })
    const path = saved(name, write([order('727', 'processing'), order('728', 'cancelled')]))
    expect(
      (await run(`orders import ${path} --preset woocommerce-api --skip-cancelled ${growing} --json`)).json(),
    ).toMatchObject({
      orders_placed: 1,
      lines_placed: 2,
      revenue: '39.98',
      records_skipped: [{ reason: 'cancelled or refunded', records: 2 }],
    })
    const map =
      'order_ref=number,user=billing.email,sku=line_items[].sku,quantity=line_items[].quantity,' +
      'price=line_items[].price,ordered_at=date_created,status=status'
    expect((await run(`orders import ${path} --map ${map} --skip-cancelled --json`)).json()).toMatchObject({
      orders_existing: 1,
    })
  })
})

describe('a file of a spreadsheet', () => {
  const europe = lines(
    'sep=;',
    own.replaceAll(',', ';'),
    'X1;kim@example.com;TEA;1;4,50;Tea;31.01.2026 14:30',
    'X2;lee@example.com;TEA;2;1.004,50;Tea;01.02.2026 09:05',
  )

  it('names the flags that read it, and is read with them', async () => {
    const path = saved('europe.csv', europe)
    const { exitCode, error } = await run(`orders import ${path} ${growing} --json`)
    expect([exitCode, error.faults?.length]).toEqual([2, 2])
    expect(error.faults?.[0]).toContain('--decimal-comma reads it')
    expect(error.faults?.[0]).toContain('--date-format DD.MM.YYYY reads it')
    const flags = '--decimal-comma --date-format DD.MM.YYYY --time-zone Europe/Berlin'
    expect((await run(`orders import ${path} ${flags} ${growing} --json`)).json()).toMatchObject({ orders_placed: 2 })
    expect(await orders()).toMatchObject([
      { at: '2026-01-31 13:30:00', total: '4.50' },
      { at: '2026-02-01 08:05:00', total: '2009.00' },
    ])
  })

  it.each([
    ['windows-1252', Buffer.from('name,price\nCaf\xe9,1.00\n', 'latin1'), '--encoding windows-1252'],
    ['UTF-16 with a mark', Buffer.from('\uFEFFname\tprice\nCafé\t1.00\n', 'utf16le'), '--delimiter tab'],
    ['gzip', gzipSync('name,price\nCafé,1.00\n'), ''],
  ])('%s', async (_, bytes, flags) => {
    expect(await run(`products import ${saved('in.csv', bytes)} ${flags} --json`)).toMatchObject({ exitCode: 0 })
    expect(await products()).toMatchObject([{ name: 'Café' }])
  })

  // The fixtures are exports of dbtool that LibreOffice 7.4 opened with German settings, saved as a spreadsheet, and
  // saved again as text.
  it('written by LibreOffice: products', async () => {
    const flags = '--delimiter ; --decimal-comma --encoding windows-1252'
    const { exitCode, json } = await run(`products import test/fixtures/spreadsheet-products.csv ${flags} --json`)
    expect([exitCode, json()]).toMatchObject([0, { created: 3, columns_ignored: [] }])
    expect(await database.connection.rows('SELECT sku, name, price, description FROM products ORDER BY id')).toEqual([
      { sku: 'TEA-1', name: 'Grüner Tee', price: '4.50', description: null },
      { sku: 'POT-1', name: 'Kanne, Eisen', price: '1048.90', description: 'schwer\nund schwarz' },
      { sku: '=1+1', name: '6" Rohr; schwarz', price: '0.05', description: '-5 %' },
    ])
  })

  it('written by LibreOffice: order lines as Unicode text, with tabs', async () => {
    const flags = `--delimiter tab --decimal-comma --time-zone Europe/Berlin ${growing}`
    await run(`orders import test/fixtures/spreadsheet-orders.txt ${flags}`)
    expect(await orders()).toMatchObject([
      { ref: 'import:A1', at: '2026-01-31 13:30:00', total: '1013.50', items: '1 POT 1004.50, 2 TEA 4.50' },
      { ref: 'import:A2', at: '2026-02-01 08:05:00', total: '4.50' },
    ])
  })

  it('exact values are values, and only the other price is refused', async () => {
    const path = saved(
      'exact.csv',
      lines('sku,name,price,stock', 'A,Mug,9.5000,40.0000', 'B,Pot,45.000000,0.0', 'C,Cup,1.005,1'),
    )
    const { error } = await run(`products import ${path} --json`)
    expect(error.message).toMatch(/line 4: price must have at most two decimals, not '1\.005'/)
    await run(`products import ${path} --on-error skip`)
    expect(await products()).toMatchObject([
      { sku: 'A', price: '9.50', stock: 40 },
      { sku: 'B', price: '45.00', stock: 0 },
    ])
  })
})

describe('rejects can be corrected and imported by the same command', () => {
  const bad = Buffer.from('name;price;Farbe\nCaf\xe9;x;rot\nTee;"2,00";gr\xfcn\n', 'latin1')
  it.each<[string, string, Buffer | string, string]>([
    ['another encoding', 'in.csv', bad, '--encoding windows-1252 --delimiter ; --decimal-comma'],
    ['a line that names its separator', 'in.csv', 'sep=;\nname;price\nCafé;x\nTee;2.00\n', ''],
    ['no quoting', 'in.csv', 'name,price\nCafé,x\nTee 9",2.00\n', '--quote none'],
    ['TSV', 'in.tsv', 'name\tprice\nCafé\\\\\tx\nTee\t2.00\n', ''],
    ['a JSON list', 'in.json', '[{"name":"Café",\n "price":"x"},\n{"name":"Tee","price":2}]', ''],
  ])('%s', async (_, name, content, flags) => {
    const [path, rejects] = [saved(name, content), join(folder, `rejects-${name}`.replace('.json', '.ndjson'))]
    const again = join(folder, 'again.txt')
    for (const earlier of [rejects, again]) rmSync(earlier, { force: true })
    const first = await run(`products import ${path} ${flags} --on-error skip --rejects ${rejects} --json`)
    expect([first.exitCode, first.json()]).toMatchObject([7, { created: 1, rejected: 1 }])
    const text = readFileSync(rejects, 'utf8')
    const corrected = text.replace(/([;,\t]|"price":")x/, '$11')
    expect(corrected).not.toBe(text)
    writeFileSync(rejects, corrected)
    const second = await run(`products import ${rejects} ${flags} --on-error skip --rejects ${again} --json`)
    expect([second.exitCode, second.json()]).toMatchObject([0, { created: 1, rejected: 0 }])
    expect(second.json()['columns_ignored']).toEqual(first.json()['columns_ignored'])
    expect(await products()).toMatchObject([{ price: '2.00' }, { name: expect.stringMatching(/^Café/), price: '1.00' }])
    await database.connection.execute('DELETE FROM products')
  })

  it('a stray quote is the fault of its row, and of its order', async () => {
    const path = saved(
      'stray.csv',
      lines(
        own,
        'A,ada,TEA,1,1.00,Tea,',
        'B,bob,PIPE,1,1.00,Pipe 6" wide,',
        'B,bob,TEA,1,1.00,Tea,',
        'C,cy,TEA,1,1.00,Tea,',
      ),
    )
    const { exitCode, stderr } = await run(`orders import ${path} ${growing} --on-error skip`)
    expect(exitCode).toBe(7)
    expect(stderr).toMatch(/^rejected: order 'B', line 3: a quote in the middle of a cell without quotes/)
    expect(await orders()).toMatchObject([{ ref: 'import:A' }, { ref: 'import:C' }])
  })
})

it('--preset help lists the presets, without a file', async () => {
  const { exitCode, json } = await dbtool('orders import --preset help --json')
  expect([exitCode, json<{ preset: string }[]>().map(({ preset }) => preset)]).toEqual([
    0,
    [
      'amazon',
      'ebay',
      'etsy',
      'magento',
      'prestashop',
      'shopify',
      'square',
      'squarespace',
      'wix',
      'woocommerce',
      'woocommerce-api',
      'woocommerce-lines',
    ],
  ])
})

it.each([
  ['--preset shopfy', 'must be one of', 'did you mean shopify'],
  ['--time-zone Berlin', '--time-zone must be a time zone such as Europe/Berlin', ''],
  ['--date-format HH:mm', '--date-format must have a year, a month and a day', ''],
  ['--map user=a[].b[].c', 'several lists', ''],
])('%s is refused', async (flag, message, more) => {
  const path = saved('in.ndjson', '{"order_ref":"A"}\n')
  const { exitCode, error } = await run(`orders import ${path} ${flag} --json`)
  expect([exitCode, error.code]).toEqual([2, 'USAGE'])
  expect(error.message).toContain(message)
  expect(error.message).toContain(more)
})
