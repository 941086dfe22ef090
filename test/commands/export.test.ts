import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { InvalidValue } from '../../src/errors.ts'
import { parseDescription, parseKey, parsePersonName, parseProductName, parseSku } from '../../src/shop/rules.ts'
import { binary, environment } from '../support/binary.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { anyText, nasty } from '../support/nasty.ts'
import { smallShop } from '../support/shop.ts'

const folder = temporaryFolder()
const shop = testDatabase()
const elsewhere = testDatabase()
beforeAll(() => smallShop(shop.name))

const run = (line: string, { name: database }: TestDatabase = shop): Promise<Outcome> => dbtool(line, { database })
const empty = async ({ connection }: TestDatabase): Promise<void> => {
  for (const table of ['order_items', 'orders', 'products', 'users', 'logs'])
    await connection.execute(`DELETE FROM ${table}`)
}
function saved(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('an export', () => {
  it('is CSV unless something else is asked for, with the columns of the import', async () => {
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const { stdout, stderr, exitCode } = await run('users export')
    expect([exitCode, stderr]).toEqual([0, ''])
    const [head, ada, bob] = stdout.split('\n')
    expect(head).toBe('username,email,first_name,last_name,is_active,is_admin,created_at,last_login')
    expect(ada).toMatch(/^ada,ada@example\.com,Ada,,true,false,[^,]+Z,$/)
    expect(bob).toMatch(/^bob,bob@example\.com,,,true,true,[^,]+Z,$/)
    expect((await run('products export --json')).json()).toEqual([
      { sku: 'TEA-1', name: 'Green tea', price: '4.50', description: null, stock: 98, is_active: true, created_at: at },
      { sku: 'POT-1', name: 'Teapot', price: '48.90', description: null, stock: 2, is_active: true, created_at: at },
    ])
    expect(
      (await run('orders export --format ndjson')).stdout
        .split('\n')
        .slice(0, 1)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        order_ref: 'basket-1',
        user: 'ada@example.com',
        sku: 'TEA-1',
        quantity: 2,
        price: '4.50',
        product_name: 'Green tea',
        ordered_at: at,
        status: 'confirmed',
        shipping: null,
        discount: null,
        tax: null,
      },
    ])
  })

  it.each([
    ['users export --format count', '2\n'],
    ['users export --format ids', '1\n2\n'],
    ['users export --search bob --format count', '1\n'],
    ['users export --inactive --format count', '0\n'],
    ['products export --format ids', '1\n2\n'],
    ['products export --active --search pot --format ids', '2\n'],
    ['products list --search pot-1 --format ids', '2\n'],
    ['products export --inactive --json', '[]\n'],
    ['orders export --format count', '2\n'],
    ['orders export --format ids', '1\n1\n'],
    ['orders export --user bob --format count', '0\n'],
    ['orders export --status shipped --format count', '0\n'],
    ['orders export --user ada --since 1d --status confirmed --format count', '2\n'],
    ['orders export --until 1d --format count', '0\n'],
  ])('dbtool %s', async (line, stdout) => expect(await run(line)).toMatchObject({ exitCode: 0, stdout, stderr: '' }))

  it.each(['users', 'products', 'orders'])(
    '%s: is a table too, and blocks where a terminal is narrow',
    async (noun) => {
      const rows = (await run(`${noun} export --format count`)).stdout.trim()
      expect((await run(`${noun} export --format table`)).stdout.split('\n')).toHaveLength(Number(rows) + 5)
      expect((await run(`${noun} export --format markdown`)).stdout.split('\n')).toHaveLength(Number(rows) + 3)
      const narrow = await dbtool(`${noun} export --format table`, { database: shop.name, columns: 20 })
      expect(narrow.stdout).toBe(
        (await dbtool(`${noun} export --format vertical`, { database: shop.name, columns: 20 })).stdout,
      )
    },
  )

  it('is CSV for a spreadsheet when asked, and only CSV', async () => {
    const flags = '--bom --crlf --decimal-comma --fields sku,name,price,stock'
    const { stdout } = await run(`products export ${flags} --delimiter ;`)
    expect(stdout).toBe('\uFEFFsku;name;price;stock\r\nTEA-1;Green tea;4,50;98\r\nPOT-1;Teapot;48,90;2\r\n')
    expect((await run(`products export ${flags}`)).stdout).toContain('TEA-1,Green tea,"4,50",98\r\n')
    for (const flag of ['--format json', '-o products.tsv', '--field sku'])
      expect(await run(`products export --bom ${flag} --json`.replace('--format json --json', '--json'))).toMatchObject(
        {
          exitCode: 2,
          error: { code: 'USAGE' },
        },
      )
    expect(await run('products export --delimiter ;; --json')).toMatchObject({ exitCode: 2, error: { code: 'USAGE' } })
  })

  it('names no hash unless it is asked for', async () => {
    expect((await run('users export --json')).stdout).not.toMatch(/\$2|password/)
    expect((await run('users export --with-password-hashes')).stdout).toMatch(/^ada,.*,\$2[aby]\$12\$\S{53}$/m)
  })

  it('of nobody is an error, before anything is written', async () => {
    expect(await run('orders export --user nobody')).toMatchObject({ exitCode: 5, stdout: '' })
  })

  it('| head is quiet, of any length', async () => {
    const { connection } = elsewhere
    await connection.execute(
      "INSERT INTO products (sku, name, price) SELECT CONCAT('P-', seq), REPEAT('x', 200), 1 FROM seq_1_to_20000",
    )
    const script = '{ "$0" "$1" products export | head -2; exit "${PIPESTATUS[0]}"; } 2>&1'
    const stdout = execFileSync('bash', ['--norc', '-c', script, process.execPath, binary], {
      env: environment(elsewhere.name),
      encoding: 'utf8',
    })
    expect(stdout).toMatch(/^sku,name,.*\nP-1,x+,1\.00,,0,true,[^\n]+\n$/)
    await empty(elsewhere)
  })

  it('has every row once, over all its pages, as it was at one instant', async () => {
    const { connection } = elsewhere
    await connection.execute(
      "INSERT INTO products (id, sku, name, price) SELECT seq * 3, CONCAT('P-', seq), 'x', 1 FROM seq_1_to_12345",
    )
    const ids = (await run('products export --format ids', elsewhere)).stdout.trimEnd().split('\n').map(Number)
    expect(ids).toEqual(Array.from({ length: 12_345 }, (_, index) => (index + 1) * 3))
    await empty(elsewhere)
  })
})

describe('what was exported can be imported', () => {
  const contents = (database: TestDatabase, table: string): Promise<unknown[]> => {
    const columns =
      {
        users: 'username, email, first_name, last_name, is_active, is_admin, password_hash, created_at, last_login',
        products: 'sku, name, price, description, stock, stock_received, is_active, created_at',
      }[table] ?? ''
    return database.connection.rows(`SELECT ${columns} FROM ${table} ORDER BY id`)
  }
  /** The format, and the flags of the export and of the import. */
  const ways = [
    ['csv', '', ''],
    ['csv', '--raw', '--raw'],
    ['csv', '--bom --crlf --delimiter ; --decimal-comma', '--delimiter ; --decimal-comma'],
    ['csv', '--decimal-comma', '--decimal-comma'],
    ['tsv', '', ''],
    ['tsv', '--raw', '--raw --input-format tsv'],
    ['ndjson', '', ''],
    ['json', '', ''],
  ] as const

  /** A text such as NULL is read as it is, and told: other programs write an empty cell so. */
  const nullNotice = /^(?:warning: \d+ cells? with the text \S+; if they are empty, add --null \S+\n)+$/

  async function comesBack(noun: 'users' | 'products'): Promise<void> {
    const before = await contents(shop, noun)
    for (const [format, written, read] of ways) {
      await empty(elsewhere)
      const { stdout } = await run(
        `${noun} export ${written} --format ${format} ${noun === 'users' ? '--with-password-hashes' : ''}`,
      )
      const rights = noun === 'users' ? '--with-admins --with-password-hashes' : ''
      const file = saved(`back.${format}`, stdout)
      const { exitCode, stderr } = await run(`${noun} import ${file} ${read} ${rights}`, elsewhere)
      expect([exitCode, stderr.replace(nullNotice, '')]).toEqual([0, ''])
      expect(await contents(elsewhere, noun)).toEqual(before)
      // Once more, where it came from: nothing is different.
      const skuless = (before as { sku?: string | null }[]).filter(({ sku }) => sku === null).length
      if (skuless === 0)
        expect(
          (await run(`${noun} import ${join(folder, `back.${format}`)} ${read} --on-conflict update --json`)).json(),
        ).toMatchObject({ unchanged: before.length, updated: 0, created: 0 })
    }
  }

  /** As the rule would have it, or undefined if it would not. */
  const kept = (rule: (text: string) => string, text: string): string | undefined => {
    try {
      return rule(text)
    } catch (error) {
      if (error instanceof InvalidValue) return undefined
      throw error
    }
  }
  const rule = (parse: (text: string) => string) =>
    anyText.map((text) => kept(parse, text)).filter((text) => text !== undefined)

  async function create(
    products: readonly { sku: string; name: string; description?: string | undefined }[],
  ): Promise<void> {
    await empty(shop)
    const lines = products.map(({ sku, name, description }, index) =>
      JSON.stringify({
        sku,
        name,
        description,
        price: `${index}.5`,
        stock: index,
        is_active: index % 2 === 0,
        created_at: `2026-01-02T03:04:${String(index % 60).padStart(2, '0')}Z`,
      }),
    )
    const { exitCode, stderr } = await run(`products import ${saved('first.ndjson', `${lines.join('\n')}\n`)}`)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(await shop.connection.rows('SELECT sku, name, description FROM products ORDER BY id')).toEqual(
      products.map(({ sku, name, description = null }) => ({ sku, name, description })),
    )
  }

  it('every nasty text that the rules let through', async () => {
    const texts = nasty.flatMap((text) => kept(parseProductName, text) ?? [])
    await create(
      [...new Set(texts)].map((name, index) => ({
        sku: kept(parseSku, `${name.slice(0, 50)}${index}`) ?? `S${index}`,
        name,
        description: kept(parseDescription, `${name}\n\t${name}`),
      })),
    )
    await comesBack('products')
  })

  it('any text at all', async () => {
    const product = fc.record({
      sku: rule(parseSku),
      name: rule(parseProductName),
      description: fc.option(rule(parseDescription), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(product, { minLength: 1, maxLength: 60, selector: ({ sku }) => sku }),
        async (products) => {
          await create(products)
          await comesBack('products')
        },
      ),
      { numRuns: 8 },
    )
  })

  it('orders with any key, SKU and name', async () => {
    const order = fc.record({ ref: rule(parseKey), sku: rule(parseSku), name: rule(parseProductName) })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(order, { minLength: 1, maxLength: 40, selector: ({ ref, sku }) => `${ref}\n${sku}` }),
        async (all) => {
          const orders = [...new Map(all.map((one) => [one.ref, one])).values()]
          const unique = [...new Map(orders.map((one) => [one.sku, one])).values()]
          await empty(shop)
          const lines = unique.map(({ ref, sku, name }) =>
            JSON.stringify({ order_ref: ref, user: 'kim@example.com', sku, product_name: name, quantity: 1, price: 2 }),
          )
          const file = saved('orders.ndjson', lines.join('\n'))
          const placed = await run(`orders import ${file} --create-missing --initial-stock 9 --concurrency 1`)
          expect([placed.exitCode, placed.stderr]).toEqual([0, ''])
          const lineOf = (database: TestDatabase): Promise<unknown[]> =>
            database.connection.rows(
              `SELECT o.idempotency_key, p.sku, p.name FROM orders o
                JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id
                ORDER BY o.idempotency_key`,
            )
          for (const [format, written, read] of ways) {
            await empty(elsewhere)
            const file = saved(
              `orders-back.${format}`,
              (await run(`orders export --format ${format} ${written}`)).stdout,
            )
            const { exitCode, stderr } = await run(
              `orders import ${file} ${read} --create-missing --initial-stock 9`,
              elsewhere,
            )
            expect([exitCode, stderr.replace(nullNotice, '')]).toEqual([0, ''])
            expect(await lineOf(elsewhere)).toEqual(await lineOf(shop))
          }
        },
      ),
      { numRuns: 5 },
    )
  })

  it('products without SKU, into an empty shop', async () => {
    await empty(shop)
    await run(`products import ${saved('loose.csv', 'sku,name,price\n,Loose,1\n,Loose,1\nA,Tea,2\n')}`)
    await comesBack('products')
  })

  it('users with any name', async () => {
    const user = fc.record({ first: rule(parsePersonName), last: rule(parsePersonName) })
    await fc.assert(
      fc.asyncProperty(fc.array(user, { minLength: 1, maxLength: 40 }), async (users) => {
        await empty(shop)
        const lines = users.map(({ first, last }, index) =>
          JSON.stringify({ email: `u${index}@example.com`, first_name: first, last_name: last }),
        )
        expect((await run(`users import ${saved('users.ndjson', lines.join('\n'))}`)).exitCode).toBe(0)
        await comesBack('users')
      }),
      { numRuns: 3 },
    )
  })

  it('users, with their hashes and instants', async () => {
    await empty(shop)
    await smallShop(shop.name)
    await shop.connection.execute(
      "UPDATE users SET first_name = '=HYPERLINK(1)', last_name = '-', last_login = '2026-02-03 04:05:06', " +
        "is_active = 0 WHERE username = 'ada'",
    )
    await comesBack('users')
  })
})

describe('orders export', () => {
  const orders = ({ connection }: TestDatabase): Promise<unknown[]> =>
    connection.rows(
      'SELECT u.email, p.sku, i.quantity, i.price, o.total_amount, o.created_at FROM order_items i JOIN ' +
        'orders o ON o.id = i.order_id JOIN users u ON u.id = o.user_id JOIN products p ON p.id = i.product_id ' +
        'ORDER BY o.created_at, u.email, p.sku',
    )

  it('goes into another shop, and back again, and places nothing twice', async () => {
    await empty(shop)
    await empty(elsewhere)
    // The second order leaves its price to the shop, and one user is known by an address that was made up for it.
    const lines =
      'order_ref,user,sku,quantity,price,product_name,ordered_at\n' +
      '=A,17850.0,TEA,2,4.50,Tea,2026-01-02 03:04:05\n=A,17850.0,-POT,1,48.90,"Pot, iron",\n' +
      'B,ada@example.com,TEA,1,,,2026-01-03 03:04:05\n'
    expect(
      (await run(`orders import ${saved('lines.csv', lines)} --create-missing --initial-stock 100 --concurrency 1`))
        .exitCode,
    ).toBe(0)
    await run('orders place --user ada --item TEA:5 --idempotency-key by-hand')
    const exported = saved('exported.csv', (await run('orders export')).stdout)
    expect(
      (await run(`orders import ${exported} --create-missing --initial-stock 100 --json`, elsewhere)).json(),
    ).toMatchObject({ orders_placed: 3, orders_rejected: 0 })
    expect(await orders(elsewhere)).toEqual(await orders(shop))

    // Back home: only what was not imported in the first place has no key that begins with 'import:'.
    await run(`orders import ${saved('again.csv', (await run('orders export', elsewhere)).stdout)} --json`, elsewhere)
    expect(await orders(elsewhere)).toEqual(await orders(shop))
    const imported = saved(
      'imported.csv',
      (await run('orders export')).stdout
        .split('\n')
        .filter((line) => !line.startsWith('by-hand'))
        .join('\n'),
    )
    for (const flags of ['--dry-run', '', '--create-missing'])
      expect((await run(`orders import ${imported} --json ${flags}`)).json()).toMatchObject({
        orders_placed: 0,
        orders_existing: 2,
        orders_rejected: 0,
      })
    expect((await run('db check', elsewhere)).exitCode).toBe(0)
  })

  it('a price that is another one is still a conflict', async () => {
    const { stdout } = await run('orders export')
    const other = saved(
      'other.csv',
      stdout
        .split('\n')
        .filter((line) => !line.startsWith('by-hand'))
        .join('\n')
        .replace(/^(B,.*,)4\.50/m, '$14.51'),
    )
    expect(await run(`orders import ${other} --json`)).toMatchObject({ exitCode: 6, error: { code: 'KEY_CONFLICT' } })
  })

  it('leaves cancelled orders out unless they are asked for', async () => {
    await shop.connection.execute("UPDATE orders SET status = 'cancelled' WHERE idempotency_key = 'import:B'")
    expect((await run('orders export')).stdout).not.toMatch(/^B,/m)
    expect((await run('orders export --status cancelled --format count')).stdout).toBe('1\n')
  })

  it('has all lines of many orders, each once and those of an order together', async () => {
    await empty(elsewhere)
    const lines = Array.from({ length: 1_500 }, (_, order) =>
      Array.from({ length: 1 + (order % 8) }, (_line, line) => `R${order},u${order % 5},S${line},1,1.00`),
    ).flat()
    await run(
      `orders import ${saved('many.csv', `order_ref,user,sku,quantity,price\n${lines.join('\n')}\n`)} ` +
        '--create-missing --initial-stock 9999',
      elsewhere,
    )
    const exported = (await run('orders export', elsewhere)).stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    expect(exported).toHaveLength(lines.length)
    expect(new Set(exported.map(([ref, , sku]) => `${ref ?? ''} ${sku ?? ''}`)).size).toBe(lines.length)
    expect(exported.filter(([ref], index) => ref !== exported[index - 1]?.[0])).toHaveLength(1_500)
  })

  it('says what it cannot write before it writes anything', async () => {
    await empty(elsewhere)
    await smallShop(elsewhere.name)
    await run(`orders import ${saved('twin.csv', 'order_ref,user,sku,quantity\nbasket-1,bob,TEA-1,1\n')}`, elsewhere)
    await elsewhere.connection.execute("UPDATE products SET sku = NULL WHERE sku = 'POT-1'")
    const { exitCode, stdout, error } = await run('orders export --json', elsewhere)
    expect([exitCode, stdout, error.code]).toEqual([6, '', 'CONSTRAINT'])
    expect(error.faults).toEqual([
      expect.stringMatching(/^product \d+ \(Teapot\) has no SKU$/),
      expect.stringMatching(/^orders \d+ and \d+ would both have the order_ref 'basket-1'$/),
    ])
    expect(await run('orders export --user bob --format count', elsewhere)).toMatchObject({
      exitCode: 0,
      stdout: '1\n',
    })
  })

  it('with --history, goes into a shop with the exported products, and leaves their stock', async () => {
    await empty(shop)
    await empty(elsewhere)
    const lines = 'order_ref,user,sku,quantity,price,discount,status\nA,ada,TEA,2,4.50,1,shipped\nB,ada,POT,1,9,,\n'
    await run(`orders import ${saved('lines.csv', lines)} --create-missing --initial-stock 2`)
    await run('products update POT --inactive')
    for (const noun of ['products', 'users', 'orders']) {
      const file = saved(`${noun}.csv`, (await run(`${noun} export`)).stdout)
      const flags = noun === 'orders' ? '--history' : ''
      expect((await run(`${noun} import ${file} ${flags}`, elsewhere)).exitCode).toBe(0)
    }
    const contents = ({ connection }: TestDatabase): Promise<unknown[]> =>
      Promise.all([
        connection.rows('SELECT status, total_amount, created_at FROM orders ORDER BY idempotency_key'),
        connection.rows('SELECT sku, stock, stock_received, units_sold, revenue, is_active FROM products ORDER BY sku'),
      ])
    expect(await contents(elsewhere)).toEqual(await contents(shop))
    expect((await run('db check', elsewhere)).exitCode).toBe(0)
  })
})
