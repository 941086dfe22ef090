import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { selectOrderItems, selectOrders } from '../../src/shop/orders/orders.ts'
import { brokenNetwork } from '../db/proxy.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, untilWaiting } from '../support/database.ts'
import { everything, renewedShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
beforeEach(() => renewedShop(shop))

const type = (line: string) => dbtool(line, { database: shop.name })
const setStatus = (status: string) => shop.connection.execute('UPDATE orders SET status = ? WHERE id = 1', [status])
const stocks = async () =>
  (await shop.connection.rows<{ stock: number }>('SELECT stock FROM products ORDER BY id')).map(({ stock }) => stock)

/** From which status, what is typed, which status then, and what a person reads. */
const moved: readonly [from: string, verb: string, to: string, sentence: string][] = [
  ['pending', 'confirm', 'confirmed', 'order 1 is confirmed'],
  ['confirmed', 'ship', 'shipped', 'order 1 is shipped'],
  ['shipped', 'deliver', 'delivered', 'order 1 is delivered'],
  ['confirmed', 'cancel', 'cancelled', 'order 1 is cancelled: 3 units returned to stock'],
  ['pending', 'cancel', 'cancelled', 'order 1 is cancelled: 3 units returned to stock'],
]

describe('a move of an order', () => {
  it.each(moved)('%s: dbtool orders %s 1', async (from, verb, to, sentence) => {
    await setStatus(from)
    const { exitCode, stdout, stderr } = await type(`orders ${verb} 1`)
    expect([exitCode, stderr]).toEqual([0, `✔ ${sentence}\n`])
    expect(stdout).toBe((await type('orders get 1')).stdout)
    expect((await type('orders get 1 --json')).json()).toMatchObject({ id: 1, status: to })
    expect((await type('db check')).exitCode).toBe(0)
    const [log] = (await type('logs list --limit 1 --json')).json<object[]>()
    expect(log).toMatchObject({ command: `orders ${verb}`, entity: 'orders', entity_id: 1, message: `${from} → ${to}` })
  })

  it('answers with the order and its items, for scripts too', async () => {
    const { stdout, stderr } = await type('orders cancel 1 --json')
    expect([stdout, stderr]).toEqual([(await type('orders get 1 --json')).stdout, ''])
  })

  it.each(moved)('%s: dbtool orders %s 1 -n shows what would be, and changes nothing', async (from, verb, to) => {
    await setStatus(from)
    const before = await everything(shop)
    const { stderr } = await type(`orders ${verb} 1 -n`)
    expect(stderr).toBe(`✔ order 1 would be ${to}; nothing was changed\n`)
    expect((await type(`orders ${verb} 1 -n --json`)).json()).toMatchObject({
      id: 1,
      status: to,
      items: [{ product_id: 1 }, { product_id: 2 }],
    })
    expect(await everything(shop)).toEqual(before)
  })

  it('is asked for its order on a terminal', async () => {
    const tty = terminal(['orders', 'ship'], shop.name)
    await tty.see('❯ 1  ada  confirmed  57.90  ')
    tty.type(keys.enter)
    await tty.see('order 1 is shipped')
    expect(await tty.ended()).toBe(0)
  })
})

const refusals: readonly [
  from: string,
  line: string,
  exitCode: number,
  code: string,
  message: string,
  hint: string | RegExp,
][] = [
  ['confirmed', 'ship', 2, 'USAGE', 'missing <id>', /flags or arguments/],
  ['confirmed', 'cancel 0', 2, 'USAGE', "<id> must be a whole number from 1 to 2147483647, not '0'", /--help/],
  ['confirmed', 'cancel 1 --yes', 2, 'USAGE', '--yes needs --all', /--help/],
  ['confirmed', 'cancel 4711', 5, 'NOT_FOUND', 'there is no order 4711', /orders list/],
  [
    'pending',
    'ship 1',
    6,
    'ILLEGAL_STATUS',
    'order 1 is pending and cannot be shipped; it can be confirmed or cancelled',
    'use: dbtool orders confirm 1, or dbtool orders cancel 1',
  ],
  [
    'confirmed',
    'confirm 1',
    6,
    'ILLEGAL_STATUS',
    'order 1 is already confirmed; it can be shipped or cancelled',
    'use: dbtool orders ship 1, or dbtool orders cancel 1',
  ],
  [
    'confirmed',
    'deliver 1 -n',
    6,
    'ILLEGAL_STATUS',
    'order 1 is confirmed and cannot be delivered; it can be shipped or cancelled',
    'use: dbtool orders ship 1, or dbtool orders cancel 1',
  ],
  [
    'shipped',
    'cancel 1',
    6,
    'ILLEGAL_STATUS',
    'order 1 is shipped and cannot be cancelled; it can be delivered',
    'use: dbtool orders deliver 1',
  ],
  [
    'delivered',
    'cancel 1',
    6,
    'ILLEGAL_STATUS',
    'order 1 is delivered and cannot be cancelled; that is final',
    'look at it: dbtool orders get 1',
  ],
  [
    'cancelled',
    'cancel 1',
    6,
    'ILLEGAL_STATUS',
    'order 1 is already cancelled; that is final',
    'look at it: dbtool orders get 1',
  ],
]

describe('a move that is not allowed', () => {
  it.each(refusals)('%s: dbtool orders %s: exit %i', async (...[from, line, exitCode, code, message, hint]) => {
    await setStatus(from)
    const before = await everything(shop)
    expect(await type(`orders ${line} --json`)).toMatchObject({
      exitCode,
      stdout: '',
      error: { code, message, hint: typeof hint === 'string' ? hint : expect.stringMatching(hint), exitCode },
    })
    expect(await everything(shop)).toEqual(before)
  })
})

describe('Ctrl-C in a move', () => {
  const holding = async (): Promise<Connection> => {
    const holder = await connect(shop.target)
    onTestFinished(() => holder.close())
    await holder.execute('START TRANSACTION')
    await holder.rows('SELECT id FROM products FOR UPDATE')
    return holder
  }

  it('ends it at the server: 130, and nothing was changed, neither now nor later', async () => {
    const holder = await holding()
    const interrupt = new AbortController()
    const outcome = dbtool('orders cancel 1 --json', { database: shop.name, signal: interrupt.signal })
    await untilWaiting(shop)
    interrupt.abort('SIGINT')
    expect(await outcome).toMatchObject({
      exitCode: 130,
      stdout: '',
      error: { code: 'INTERRUPTED', message: 'interrupted; nothing was changed' },
    })
    await holder.close()
    expect([await stocks(), (await type('orders get 1 --json')).json()['status']]).toEqual([[98, 2], 'confirmed'])
  })

  it('says so when it had taken place, though the answer was lost on its way', async () => {
    const holder = await holding()
    const network = await brokenNetwork(shop.target)
    const interrupt = new AbortController()
    const { host, port, user } = network.target
    const outcome = dbtool('orders cancel 1 --json', {
      env: { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_NAME: shop.name },
      signal: interrupt.signal,
    })
    await untilWaiting(shop)
    network.swallow()
    await holder.execute('COMMIT')
    await holder.close()
    while ((await stocks())[0] !== 100);
    network.recover()
    interrupt.abort('SIGINT')
    expect(await outcome).toMatchObject({
      exitCode: 130,
      stdout: '',
      error: {
        code: 'INTERRUPTED',
        message: 'interrupted, but order 1 is cancelled',
        hint: 'look at it: dbtool orders get 1',
      },
    })
  })
})

describe('orders list', () => {
  beforeEach(async () => {
    for (const line of ['--user bob --item TEA-1:5', '--user ada --item TEA-1:1 --pending'])
      await type(`orders place ${line}`)
    for (const [id, at] of [
      [1, '2026-01-01'],
      [2, '2026-03-01'],
      [3, '2026-02-01'],
    ])
      await shop.connection.execute('UPDATE orders SET created_at = ? WHERE id = ?', [at!, id!])
  })

  it.each([
    ['', '2 3 1'],
    ['--user ada', '3 1'],
    ['--user ada --sort created_at', '1 3'],
    ['--sort id', '1 2 3'],
    ['--sort -total_amount', '1 2 3'],
    ['--sort status', '1 2 3'],
    ['--since 2026-02-01', '2 3'],
    ['--until 2026-02-01', '1'],
    ['--since 2026-01-15 --until 2026-02-15T00:00:00Z', '3'],
    ['--since 1d', ''],
    ['--status pending --since 2026-01-01', '3'],
    ['--items --limit 1 --offset 1', '3'],
  ])('%s', async (flags, ids) => {
    expect((await type(`orders list ${flags} --format ids`)).stdout.trim().split('\n').join(' ')).toBe(ids)
  })

  it('--items is a list of what orders get shows, in every format', async () => {
    const one = async (id: number, format: string): Promise<string> =>
      (await type(`orders get ${id} --format ${format}`)).stdout
    const list = async (format: string): Promise<string> =>
      (await type(`orders list --items --format ${format}`)).stdout
    const each = async (format: string): Promise<string[]> => [
      await one(2, format),
      await one(3, format),
      await one(1, format),
    ]
    expect(JSON.parse(await list('json'))).toEqual((await each('json')).map((text) => JSON.parse(text) as object))
    expect(await list('ndjson')).toBe((await each('ndjson')).join(''))
    const csv = (await each('csv')).map((text) => text.split('\n'))
    expect(await list('csv')).toBe(`${[csv[0]![0], ...csv.flatMap(([, ...lines]) => lines.slice(0, -1))].join('\n')}\n`)
    expect(await list('table')).toBe((await each('table')).join('\n'))
    expect(await list('count')).toBe('3\n')
  })

  it('--items of nothing is nothing', async () => {
    expect(await type('orders list --items --since 1d')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'No orders match.\n',
    })
    expect((await type('orders list --items --since 1d --json')).json()).toEqual([])
  })

  it('--items costs one statement, however many orders', async () => {
    const traces = async (flags: string): Promise<string[]> => {
      const { stderr } = await type(`orders list --items ${flags} --sql --format csv`)
      return stderr.split('\n').filter((line) => line.startsWith('→') && !line.includes('schema_migrations'))
    }
    for (const flags of ['--limit 1', '--limit 0']) expect(await traces(flags)).toHaveLength(1)
  })

  it('reads its first page off an index, and the items of that page only', async () => {
    const { connection: db } = shop
    await db.execute(
      'INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) SELECT 1 + seq % 2, 1, ' +
        "seq, '' FROM seq_1_to_30000",
    )
    await db.rows('ANALYZE TABLE orders')
    type List = (...list: Parameters<typeof selectOrders>) => Pick<ReturnType<typeof selectOrders>, 'sql' | 'values'>
    const planOf = async (select: List, limit = 51): Promise<unknown[]> => {
      const { sql, values } = select({}, { column: 'created_at', descending: true }, { limit, offset: 0 })
      const plan = await db.rows<{ table: string; key: string; Extra: string }>(`EXPLAIN ${sql}`, values)
      // The adjustments of each order are looked up in a subquery.
      const joined = plan.filter(({ table }) => table !== 'a')
      return joined.map(({ table, key, Extra }) => [table.replace(/^<derived\d>$/, '<derived>'), key, Extra])
    }
    expect(await planOf(selectOrders)).toEqual([
      ['o', 'idx_order_sales', ''],
      ['u', 'PRIMARY', ''],
    ])
    const joined = [
      ['u', 'PRIMARY', ''],
      ['i', 'idx_orderitem_sales', 'Using index'],
      ['p', 'PRIMARY', 'Using where'],
    ]
    expect(await planOf(selectOrderItems)).toEqual([
      ['<derived>', null, 'Using filesort'],
      ...joined,
      ['o', 'idx_order_sales', ''],
    ])
    // All of them are sorted before the join, and no copy of the result is made.
    expect(await planOf(selectOrderItems, 0)).toEqual([['o', null, 'Using filesort'], ...joined])
  })
})
