import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../../support/cli.ts'
import { testDatabase, untilRuns } from '../../support/database.ts'

const folder = mkdtempSync(join(tmpdir(), 'dbtool-import-'))
afterAll(() => rmSync(folder, { recursive: true }))

const head = 'order_ref,user,sku,quantity,price,product_name,ordered_at'

const toFix = 'fix the file, or skip such orders with --on-error skip --rejects FILE'

describe('orders import', () => {
  const database = testDatabase()

  beforeEach(async () => {
    for (const table of ['order_items', 'orders', 'products', 'users', 'logs'])
      await database.connection.execute(`DELETE FROM ${table}`)
  })

  const importing = (content: string, flags = '', stdin = false): Promise<Outcome> => {
    const path = join(folder, 'lines.csv')
    writeFileSync(path, content)
    return dbtool(`orders import ${stdin ? '-' : path} --json ${flags}`, {
      database: database.name,
      ...(stdin ? { stdin: content } : {}),
    })
  }
  const growing = '--create-missing --initial-stock 100'
  /** The numbers of users, products, orders, order lines and log rows. */
  const tables = async (): Promise<number[]> => {
    const [row] = await database.connection.rows<Record<string, number>>(
      `SELECT
        (SELECT COUNT(*) FROM users) AS u,
        (SELECT COUNT(*) FROM products) AS p,
        (SELECT COUNT(*) FROM orders) AS o,
        (SELECT COUNT(*) FROM order_items) AS i,
        (SELECT COUNT(*) FROM logs) AS l`,
    )
    return Object.values(row ?? {})
  }

  it('places adjacent lines as one order, merges equal SKUs, and uses price and time of the file', async () => {
    const { exitCode, json } = await importing(
      `${head}\nA,ada,TEA,2,4.50,Green tea,2026-01-02 03:04:05\nA,ada,POT,1,48.90,Teapot,2026-01-02 03:04:05\n` +
        'A,ada,TEA,3,4.5,Green tea,\nB,bob,TEA,1,4.75,,\n',
      growing,
    )
    expect(exitCode).toBe(0)
    expect(json()).toMatchObject({
      orders_placed: 2,
      orders_existing: 0,
      orders_rejected: 0,
      lines_read: 4,
      lines_placed: 3,
      units: 7,
      revenue: '76.15',
    })
    const first = (await dbtool('orders list --user ada --json', { database: database.name })).json<
      { id: number; created_at: string }[]
    >()[0]!
    expect(first.created_at).toBe('2026-01-02T03:04:05Z')
    expect((await dbtool(`orders get ${first.id} --json`, { database: database.name })).json()).toMatchObject({
      status: 'confirmed',
      total_amount: '71.40',
      idempotency_key: 'import:A',
      items: [
        { sku: 'TEA', name: 'Green tea', quantity: 5, price: '4.50', subtotal: '22.50' },
        { sku: 'POT', quantity: 1, price: '48.90' },
      ],
    })
    expect((await dbtool('products get TEA --json', { database: database.name })).json()).toMatchObject({
      stock: 94,
      price: '4.50',
    })
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  })

  it('a second run places nothing, also from standard input and as NDJSON', async () => {
    const csv = `${head}\nA,ada,TEA,2,4.50,Tea,\nB,bob,TEA,1,4.50,Tea,\n`
    await importing(csv, growing)
    const before = await tables()
    expect((await importing(csv, growing, true)).json()).toMatchObject({
      orders_placed: 0,
      orders_existing: 2,
      orders_rejected: 0,
      units: 0,
    })
    const ndjson =
      '{"order_ref":"A","user":"ada","sku":"TEA","quantity":2,"price":"4.50"}\n' +
      '{"order_ref":"B","user":"bob","sku":"TEA","quantity":1,"price":4.50}\n'
    expect((await importing(ndjson, growing, true)).json()).toMatchObject({ orders_placed: 0, orders_existing: 2 })
    expect(await tables()).toEqual(before)
  })

  it.each([
    ['a quantity of 1e3', 'A,ada,TEA,1e3,1,,', "quantity must be a whole number from 1 to 2147483647, not '1e3'"],
    ['a quantity of -0', 'A,ada,TEA,-0,1,,', "not '-0'"],
    ['an Arabic digit', 'A,ada,TEA,٣,1,,', "not '٣'"],
    ['a quantity beyond the column', 'A,ada,TEA,2147483648,1,,', "not '2147483648'"],
    ['a decimal comma', 'A,ada,TEA,1,"1,50",,', "price must be an amount such as 19.90, not '1,50'"],
    ['a price that would be rounded', 'A,ada,TEA,1,0.001,,', 'price must have at most two decimals'],
    ['a price too large', 'A,ada,TEA,1,100000000,,', 'at most 99999999.99'],
    [
      'a name of 256 characters',
      `A,ada,TEA,1,1,${'n'.repeat(256)},`,
      'product_name must have at most 255 characters, not 256',
    ],
    ['no user', 'A,,TEA,1,1,,', 'user is empty; --guest USER is the customer of such orders'],
    ['a time that is none', 'A,ada,TEA,1,1,,2026-02-30', 'ordered_at must be a time'],
    ['too many columns', 'A,ada,TEA,1,1,,,x', 'has 8 columns, the header has 7'],
    [
      'several faults in one line',
      'A,,TEA,0,x,,',
      'user is empty; --guest USER is the customer of such orders; quantity must be a whole number from 1',
    ],
    [
      'a SKU with and without a price',
      'A,ada,TEA,1,1,,\nA,ada,TEA,1,,,',
      "sku 'TEA' has price none here, but 1.00 on line 2 of the same order",
    ],
    [
      'two users in one order',
      'A,ada,TEA,1,1,,\nA,bob,POT,1,2,,',
      "user is 'bob' here, but 'ada' on line 2 of the same order",
    ],
    ['a SKU that adds up to too many', 'A,ada,TEA,2147483647,1,,\nA,ada,TEA,1,1,,', 'adds up to 2147483648 units'],
    [
      'times of two days',
      'A,ada,TEA,1,1,,2026-01-01\nA,ada,POT,1,1,,2026-01-02',
      'ordered_at is 2026-01-02T00:00:00Z here, but 2026-01-01T00:00:00Z on an earlier line of the same order; ' +
        'if order numbers start again, add --key order_ref,ordered_at',
    ],
    ['no reference', ',ada,TEA,1,1,,', 'order_ref is empty'],
    ['a reference of 249 characters', `${'r'.repeat(249)},ada,TEA,1,1,,`, 'order_ref must have at most 248 characters'],
  ])('%s: exit 2 with line and reason, and nothing is changed', async (_what, lines, reason) => {
    const { exitCode, error } = await importing(
      `${head}\nOK,ada,TEA,1,1,,\n${lines.replace('on line 2', 'on line 3')}\n`,
      growing,
    )
    expect(exitCode).toBe(2)
    expect(error.code).toBe('BAD_INPUT')
    expect(error.message).toMatch(/lines\.csv, line \d+: /)
    expect(error.message).toContain(reason.replace('line 2', 'line 3'))
    expect(await tables()).toEqual([0, 0, 0, 0, 0])
  })

  it('reports all faults of a file together', async () => {
    const { exitCode, error } = await importing(`${head}\nA,ada,TEA,x,1,,\nB,,TEA,1,1,,\nC,ada,TEA,1,y,,\n`, growing)
    expect([exitCode, error.faults?.length]).toEqual([2, 3])
    expect(error.faults?.map((fault) => /line (\d+)/.exec(fault)?.[1])).toEqual(['2', '3', '4'])
  })

  it('--on-error skip leaves whole orders out, exits 7, and keeps every line of them as it came', async () => {
    const rejects = join(folder, 'rejects.csv')
    const bad = ['B,bob,TEA,0,4.50,"Tea, green",', 'B,bob,POT,1,48.90,Pot,']
    const { exitCode, json, error } = await importing(
      `${head}\nA,ada,TEA,2,4.50,Tea,\n${bad.join('\n')}\nC,cleo,TEA,1,4.50,Tea,\n`,
      `${growing} --on-error skip --rejects ${rejects}`,
    )
    expect(exitCode).toBe(7)
    expect(error).toMatchObject({ code: 'PARTLY_DONE', message: '1 of 3 orders were rejected' })
    expect(json()).toMatchObject({ orders_placed: 2, orders_rejected: 1, lines_read: 4, lines_placed: 2, units: 3 })
    expect(readFileSync(rejects, 'utf8').trimEnd().split('\n')).toEqual([
      `${head},line,reason`,
      `${bad[0] ?? ''},3,"quantity must be a whole number from 1 to 2147483647, not '0'"`,
      `${bad[1] ?? ''},4,"order rejected because of line 3: ` +
        `quantity must be a whole number from 1 to 2147483647, not '0'"`,
    ])
    // Mended, the rejects file is itself a file to import.
    const mended = readFileSync(rejects, 'utf8').replace('TEA,0', 'TEA,1')
    expect((await importing(mended, growing)).json()).toMatchObject({
      orders_placed: 1,
      orders_rejected: 0,
      lines_placed: 2,
    })
  })

  it('what is sold out is left out whole, with what is there', async () => {
    const { exitCode, stderr } = await dbtool(
      ['orders', 'import', '-', '--create-missing', '--initial-stock', '5', '--on-error', 'skip', '--concurrency', '1'],
      {
        database: database.name,
        stdin: `${head}\nA,ada,TEA,4,1,,\nB,bob,TEA,2,1,,\nB,bob,POT,1,1,,\n`,
      },
    )
    expect(exitCode).toBe(7)
    expect(stderr).toContain("rejected: order 'B', line 3: out of stock: TEA (TEA): 2 wanted, 1 in stock")
    // Nothing was created for the rejected order.
    expect(await dbtool('products get POT --json', { database: database.name })).toMatchObject({ exitCode: 5 })
    expect(await dbtool('users get bob --json', { database: database.name })).toMatchObject({ exitCode: 5 })
  })

  it('without --create-missing, unknown users and products are named together, and nothing is changed', async () => {
    await importing(`${head}\nA,ada,TEA,1,1,,\n`, growing)
    const before = await tables()
    const one = await importing(`${head}\nD,ada,TEA,1,1,,\nE,nobody,TEA,1,1,,\nF,ada,TEA,1,1,,\n`)
    expect([one.exitCode, one.error.code, one.error.message, one.error.hint]).toEqual([
      5,
      'NOT_FOUND',
      "order 'E' (line 3): there is no user 'nobody'",
      `nothing was changed; create it first, or add --create-missing; ${toFix}`,
    ])
    const several = await importing(
      `${head}\nD,ada,TEA,1,1,,\nE,nobody,TEA,1,1,,\nF,ada,POT,1,1,,\nG,ada,TEA,100,1,,\nA,ada,TEA,2,1,,\n`,
    )
    expect([several.exitCode, several.error.code]).toEqual([2, 'BAD_INPUT'])
    expect(several.error.faults).toEqual(
      [
        "order 'E' (line 3): there is no user 'nobody'",
        "order 'F' (line 4): there is no product with SKU 'POT'",
        "order 'G' (line 5): out of stock: TEA (TEA): 100 wanted, 98 in stock",
        "order 'A' (line 6): the key 'import:A' was already used for order ",
      ].map((fault): unknown => expect.stringContaining(fault)),
    )
    expect(several.error.hint).toBe(
      'nothing was changed; create it first, or add --create-missing; give created products a stock with ' +
        `--initial-stock, restock the others, or leave all stock as it is with --history; ${toFix}`,
    )
    expect(await tables()).toEqual(before)
  })

  it('leads from products that are not for sale to products update', async () => {
    await importing(`${head}\nA,ada,TEA,1,1,,\n`, growing)
    await database.connection.execute('UPDATE products SET is_active = FALSE')
    const { exitCode, error } = await importing(`${head}\nB,ada,TEA,1,1,,\n`)
    expect([exitCode, error.hint]).toEqual([
      6,
      'nothing was changed; put products on sale again with dbtool products update SKU --active, ' +
        `or import earlier orders with --history; ${toFix}`,
    ])
  })

  it.each(['', '--dry-run'])('a new product needs a price; %s', async (flags) => {
    const { exitCode, error } = await importing('order_ref,user,sku,quantity\nA,ada,T9,1\n', `${growing} ${flags}`)
    expect([exitCode, error.message]).toEqual([
      5,
      "order 'A' (line 2): there is no product with SKU 'T9', and it cannot be created without a price",
    ])
  })

  it.each(['abort', 'skip'])('with --on-error %s, a dry run refuses what the real run refuses', async (onError) => {
    await importing(`${head}\nA,ada,TEA,1,1,,\n`, growing)
    const runs = await Promise.all(
      ['--dry-run', ''].map((dry) =>
        importing(`${head}\nA,ada,TEA,2,1,,\n`, `${growing} --on-error ${onError} ${dry}`),
      ),
    )
    expect(runs.map(({ exitCode }) => exitCode)).toEqual(onError === 'abort' ? [6, 6] : [7, 7])
  })

  it('counts all faults and shows the first twenty', async () => {
    const { error } = await importing(
      `${head}\n${Array.from({ length: 124 }, (_, order) => `R${order},ada,TEA,x,1,,`).join('\n')}\n`,
      growing,
    )
    expect(error.message).toMatch(/lines\.csv was not imported: 124 faults$/)
    expect(error.faults?.slice(-1)).toEqual(['and 104 more'])
  })

  it('places many orders in one transaction, without those that want more than there is', async () => {
    await importing(`${head}\nX,ada,TEA,70,1,,\nX,ada,POT,1,1,,\n`, growing)
    const rows = Array.from(
      { length: 90 },
      (_, order) => `R${order},user_${order % 7},${order % 2 === 0 ? 'TEA' : 'POT'},1,1.10,,`,
    )
    const file = `${head}\n${rows.join('\n')}\n`
    const rejects = join(folder, 'sold-out.csv')
    const { exitCode, json, stderr } = await importing(
      file,
      `${growing} --on-error skip --rejects ${rejects} --concurrency 1 --sql`,
    )
    // Thirty of TEA are left for 45 orders: the first thirty in the file have them.
    expect([exitCode, json()]).toMatchObject([
      7,
      { orders_placed: 75, orders_rejected: 15, units: 75, revenue: '82.50' },
    ])
    expect(readFileSync(rejects, 'utf8').match(/^R\d+/gm)).toEqual(
      Array.from({ length: 15 }, (_, n) => `R${60 + 2 * n}`),
    )
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
    expect(stderr.match(/BEGIN NOT ATOMIC/g)).toHaveLength(1)
  })

  it('existing orders are found together', async () => {
    const file = `${head}\n${Array.from({ length: 90 }, (_, order) => `R${order},ada,TEA,1,1.10,,`).join('\n')}\n`
    await importing(file, growing)
    const { json, stderr } = await importing(file, `${growing} --on-error skip --sql`)
    expect(json()).toMatchObject({ orders_placed: 0, orders_existing: 90 })
    expect(stderr).not.toContain('BEGIN NOT ATOMIC')
  })

  it.each(['--dry-run', ''])(
    'a price further on in the file does not make an order of it that came before; %s',
    async (flags) => {
      const rejects = join(folder, 'unpriced.csv')
      const { exitCode, json } = await importing(
        `${head}\nA,ada,T9,1,,,\nB,ada,T9,1,5.00,Tea nine,\nC,ada,T9,1,,,\n`,
        `${growing} --on-error skip ${flags === '' ? `--rejects ${rejects}` : flags}`,
      )
      expect([exitCode, json()]).toMatchObject([7, { orders_placed: 2, orders_rejected: 1, revenue: '10.00' }])
      if (flags === '')
        expect(readFileSync(rejects, 'utf8')).toContain(
          'A,ada,T9,1,,,,2,"there is no product with SKU \'T9\', and it cannot be created without a price"',
        )
    },
  )

  it('users whose names come out alike are different users all the same', async () => {
    await importing(`${head}\nA,a b,TEA,1,1,,\nB,a-b,TEA,1,1,,\nC,A B,TEA,1,1,,\nD,a_b,TEA,1,1,,\n`, growing)
    const users = await database.connection.rows(
      'SELECT u.username, COUNT(*) AS orders FROM users u JOIN orders o ON o.user_id = u.id GROUP BY u.id ORDER BY 1',
    )
    expect(users).toEqual([
      { username: 'a_b', orders: 2 },
      { username: 'a_b_2', orders: 1 },
      { username: 'a_b_3', orders: 1 },
    ])
  })

  it('the rejects are in file order, the same on every run; corrected, they are placed completely', async () => {
    // Every third order is rejected by the file, every fifth by the shop; all have several lines.
    const lines = Array.from({ length: 90 }, (_, order) =>
      Array.from(
        { length: 7 },
        (_line, line) =>
          `R${order},u${order},S${line},` +
          `${order % 3 === 0 && line === 4 ? 'x' : order % 5 === 0 ? 2_000 : 1},1.00,,`,
      ),
    ).flat()
    const runs: string[] = []
    for (const run of [1, 2]) {
      const rejects = join(folder, `rejects-${run}.csv`)
      await importing(
        `${head}\n${lines.join('\n')}\n`,
        `${growing} --on-error skip --rejects ${rejects} --concurrency 8`,
      )
      runs.push(readFileSync(rejects, 'utf8'))
    }
    // The stock at that moment depends on the others in flight.
    expect(runs[0]!.replaceAll(/\d+ in stock/g, 'some in stock')).toBe(
      runs[1]!.replaceAll(/\d+ in stock/g, 'some in stock'),
    )
    const numbers = runs[0]!
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(/,(\d+),"[^"]*"$/.exec(line)?.[1]))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(numbers).toHaveLength(7 * (30 + 18 - 6))
    const mended = runs[0]!.replaceAll(/^(R\d+),[^,]*,(S\d),\w+/gm, '$1,mended,$2,1')
    const again = join(folder, 'rejects-again.csv')
    expect((await importing(mended, `${growing} --on-error skip --rejects ${again}`)).json()).toMatchObject({
      orders_placed: 42,
      orders_rejected: 0,
      lines_placed: 42 * 7,
    })
    expect(readFileSync(again, 'utf8')).toBe(`${head},line,reason\n`)
    expect(
      await database.connection.rows('SELECT order_id FROM order_items GROUP BY order_id HAVING COUNT(*) <> 7'),
    ).toEqual([])
  })

  it('a key that belongs to another content is a conflict, not a second order', async () => {
    await importing(`${head}\nA,ada,TEA,1,1,,\n`, growing)
    const { exitCode, error } = await importing(`${head}\nA,ada,TEA,2,1,,\n`, growing)
    expect([exitCode, error.code]).toEqual([6, 'KEY_CONFLICT'])
  })

  it('identities of another system are never our ids, and are found again', async () => {
    await importing(
      `${head}\nA,first,TEA,1,1,,\nB,1,TEA,1,1,,\nC,17850.0,TEA,1,1,,\nD,17850_0,TEA,1,1,,\n` +
        `E,Zoë@Example.com,TEA,1,1,,\nF,eve@example.com,TEA,1,1,,\n`,
      `${growing} --concurrency 1`,
    )
    // One order at a time: of two that want the same username, the first one gets it.
    const users = await database.connection.rows<{ username: string; email: string }>(
      'SELECT username, email FROM users ORDER BY email',
    )
    expect(users).toEqual(
      [
        { username: '17850_0', email: '17850.0@import.invalid' },
        { username: '17850_0_2', email: '17850_0@import.invalid' },
        { username: 'user_1', email: '1@import.invalid' },
        { username: 'eve', email: 'eve@example.com' },
        { username: 'first', email: 'first@import.invalid' },
        { username: 'zo_', email: 'zo%c3%ab%40example.com@import.invalid' },
      ].sort((a, b) => a.email.localeCompare(b.email)),
    )
    await importing(`${head}\nA2,1,TEA,1,1,,\nB2,17850.0,TEA,1,1,,\nC2,Zoë@Example.com,TEA,1,1,,\n`, growing)
    expect(await database.connection.rows('SELECT COUNT(*) AS n FROM users')).toEqual([{ n: 6 }])
  })

  it('a dry run counts what would happen and changes nothing', async () => {
    const file = `${head}\nA,ada,TEA,60,4.50,Tea,\nB,bob,TEA,60,4.50,Tea,\nC,bob,POT,1,9.99,Pot,\n`
    const { exitCode, json } = await importing(file, `${growing} --dry-run --on-error skip --concurrency 1`)
    expect([exitCode, json()]).toMatchObject([
      7,
      { orders_placed: 2, orders_rejected: 1, units: 61, revenue: '279.99' },
    ])
    expect(await tables()).toEqual([0, 0, 0, 0, 0])
  })

  it('--rejects without --on-error skip is refused', async () => {
    expect(await importing(`${head}\n`, '--rejects x.csv')).toMatchObject({
      exitCode: 2,
      error: { message: '--rejects needs --on-error skip' },
    })
  })

  it('never replaces the rejects of an earlier run, unless --force is given', async () => {
    const rejects = join(folder, 'kept.csv')
    writeFileSync(rejects, 'the rejects of an earlier run\n')
    const file = `${head}\nA,ada,TEA,x,1,,\nB,ada,TEA,1,1,,\n`
    const refused = await importing(file, `${growing} --on-error skip --rejects ${rejects}`)
    expect([refused.exitCode, refused.error.message]).toEqual([2, `${rejects} already exists`])
    expect([readFileSync(rejects, 'utf8'), await tables()]).toEqual([
      'the rejects of an earlier run\n',
      [0, 0, 0, 0, 0],
    ])
    const bad = await importing(
      `${head}\nA,ada,"TEA,1,1,,\n`,
      `${growing} --on-error skip --rejects ${rejects} --force`,
    )
    expect([bad.exitCode, bad.error.code, readFileSync(rejects, 'utf8')]).toEqual([
      2,
      'BAD_INPUT',
      'the rejects of an earlier run\n',
    ])
    expect((await importing(file, `${growing} --on-error skip --rejects ${rejects} --force`)).exitCode).toBe(7)
    expect(readFileSync(rejects, 'utf8')).toContain('A,ada,TEA,x,1,,,2,"quantity must be')
  })

  it('a line with a stray quote rejects its order, and no other', async () => {
    const { exitCode, stderr } = await dbtool(`orders import - --on-error skip ${growing}`, {
      database: database.name,
      stdin: `${head}\nA,ada,TEA,1,1,,\nA,ada,PIPE,1,1,6" pipe,\nB,ada,TEA,1,1,,\n`,
    })
    expect([exitCode, stderr]).toEqual([
      7,
      expect.stringContaining("rejected: order 'A', line 2: order rejected because of line 3: a quote in the middle"),
    ])
    expect(await tables()).toEqual([1, 1, 1, 1, 3])
  })

  it.each(['', '--dry-run'])('interrupted while it checks the file, it has placed nothing; %s', async (flags) => {
    const interrupt = new AbortController()
    await database.connection.execute('LOCK TABLES products WRITE')
    const running = dbtool(`orders import - --json ${growing} ${flags}`, {
      database: database.name,
      stdin: `${head}\nA,ada,TEA,1,1,,\n`,
      signal: interrupt.signal,
    })
    await untilRuns(database, '%products%')
    interrupt.abort('SIGINT')
    const { exitCode, error } = await running
    await database.connection.execute('UNLOCK TABLES')
    expect([exitCode, error.message, error.hint]).toEqual([
      130,
      'interrupted while the file was checked; nothing was changed',
      null,
    ])
    expect(await tables()).toEqual([0, 0, 0, 0, 0])
  })

  it('interrupted, it stops between transactions and goes on when it is run again', async () => {
    const lines = Array.from(
      { length: 4_000 },
      (_, order) => `R${order},user${order % 7},S${order % 11},1,2.00,,`,
    ).join('\n')
    const interrupt = new AbortController()
    const path = join(folder, 'long.csv')
    writeFileSync(path, `${head}\n${lines}\n`)
    const watch = setInterval(
      () =>
        void database.connection.rows<{ n: number }>('SELECT COUNT(*) AS n FROM orders').then(([row]) => {
          if ((row?.n ?? 0) >= 20) interrupt.abort('SIGINT')
        }),
      2,
    )
    const first = await dbtool(`orders import ${path} --json ${growing}0`, {
      database: database.name,
      signal: interrupt.signal,
    })
    clearInterval(watch)
    expect([first.exitCode, first.error.code]).toEqual([130, 'INTERRUPTED'])
    const [{ n: placed } = { n: 0 }] = await database.connection.rows<{ n: number }>('SELECT COUNT(*) AS n FROM orders')
    expect(placed).toBeGreaterThanOrEqual(20)
    expect(placed).toBeLessThan(4_000)
    expect(
      (await dbtool(`orders import ${path} --json ${growing}0`, { database: database.name })).json(),
    ).toMatchObject({ orders_placed: 4_000 - placed, orders_existing: placed, orders_rejected: 0 })
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  })
})
