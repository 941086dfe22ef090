import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from './support/cli.ts'
import { testDatabase } from './support/database.ts'

/** `example_usage()` of the chapter, line by line: what its Python prints is what dbtool answers. */
describe("the chapter's example, from end to end", () => {
  const { name: database } = testDatabase()
  const typed = (line: string, stdin = '') => dbtool(`${line} --json`, { database, stdin })
  const password = 'SecureP@ss123!'
  const alice = {
    username: 'alice_dev',
    email: 'alice@example.com',
    first_name: 'Alice',
    last_name: 'Dupont',
    is_active: true,
  }

  it('✓ Utilisateur créé : alice_dev (ID: 1)', async () => {
    const { exitCode, json } = await typed(
      'users create --username alice_dev --email alice@example.com ' +
        '--first-name Alice --last-name Dupont --password-stdin',
      `${password}\n`,
    )
    expect([exitCode, json()]).toMatchObject([0, { id: 1, ...alice }])
  })

  it.each([
    ['Laptop', '999.99', 10, 1],
    ['Mouse', '29.99', 50, 2],
    ['Keyboard', '79.99', 30, 3],
  ])('✓ 3 produits créés: %s at %s, %i in stock', async (name, price, stock, id) => {
    expect((await typed(`products create --name ${name} --price ${price} --stock ${stock}`)).json()).toMatchObject({
      id,
      name,
      price,
      stock,
    })
  })

  it('✓ Commande créée : #1, Total: 1059.97€', async () => {
    const { exitCode, json } = await typed('orders place --user alice_dev --item 1:1 --item 2:2')
    expect([exitCode, json()]).toMatchObject([
      0,
      { id: 1, username: 'alice_dev', status: 'confirmed', total_amount: '1059.97' },
    ])
  })

  it('✓ Commande #1 avec 2 items', async () => {
    expect((await typed('orders get 1')).json()).toMatchObject({
      id: 1,
      items: [
        { name: 'Laptop', quantity: 1, price: '999.99', subtotal: '999.99' },
        { name: 'Mouse', quantity: 2, price: '29.99', subtotal: '59.98' },
      ],
    })
  })

  it('✓ 1 utilisateurs actifs', async () => {
    expect((await typed('users list --active')).json()).toMatchObject([alice])
  })

  it('the stock is what is left, alice can log in, and everything is true', async () => {
    expect((await typed('products list')).json<{ stock: number }[]>().map(({ stock }) => stock)).toEqual([9, 48, 30])
    expect(
      (await typed('users authenticate --email alice@example.com --password-stdin', `${password}\n`)).json(),
    ).toMatchObject(alice)
    expect((await typed('db check')).exitCode).toBe(0)
  })

  it('so is what the chapter forgot: the laptops run out, and the eleventh is not sold', async () => {
    const orders = await Promise.all(
      Array.from({ length: 12 }, () => typed('orders place --user alice_dev --item 1:1')),
    )
    expect(orders.filter(({ exitCode }) => exitCode === 0)).toHaveLength(9)
    expect(orders.filter(({ exitCode }) => exitCode === 6)).toHaveLength(3)
    expect((await typed('db check')).exitCode).toBe(0)
  })
})

describe("the chapter's advanced queries", () => {
  const { name: database } = testDatabase()
  const rows = async (line: string) => (await dbtool(`${line} --json`, { database })).json<Record<string, unknown>[]>()

  beforeAll(async () => {
    const lines = [
      ...['alice', 'bob', 'carol'].map(
        (username) => `users create --username ${username} --email ${username}@example.com --generate-password`,
      ),
      'products create --sku LAPTOP --name Laptop --price 999.99 --stock 10',
      'products create --sku MOUSE --name Mouse --price 29.99 --stock 50',
      ...['LAPTOP:1', 'MOUSE:2'].map((item) => `orders place --user alice --item ${item}`),
      ...Array.from({ length: 6 }, () => 'orders place --user bob --item MOUSE:1'),
    ]
    for (const line of lines) expect(await dbtool(line, { database }), line).toMatchObject({ exitCode: 0 })
  })

  it.each([
    [
      'orders per user',
      'report orders-per-user',
      [
        { username: 'bob', order_count: 6, total_spent: '179.94' },
        { username: 'alice', order_count: 2, total_spent: '1059.97' },
      ],
    ],
    [
      'users with recent orders, by subquery',
      'report recent-customers --within 30d',
      [
        { username: 'bob', order_count: 6 },
        { username: 'alice', order_count: 2 },
      ],
    ],
    [
      'top products',
      'report top-products',
      [
        { name: 'Mouse', total_sold: 8, times_ordered: 7 },
        { name: 'Laptop', total_sold: 1, times_ordered: 1 },
      ],
    ],
    [
      'customer categories, by CASE',
      'report customer-categories',
      [
        { username: 'bob', category: 'regular' },
        { username: 'alice', category: 'occasional' },
        { username: 'carol', category: 'inactive' },
      ],
    ],
    ['dynamic filters', 'users list --active --search alice --min-orders 1', [{ username: 'alice' }]],
    [
      'big spenders, in raw SQL',
      'report big-spenders --min-spent 200',
      [{ username: 'alice', order_count: 2, total_spent: '1059.97' }],
    ],
    [
      'joinedload, selectinload and N+1',
      'report eager-loading',
      [
        { strategy: 'one-by-one', statements: 4 },
        { strategy: 'join', statements: 1 },
        { strategy: 'second-query', statements: 2 },
      ],
    ],
  ])('%s: dbtool %s', async (_what, line, expected) => {
    const found = await rows(line)
    const byName = (list: readonly object[]) =>
      [...list].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
    // Who ordered last is a matter of the same second here.
    if (line.includes('recent'))
      expect(byName(found.map(({ username, order_count }) => ({ username, order_count })))).toEqual(byName(expected))
    else expect(found).toMatchObject(expected)
  })
})
