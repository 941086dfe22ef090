import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { renewedShop } from '../support/shop.ts'

const shop = testDatabase()
const run = (line: string): Promise<Outcome> => dbtool(line, { database: shop.name })

// Product 1 is TEA-1 and product 2 is POT-1; users 1 and 2 are ada and bob.
beforeEach(async () => {
  await renewedShop(shop)
  const { connection } = shop
  await connection.execute(
    "INSERT INTO products (id, sku, name, price) VALUES (77, '1', 'One', 1), (78, 'id:2', 'Odd', 1)",
  )
  await connection.execute("INSERT INTO products (id, sku, name, price) VALUES (79, '4711', 'Cologne', 1)")
  await connection.execute(
    `INSERT INTO users (id, username, email, password_hash) VALUES (777, 'eve', 'eve@example.com', '!'),
      (778, '777', 'seven@example.com', '!'), (779, '4711', 'cologne@example.com', '!')`,
  )
})

describe('digits that are the id of one and the name of another', () => {
  const twoProducts = "'1' is the id of TEA-1 (Green tea) and the SKU of product 77 (One)"
  const twoUsers = "'777' is the id of eve <eve@example.com> and the username of user 778 <seven@example.com>"

  it.each([
    ['products get 1', twoProducts],
    ['products update 1 --price 2', twoProducts],
    ['products restock 1 --by 1', twoProducts],
    ['products delete 1 --yes', twoProducts],
    ['orders place --user ada --item 1:2', twoProducts],
    ['users get 777', twoUsers],
    ['users update 777 --inactive', twoUsers],
    ['users delete 777 --yes', twoUsers],
    ['orders place --user 777 --item TEA-1:1', twoUsers],
    ['orders list --user 777', twoUsers],
    ['addresses list --user 777', twoUsers],
  ])('dbtool %s: exit 2, and both are named', async (line, message) => {
    expect(await run(`${line} --json`)).toMatchObject({
      exitCode: 2,
      error: {
        code: 'USAGE',
        message,
        hint: message === twoProducts ? 'write id:1 or sku:1' : 'write id:777 or username:777',
      },
    })
  })

  it.each([
    ['products get id:1', { id: 1 }],
    ['products get sku:1', { id: 77 }],
    ['products get 2', { id: 2 }],
    ['products get 4711', { id: 79 }],
    ['products get sku:TEA-1', { id: 1 }],
    ['products get sku:id:2', { id: 78 }],
    ['products get id:2', { id: 2 }],
    ['products restock sku:1 --by 5', { id: 77, stock: 5 }],
    ['orders place --user id:777 --item sku:4711:1 --dry-run', undefined],
    ['orders place --user username:777 --item id:1:2', { user_id: 778, items: [{ product_id: 1, quantity: 2 }] }],
    ['users get id:777', { id: 777 }],
    ['users get username:777', { id: 778 }],
    ['users get email:eve@example.com', { id: 777 }],
    ['users get 4711', { id: 779 }],
    ['users get 778', { id: 778 }],
  ])('dbtool %s finds the one that is meant', async (line, expected) => {
    const outcome = await run(`${line} --json`)
    if (expected !== undefined) expect(outcome.json()).toMatchObject(expected)
  })

  it.each(['sku:99', 'id:99', 'id:TEA-1', 'username:1'])('products get %s finds nothing', async (reference) => {
    expect(await run(`products get ${reference} --json`)).toMatchObject({ exitCode: 5, error: { code: 'NOT_FOUND' } })
  })

  it.each(['id:1', 'sku:1'])('--item %s lacks its quantity', async (item) => {
    expect(await run(`orders place --user ada --item ${item} --json`)).toMatchObject({
      exitCode: 2,
      error: { message: expect.stringContaining('must be <product>:<quantity>') },
    })
  })
})

describe('an address with an international domain', () => {
  it('is stored as typed, found in either form, and unique in both', async () => {
    expect((await run('users create --username lee --email Lee@exämple.de --generate-password --json')).exitCode).toBe(
      0,
    )
    for (const reference of ['lee@exämple.de', 'LEE@EXÄMPLE.DE', 'lee@xn--exmple-cua.de'])
      expect((await run(`users get ${reference} --json`)).json()).toMatchObject({
        username: 'lee',
        email: 'lee@exämple.de',
      })
    expect(
      await run('users create --username lia --email lee@xn--exmple-cua.de --generate-password --json'),
    ).toMatchObject({
      exitCode: 6,
      error: { code: 'DUPLICATE', message: "the email 'lee@xn--exmple-cua.de' is already taken" },
    })
    // Another domain, although the collation of the column ignores the difference.
    expect((await run('users create --username leo --email lee@example.de --generate-password --json')).exitCode).toBe(
      0,
    )
    expect((await run('users get lee@example.de --json')).json()).toMatchObject({ username: 'leo' })
    expect((await run('users update leo --email leo@exämple.de --json')).exitCode).toBe(0)
    expect((await run('users update lee --email leo@xn--exmple-cua.de --json')).exitCode).toBe(6)
    expect((await run('users update leo --email leo@example.de --json')).exitCode).toBe(0)
    expect((await run('users update lee --email leo@xn--exmple-cua.de --json')).exitCode).toBe(0)
  })

  it('and one with an apostrophe are customers of an order file', async () => {
    const lines = ["E1,o'hara@example.ie", 'E2,j&j@example.com', 'E3,lee@exämple.de', 'E4,ivan@xn--e1afmkfd.xn--p1ai']
    const content = `order_ref,user,sku,quantity\n${lines.map((line) => `${line},TEA-1,1\n`).join('')}`
    const outcome = await dbtool('orders import - --create-missing', { database: shop.name, stdin: content })
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, ''])
    expect(
      await shop.connection.rows(
        `SELECT u.email FROM orders o JOIN users u ON u.id = o.user_id
          WHERE o.idempotency_key LIKE 'import:E%' ORDER BY o.id`,
      ),
    ).toEqual(lines.map((line) => ({ email: line.slice(3) })))
  })

  it('no address is replaced without a word', async () => {
    const content = 'order_ref,user,sku,quantity\nE1,zoë@example.com,TEA-1,1\n'
    for (const flags of ['--dry-run', '']) {
      const { stderr } = await dbtool(`orders import - --create-missing ${flags}`, {
        database: shop.name,
        stdin: content,
      })
      expect(stderr).toContain(
        "order 'E1', line 2: 'zoë@example.com' is no valid address; " +
          'the new user has zo%c3%ab%40example.com@import.invalid\n',
      )
    }
  })

  it('a customer whom an earlier version did not know by the address is the same one', async () => {
    await shop.connection.execute(
      `INSERT INTO users (username, email, password_hash)
        VALUES ('o_hara', 'o%27hara%40example.ie@import.invalid', '!')`,
    )
    const content = "order_ref,user,sku,quantity\nE1,o'hara@example.ie,TEA-1,1\n"
    await dbtool('orders import - --create-missing', { database: shop.name, stdin: content })
    expect((await run('orders list --user o_hara --format count')).stdout).toBe('1\n')
  })
})
