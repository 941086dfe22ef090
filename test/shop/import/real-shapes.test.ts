import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { everything } from '../../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()
const growing = '--create-missing --initial-stock 100'

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
})

const run = (line: string): Promise<Outcome> => dbtool(line, { database: database.name })
function importing(content: string, flags = ''): Promise<Outcome> {
  const path = join(folder, 'lines.csv')
  writeFileSync(path, content)
  return run(`orders import ${path} --json ${flags}`)
}
const orders = (): Promise<unknown[]> =>
  database.connection.rows(
    `SELECT SUBSTRING(o.idempotency_key, 8) AS ref, u.username, o.status, o.total_amount, COUNT(*) AS item_count
      FROM orders o JOIN users u ON u.id = o.user_id JOIN order_items i ON i.order_id = o.id
      GROUP BY o.id ORDER BY ref`,
  )
const isSound = async (): Promise<boolean> => (await run('db check')).exitCode === 0

describe('the lines of one order that are not adjacent', () => {
  const content =
    'order_ref,user,sku,quantity,price\nA,kim,CUP,1,5.00\nB,lee,POT,1,9.00\nA,kim,TRAY,1,7.00\nB,lee,JUG,many,1.00\n'

  it.each(['', '--dry-run'])('with skip: one order, never half of one; %s', async (flags) => {
    const { exitCode, json } = await importing(content, `${growing} --on-error skip ${flags}`)
    expect([exitCode, json()]).toMatchObject([
      7,
      { orders_placed: 1, orders_rejected: 1, lines_read: 4, lines_placed: 2, revenue: '12.00' },
    ])
    if (flags === '')
      expect(await orders()).toEqual([
        { ref: 'A', username: 'kim', status: 'confirmed', total_amount: '12.00', item_count: 2 },
      ])
  })

  it('with abort: the fault is reported, and nothing is placed', async () => {
    const { exitCode, error } = await importing(content, growing)
    expect([exitCode, error.message]).toEqual([2, expect.stringContaining('line 5: quantity must be a whole number')])
    expect(await orders()).toEqual([])
  })
})

describe('a product under another SKU', () => {
  it.each(['', '--create-missing'])(
    'an order of it exists with other contents, and nothing is created; %s',
    async (flags) => {
      const content = 'order_ref,user,sku,quantity,price\nB,bob,CUP,2,4.50\n'
      await importing(content, growing)
      await run('products update CUP --sku CUP-9')
      const before = await everything(database)
      const tried = await importing(content, `${flags} --dry-run`)
      const done = await importing(content, flags)
      for (const { exitCode, error } of [tried, done])
        expect([exitCode, error.code, error.message]).toEqual([
          6,
          'KEY_CONFLICT',
          expect.stringContaining("the key 'import:B' was already used"),
        ])
      expect(await everything(database)).toEqual(before)
    },
  )
})

describe('digits as a customer', () => {
  it('are never a user of this shop', async () => {
    await importing('order_ref,user,sku,quantity,price\nX,ada,TEA,1,1\nY,bob,TEA,1,1\n', growing)
    const ids = (await database.connection.rows<{ id: number }>('SELECT id FROM users')).map(({ id }) => id)
    await database.connection.execute(
      "INSERT INTO users (username, email, password_hash) VALUES ('4711', 'other@example.com', '!')",
    )
    const content = `order_ref,user,sku,quantity\n${[...ids, 4711].map((id) => `N${id},${id},TEA,1`).join('\n')}\n`
    const { exitCode, error } = await importing(content)
    expect([exitCode, error.code]).toEqual([5, 'NOT_FOUND'])
    expect(error.faults).toHaveLength(3)
    expect(error.faults?.[2]).toContain("there is no user '4711'; a number in a file is never an id of this shop")
    await importing(content, growing)
    expect(
      await database.connection.rows(
        `SELECT u.username FROM orders o JOIN users u ON u.id = o.user_id
          WHERE o.idempotency_key LIKE 'import:N%' AND u.email NOT LIKE '%@import.invalid'`,
      ),
    ).toEqual([])
  })
})

describe('numbers that start again every day', () => {
  const content =
    'order_ref,user,sku,quantity,price,ordered_at\n' +
    '1,till,TEA,1,2.50,2026-03-01T09:00:00Z\n1,till,TEA,1,2.50,2026-03-02T09:00:00Z\n'

  it('are one order with two times: the error names the way out, which places both', async () => {
    const { exitCode, error } = await importing(content, growing)
    expect([exitCode, error.message]).toEqual([2, expect.stringContaining('--key order_ref,ordered_at')])
    for (const expected of [{ orders_placed: 2 }, { orders_placed: 0, orders_existing: 2 }])
      expect((await importing(content, `${growing} --key order_ref,ordered_at`)).json()).toMatchObject(expected)
  })

  it('in two files, the second is not the order of the first', async () => {
    const [head = '', first = '', second = ''] = content.split('\n')
    await importing(`${head}\n${first}\n`, growing)
    const { exitCode, error } = await importing(`${head}\n${second}\n`, growing)
    expect([exitCode, error.code, error.message, error.hint]).toEqual([
      6,
      'KEY_CONFLICT',
      expect.stringMatching(
        /order \d+ of 2026-03-01T09:00:00Z, not 2026-03-02T09:00:00Z; .*--key order_ref,ordered_at$/,
      ),
      expect.anything(),
    ])
  })

  it.each([
    ['order_ref,time', 'must be one of order_ref, ordered_at, user'],
    ['ordered_at', 'must include order_ref'],
  ])('--key %s is refused', async (key, message) => {
    expect(await importing(content, `--key ${key}`)).toMatchObject({
      exitCode: 2,
      error: { message: expect.stringContaining(message) },
    })
  })
})

describe('shipping, discounts and tax', () => {
  it('are part of the total, and are shown, checked and exported', async () => {
    const content =
      'order_ref,user,sku,quantity,price,shipping,discount,tax\n' +
      'A,kim,TEA,2,5.00,4.90,,\nA,kim,POT,1,9.00,,2.00,1.10\nG,lee,TEA,2,5.00,,,\nG,lee,TEA,1,0.00,,,\n'
    const { json } = await importing(content, growing)
    expect(json()).toMatchObject({ orders_placed: 2, units: 6, revenue: '33.00' })
    expect(await orders()).toMatchObject([
      { ref: 'A', total_amount: '23.00' },
      { ref: 'G', total_amount: '10.00', item_count: 1 },
    ])
    const ids = (await run('orders list --format ids --sort id')).stdout.trim().split('\n')
    expect((await run(`orders get ${ids[0] ?? ''} --json`)).json()).toMatchObject({
      total_amount: '23.00',
      shipping: '4.90',
      discount: '-2.00',
      tax: '1.10',
    })
    expect((await run(`orders get ${ids[1] ?? ''}`)).stdout).toMatch(/discount .*TEA: 1 × 0\.00 .*-5\.00/)
    for (const [of, revenue] of [
      ['lines', '34.00'],
      ['totals', '33.00'],
    ] as const)
      expect((await run(`report revenue --of ${of} --json`)).json()).toMatchObject([{ orders: 2, units: 6, revenue }])
    expect(await isSound()).toBe(true)

    const exported = (await run('orders export')).stdout
    for (const flags of ['--dry-run', ''])
      expect((await importing(exported, flags)).json()).toMatchObject({ orders_placed: 0, orders_existing: 2 })
    for (const table of ['orders', 'products', 'users']) await database.connection.execute(`DELETE FROM ${table}`)
    expect((await importing(exported, growing)).json()).toMatchObject({ orders_placed: 2, revenue: '33.00' })
    expect((await run('orders export')).stdout).toBe(exported)
  })

  it('two prices of one product are reported', async () => {
    const path = join(folder, 'free.csv')
    writeFileSync(path, 'order_ref,user,sku,quantity,price\nG,lee,TEA,2,5.00\nG,lee,TEA,1,0\n')
    for (const flags of ['--dry-run', ''])
      expect((await run(`orders import ${path} ${growing} ${flags}`)).stderr).toContain(
        "order 'G', line 2: sku 'TEA' at 5.00 and 0.00 becomes 3 × 5.00 with a discount of 5.00\n",
      )
  })

  it('a discount larger than the order rejects it', async () => {
    const { exitCode, error } = await importing(
      'order_ref,user,sku,quantity,price,discount\nA,kim,TEA,1,5.00,5.01\n',
      growing,
    )
    expect([exitCode, error.message]).toEqual([
      6,
      "order 'A' (line 2): the discount is more than the rest of the order",
    ])
  })
})

describe('an order with a status', () => {
  it('arrives with it, and takes no stock if it is cancelled', async () => {
    const content =
      'order_ref,user,sku,quantity,price,status\nA,kim,TEA,2,5.00,cancelled\nB,kim,TEA,3,5.00,shipped\n' +
      'C,kim,TEA,1,5.00,\nD,kim,TEA,999,5.00,cancelled\n'
    expect((await importing(content, growing)).json()).toMatchObject({ orders_placed: 4, units: 4, revenue: '20.00' })
    expect(await orders()).toMatchObject([
      { ref: 'A', status: 'cancelled' },
      { ref: 'B', status: 'shipped' },
      { ref: 'C', status: 'confirmed' },
      { ref: 'D', status: 'cancelled' },
    ])
    expect((await run('products get TEA --json')).json()).toMatchObject({ stock: 96 })
    expect(await isSound()).toBe(true)
    expect((await importing(content, growing)).json()).toMatchObject({ orders_existing: 4 })
  })
})

describe('--history', () => {
  const content =
    'order_ref,user,sku,quantity,price,product_name,ordered_at\n' +
    'Y1,kim,OLD,5,3.00,Old tea,2021-03-01\nY2,kim,OLD,7,3.00,Old tea,2022-03-01\n'

  it.each(['', '--create-missing'])('leaves the stock as it is, also of inactive products; %s', async (flags) => {
    await run('products create --sku OLD --name Tea --price 3 --stock 2')
    await run('products update OLD --inactive')
    await importing('order_ref,user,sku,quantity,price\nZ,kim,POT,1,1\n', growing)
    expect((await importing(content, `--history ${flags} --dry-run`)).json()).toMatchObject({ orders_placed: 2 })
    expect((await importing(content, `--history ${flags}`)).json()).toMatchObject({ orders_placed: 2, units: 12 })
    expect((await run('products get OLD --json')).json()).toMatchObject({ stock: 2 })
    expect(await isSound()).toBe(true)
    expect((await run('report revenue --by month --json')).json<{ period: string }[]>()).toMatchObject([
      { period: '2021-03', orders: 1, revenue: '15.00' },
      { period: '2022-03', orders: 1, revenue: '21.00' },
      { orders: 1 },
    ])
    expect(await orders()).toMatchObject([
      { ref: 'Y1', status: 'delivered' },
      { ref: 'Y2', status: 'delivered' },
      { ref: 'Z', status: 'confirmed' },
    ])
    expect((await importing(content, `--history ${flags}`)).json()).toMatchObject({ orders_existing: 2 })
    expect(await isSound()).toBe(true)
  })

  it('is needed for orders that the stock does not cover', async () => {
    await run('products create --sku OLD --name Tea --price 3 --stock 2')
    const { exitCode, error } = await importing(content, '--create-missing')
    expect([exitCode, error.code]).toEqual([6, 'OUT_OF_STOCK'])
  })
})

describe('--guest', () => {
  const content = 'order_ref,user,sku,quantity,price\nA,,TEA,1,5.00\nB,kim,TEA,1,5.00\n'

  it('has the orders without a user', async () => {
    await importing('order_ref,user,sku,quantity,price\nX,till,TEA,1,5.00\nY,kim,TEA,1,5.00\n', growing)
    for (const flags of ['--dry-run', '']) {
      const { exitCode, json } = await importing(content, `--guest till ${flags}`)
      expect([exitCode, json()]).toMatchObject([0, { orders_placed: 2 }])
    }
    expect((await run('orders list --user till --format count')).stdout).toBe('2\n')
  })

  it('is created where users are created, and otherwise must exist', async () => {
    expect(await importing(content, '--guest walk_in')).toMatchObject({ exitCode: 5, error: { code: 'NOT_FOUND' } })
    const withoutColumn = 'order_ref,sku,quantity,price\nA,TEA,1,5.00\n'
    expect((await importing(withoutColumn, `${growing} --guest walk_in`)).json()).toMatchObject({ orders_placed: 1 })
    expect((await run('users get walk_in --json')).exitCode).toBe(0)
  })

  it('without it, an order without a user is a fault', async () => {
    const { exitCode, error } = await importing(content, growing)
    expect([exitCode, error.message]).toEqual([2, expect.stringContaining('line 2: user is empty')])
  })
})
