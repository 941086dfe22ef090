import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { everything, smallShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const small = '--users 40 --products 20 --orders 300'

/** What the seed makes; migrations and the log have times of their own. */
async function contents(database: TestDatabase): Promise<Record<string, unknown[]>> {
  const { users = [], addresses = [], products = [], orders = [], order_items = [] } = await everything(database)
  return { users, addresses, products, orders, order_items }
}

describe('a seeded shop', () => {
  const first = testDatabase()
  const second = testDatabase({ migrated: false })
  const other = testDatabase()
  const summaries: Record<string, unknown>[] = []

  beforeAll(async () => {
    // What the database's own character set is must not matter.
    await second.connection.execute(`ALTER DATABASE ${second.name} CHARACTER SET latin1`)
    await dbtool('db migrate', { database: second.name, as: 'owner' })
    const lines = [
      [first, `db seed ${small}`],
      [second, `db seed ${small}`],
      [other, `db seed ${small} --seed 2`],
    ] as const
    for (const [{ name }, line] of lines) summaries.push((await dbtool(`${line} --json`, { database: name })).json())
  })

  it('is the same in another database, and another one from another seed', async () => {
    const [one, two, three] = [await contents(first), await contents(second), await contents(other)]
    expect(two).toEqual(one)
    for (const [table, rows] of Object.entries(three)) expect(rows, table).not.toEqual(one[table])
  })

  it('is this one, to the last byte: who changes what a seed makes, changes every shop', async () => {
    const digest = createHash('sha256')
      .update(JSON.stringify(await contents(first)))
      .digest('hex')
    expect(digest).toBe('d324401c06cf7e4091f7141c75a419cd49c8f3babb1c5076b3ffd0a8d800c8ea')
    expect(summaries[0]).toEqual({
      users: 40,
      addresses: 39,
      products: 20,
      orders: 300,
      order_lines: 842,
      units: 1471,
      revenue: '55696.73',
      seconds: expect.any(Number),
    })
  })

  it('adds up: the summary says what is there', async () => {
    const [counted] = await first.connection.rows<Record<string, unknown>>(`
      SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM addresses) AS addresses,
        (SELECT COUNT(*) FROM products) AS products, (SELECT COUNT(*) FROM orders) AS orders,
        (SELECT COUNT(*) FROM order_items) AS order_lines,
        CAST((SELECT SUM(i.quantity) FROM order_items i JOIN orders o ON o.id = i.order_id
          WHERE o.status <> 'cancelled') AS SIGNED) AS units,
        (SELECT SUM(total_amount) FROM orders WHERE status <> 'cancelled') AS revenue`)
    expect(summaries[0]).toEqual({ ...counted, seconds: expect.any(Number) })
  })

  it('is sound, reported on, and goes on from there', async () => {
    expect((await dbtool('db check', { database: first.name })).exitCode).toBe(0)
    const top = (await dbtool('report top-products --limit 0 --json', { database: first.name })).json<
      { total_sold: number }[]
    >()
    expect(top.reduce((sum, { total_sold }) => sum + total_sold, 0)).toBe(summaries[0]?.['units'])
    const placed = await dbtool('orders place --user 1 --item 1:1 --json', { database: other.name })
    expect(placed.json()).toMatchObject({ id: 301, user_id: 1 })
  })

  it('has nobody who can log in, and nobody who signed up after the first order', async () => {
    expect(await first.connection.rows("SELECT id FROM users WHERE password_hash <> '!' OR is_admin")).toEqual([])
    expect(
      await first.connection.rows(
        'SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE u.created_at > o.created_at',
      ),
    ).toEqual([])
    expect(
      await first.connection.rows(
        'SELECT i.id FROM order_items i JOIN orders o ON o.id = i.order_id JOIN products p ON p.id = ' +
          'i.product_id WHERE p.created_at >= o.created_at',
      ),
    ).toEqual([])
  })

  it.each(['delivered', 'pending'])('has orders whose keys can be asked again: one that is %s', async (status) => {
    const { name: database } = first
    const [{ id } = { id: 0 }] = (await dbtool(`orders list --status ${status} --limit 1 --json`, { database })).json<
      { id: number }[]
    >()
    const { username, items } = (await dbtool(`orders get ${id} --json`, { database })).json<{
      username: string
      items: { sku: string; quantity: number }[]
    }>()
    const ask = (more: number) =>
      `orders place --user ${username} ` +
      `${items.map(({ sku, quantity }) => `--item ${sku}:${quantity + more}`).join(' ')} --idempotency-key ` +
      `seed-1-${id} ${status === 'pending' ? '--pending' : ''} --json`
    expect((await dbtool(ask(0), { database })).json()).toMatchObject({ id, status })
    expect(await dbtool(ask(1), { database })).toMatchObject({ exitCode: 6, error: { code: 'KEY_CONFLICT' } })
  })

  it('has one row in the log', async () => {
    const logs = await first.connection.rows('SELECT command, entity, entity_id, message FROM logs')
    expect(logs).toEqual([
      {
        command: 'db seed',
        entity: 'shop',
        entity_id: 0,
        message: 'seeded 40 users, 20 products and 300 orders, seed 1, until 2026-01-01 00:00:00',
      },
    ])
  })
})

describe('db seed', () => {
  const shop = testDatabase()
  const full = testDatabase()
  const raced = testDatabase()
  beforeAll(() => smallShop(full.name))
  const empty = async ({ connection }: TestDatabase): Promise<boolean> =>
    (await connection.rows('SELECT id FROM users UNION ALL SELECT id FROM products UNION ALL SELECT id FROM logs'))
      .length === 0

  it.each([
    ['--users 0', 'orders need users and products'],
    ['--products 0', 'orders need users and products'],
    ['--users -1', "--users must be a whole number from 0 to 1000000, not '-1'"],
    ['--orders 5000001', "--orders must be a whole number from 0 to 5000000, not '5000001'"],
    ['--seed x', "--seed must be a whole number from 0 to 2147483647, not 'x'"],
    ['--until 1969-12-31', "--until must be in the years 1970 to 9999, not '1969-12-31'"],
    [
      '--until soon',
      '--until must be a time such as 2026-11-22 or 2026-11-22T10:30:00Z, an age such as 30d, or a day such as today ' +
        "or monday, not 'soon'",
    ],
  ])('%s: exit 2, and nothing is changed', async (flags, message) => {
    expect(await dbtool(`db seed ${flags} --json`, { database: shop.name })).toMatchObject({
      exitCode: 2,
      stdout: '',
      error: { code: 'USAGE', message },
    })
    expect(await empty(shop)).toBe(true)
  })

  it.each(['', '-n'])('refuses a shop that is not empty, and says what is there %s', async (flag) => {
    const before = await everything(full)
    expect(await dbtool(`db seed --json ${flag}`, { database: full.name })).toMatchObject({
      exitCode: 6,
      error: {
        code: 'NOT_EMPTY',
        message: 'the shop is not empty: it has 2 users, 2 products, 1 order',
        hint: expect.stringMatching('dbtool db reset'),
      },
    })
    expect(await everything(full)).toEqual(before)
  })

  it('with --dry-run says what there would be, and is right', async () => {
    const wanted = {
      ...(await dbtool(`db seed ${small} -n --json`, { database: shop.name })).json(),
      seconds: expect.any(Number),
    }
    expect(await empty(shop)).toBe(true)
    expect((await dbtool(`db seed ${small} -n`, { database: shop.name })).stderr).toContain('nothing was changed')
    expect(wanted).toMatchObject({ users: 40, products: 20, orders: 300 })
    expect((await dbtool(`db seed ${small} --json`, { database: shop.name })).json()).toEqual(wanted)
    for (const table of ['order_items', 'orders', 'products', 'users', 'logs'])
      await shop.connection.execute(`DELETE FROM ${table}`)
  })

  it('can make users or products alone, and orders of another year', async () => {
    expect(
      (await dbtool('db seed --users 3 --products 0 --orders 0 --json -n', { database: shop.name })).json(),
    ).toMatchObject({ users: 3, products: 0, orders: 0, units: 0, revenue: '0.00' })
    await dbtool('db seed --users 3 --products 3 --orders 50 --until 2020-07-01T12:00:00Z', { database: shop.name })
    const [range] = await shop.connection.rows<{ first: Date; last: Date }>(
      'SELECT MIN(created_at) AS first, MAX(updated_at) AS last FROM orders',
    )
    expect([range!.first >= new Date('2019-07-02T12:00:00Z'), range!.last < new Date('2020-07-01T12:00:00Z')]).toEqual([
      true,
      true,
    ])
    for (const table of ['order_items', 'orders', 'products', 'users', 'logs'])
      await shop.connection.execute(`DELETE FROM ${table}`)
  })

  it('by two at once is done by one; the other one finds the shop full', async () => {
    const outcomes = await Promise.all(
      [1, 2].map((seed) => dbtool(`db seed ${small} --seed ${seed} --json`, { database: raced.name })),
    )
    expect(outcomes.map(({ exitCode }) => exitCode).sort()).toEqual([0, 6])
    expect(outcomes.find(({ exitCode }) => exitCode === 6)?.error.code).toBe('NOT_EMPTY')
    expect((await dbtool('db check', { database: raced.name })).exitCode).toBe(0)
  })

  it('that is interrupted leaves nothing', async () => {
    const watcher = await connect(shop.target)
    await watcher.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED')
    const interrupt = new AbortController()
    const outcome = dbtool('db seed --orders 30000 --json', { database: shop.name, signal: interrupt.signal })
    while ((await watcher.rows('SELECT id FROM order_items LIMIT 1')).length === 0);
    interrupt.abort('SIGINT')
    expect(await outcome).toMatchObject({
      exitCode: 130,
      stdout: '',
      error: { code: 'INTERRUPTED', message: 'interrupted; nothing was changed' },
    })
    await watcher.close()
    expect(await empty(shop)).toBe(true)
    expect((await dbtool(`db seed ${small} -q`, { database: shop.name })).exitCode).toBe(0)
  })

  it('shows on a terminal how far it is, and ends at Ctrl-C', async () => {
    const { name: database } = raced
    for (const table of ['order_items', 'orders', 'products', 'users', 'logs'])
      await raced.connection.execute(`DELETE FROM ${table}`)
    const tty = terminal(['db', 'seed', '--orders', '300000'], database)
    await tty.see('rows, about')
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
    expect(tty.screen).toMatch(/\d+ %  \d+ of \d+ rows, about \d+ s left/)
    expect(tty.raw).toMatch(/s left.*\u001b\[2K.*error:.*interrupted; nothing was changed/s)
    expect(await empty(raced)).toBe(true)
  })
})
