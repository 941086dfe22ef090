import { beforeEach, describe, expect, it } from 'vitest'
import { searchProducts, searchUsers } from '../../src/shop/search.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { targetSentence } from '../support/people.ts'
import { everything, renewedShop } from '../support/shop.ts'
import { keys, respond, terminal, type Step } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
beforeEach(() => renewedShop(shop))

const clear = '\u0015'

/** Ada wants two teas and a pot. */
const basketSteps: readonly Step[] = [
  { see: 'Which customer?', type: 'AD' },
  { see: '❯ ada  ada@example.com\n\n', type: keys.enter },
  { see: 'Which product? (part', type: 'tea-' },
  { see: '❯ TEA-1  Green tea  4.50  98 in stock\n\n', type: keys.enter },
  { see: 'How many TEA-1? (98 in stock', type: `99${keys.enter}` },
  { see: 'Must be at most 98, the units in stock', type: `${clear}2${keys.enter}` },
  { see: 'Which other product?', type: 'pot' },
  { see: '❯ POT-1  Teapot  48.90  2 in stock\n\n', type: keys.enter },
  { see: 'How many POT-1? (2 in stock', type: `2${keys.enter}` },
  { see: 'That is all: 2 products', type: keys.enter },
]

describe('orders place without flags is a conversation', () => {
  it('searches while the user types, limits quantities to the stock, shows the total and the flags', async () => {
    const tty = terminal(['orders', 'place'], database, { columns: 200 })
    await respond(tty, [
      ...basketSteps,
      { see: `Place this order of 106.80 for ada? ${targetSentence(database)}`, type: `y${keys.enter}` },
    ])
    await tty.see('placed order 2: 106.80')
    await tty.see('without prompts: dbtool orders place --user ada --item TEA-1:2 --item POT-1:2')
    expect(await tty.ended()).toBe(0)
    expect((await dbtool('orders get 2 --json', { database })).json()).toMatchObject({
      username: 'ada',
      total_amount: '106.80',
      items: [
        { sku: 'TEA-1', quantity: 2 },
        { sku: 'POT-1', quantity: 2 },
      ],
    })
  })

  it('shows what has changed meanwhile, before anything is placed', async () => {
    const tty = terminal(['orders', 'place'], database)
    await respond(tty, basketSteps)
    await tty.see('Place this order of 106.80 for ada?')
    await shop.connection.execute("UPDATE products SET price = 5 WHERE sku = 'TEA-1'")
    await shop.connection.execute("UPDATE products SET stock = 1, stock_received = 2 WHERE sku = 'POT-1'")
    tty.type(`y${keys.enter}`)
    await respond(tty, [
      { see: 'TEA-1 now costs 5.00; it was 4.50', type: '' },
      { see: 'only 1 left of POT-1', type: '' },
      { see: 'How many POT-1? (1 in stock', type: keys.enter },
      { see: 'Place this order of 58.90 for ada?', type: `y${keys.enter}` },
    ])
    await tty.see('placed order 2: 58.90')
    expect(await tty.ended()).toBe(0)
    expect((await dbtool('db check', { database })).exitCode).toBe(0)
  })

  it('asks only for what the flags leave out', async () => {
    const tty = terminal(['orders', 'place', '--user', 'bob'], database)
    await respond(tty, [
      ...basketSteps.slice(2, 4),
      { see: 'How many TEA-1?', type: keys.enter },
      { see: 'Which other product?', type: '' },
      // Enter is heard only when there is something to choose from.
      { see: 'That is all: 1 product', type: keys.enter },
      { see: 'Place this order of 4.50 for bob?', type: `y${keys.enter}` },
    ])
    await tty.see('without prompts: dbtool orders place --user bob --item TEA-1:1')
    expect(await tty.ended()).toBe(0)
  })

  it('takes out what is wanted no more, and changes how many', async () => {
    const tty = terminal(['orders', 'place', '--user', 'ada'], database, { columns: 200 })
    await respond(tty, [
      { see: 'Which product? (part', type: 'TEA-' },
      { see: '❯ TEA-1  Green tea  4.50  98 in stock\n\n', type: keys.enter },
      { see: 'How many TEA-1?', type: `2${keys.enter}` },
      { see: 'Which other product?', type: 'TEA-' },
      { see: '❯ TEA-1  Green tea  4.50  98 in stock, 2 in the order\n\n', type: keys.enter },
      { see: '2 in the order so far; 0 removes it', type: `0${keys.enter}` },
      { see: 'Which product? (part', type: 'pot' },
      { see: '❯ POT-1  Teapot  48.90  2 in stock\n\n', type: keys.enter },
      { see: 'How many POT-1?', type: `1${keys.enter}` },
      { see: 'That is all: 1 product', type: keys.enter },
      { see: 'Place this order', type: `y${keys.enter}` },
    ])
    await tty.see('without prompts: dbtool orders place --user ada --item POT-1:1\n')
    expect(await tty.ended()).toBe(0)
  })

  it('says so where there is nobody who could buy, or nothing for sale', async () => {
    await shop.connection.execute('UPDATE products SET is_active = FALSE')
    expect(await lastWords(['--user', 'ada'])).toMatch(
      /error: there are no products for sale\s+hint: add a product: dbtool products create/,
    )
    await shop.connection.execute('UPDATE users SET is_active = FALSE')
    expect(await lastWords([])).toMatch(/error: there are no active users\s+hint: add a user: dbtool users create/)
  })

  async function lastWords(flags: string[]): Promise<string> {
    const tty = terminal(['orders', 'place', ...flags], database)
    expect(await tty.ended()).toBe(5)
    return tty.screen
  }

  it('knows a wrong customer before it asks anything', async () => {
    const tty = terminal(['orders', 'place', '--user', 'nobody'], database)
    expect(await tty.ended()).toBe(5)
    expect(tty.screen).not.toContain('Which product?')
  })

  it('does not offer what is sold out', async () => {
    await shop.connection.execute("UPDATE products SET stock = 0, stock_received = 1 WHERE sku = 'POT-1'")
    const tty = terminal(['orders', 'place', '--user', 'bob'], database)
    await respond(tty, [{ see: 'Which product?', type: 'pot' }])
    await tty.see('POT-1  Teapot  48.90  0 in stock (sold out)')
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
  })

  it.each([60, 80, 120])('cuts a long name in %i columns, and not the price and the stock', async (columns) => {
    await shop.connection.execute("UPDATE products SET name = REPEAT('Green tea ', 20) WHERE sku = 'TEA-1'")
    const tty = terminal(['orders', 'place', '--user', 'bob'], database, { columns })
    await tty.see('Which product?')
    await tty.see('…  4.50  98 in stock')
    const [line = ''] = tty.screen.split('\n').filter((one) => one.includes('98 in stock'))
    expect(line).toMatch(/^[❯ ] TEA-1  Green tea .*…  4\.50  98 in stock$/)
    expect(line.length).toBe(columns - 2)
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
  })

  it('that ends with a no is exit 3, and no is what Enter says', async () => {
    const before = await everything(shop)
    const tty = terminal(['orders', 'place'], database)
    await respond(tty, [...basketSteps, { see: 'Place this order', type: keys.enter }])
    expect(await tty.ended()).toBe(3)
    expect(tty.screen).toContain('no order was placed')
    expect(await everything(shop)).toEqual(before)
  })

  it.each([0, 2, 4, 6, 10])('Ctrl-C after %d answers changes nothing: 130', async (answers) => {
    const before = await everything(shop)
    const tty = terminal(['orders', 'place'], database)
    await respond(tty, [
      ...basketSteps.slice(0, answers),
      { see: [...basketSteps, { see: 'Place this order' }][answers]!.see, type: keys.ctrlC },
    ])
    expect(await tty.ended()).toBe(130)
    expect(await everything(shop)).toEqual(before)
  })
})

describe('the search behind it', () => {
  it('finds by the beginning first, then anywhere, in any case; % is a letter; no inactive users', async () => {
    for (const [username, email, active] of [
      ['adam', 'x@example.com', 1],
      ['madame', 'ada.l@example.org', 1],
      ['adagone', 'gone@example.com', 0],
    ] as const) {
      await shop.connection.execute(
        "INSERT INTO users (username, email, password_hash, is_active) VALUES (?, ?, '!', ?)",
        [username, email, active],
      )
    }
    const found = async (typed: string): Promise<string[]> =>
      (await searchUsers(shop.connection, typed, 10, { active: true })).map(({ username }) => username)
    expect([(await found('ADA')).sort(), await found('dam'), await found('%'), await found('nobody')]).toEqual([
      ['ada', 'adam', 'madame'],
      expect.arrayContaining(['adam', 'madame']),
      [],
      [],
    ])
    await shop.connection.execute(
      "INSERT INTO products (sku, name, price) VALUES ('POT-0', 'A teapot', 1), ('STEAM', 'B', 1), ('X', 'Tea box', 1)",
    )
    const products = async (typed: string, most: number): Promise<(string | null)[]> =>
      (await searchProducts(shop.connection, typed, most)).map(({ sku }) => sku)
    expect(await products('tEA', 10)).toEqual(['TEA-1', 'X', 'POT-1', 'POT-0', 'STEAM'])
    expect(await products('tEA', 2)).toEqual(['TEA-1', 'X'])
  })

  it('reads no more of many users than of few', async () => {
    await shop.connection.execute(
      "INSERT INTO users (username, email, password_hash) SELECT CONCAT('many', seq), CONCAT('many', seq, " +
        "'@example.com'), '!' FROM seq_1_to_20000",
    )
    const [{ n: before } = { n: 0 }] = await shop.connection.rows<{ n: number }>(
      'SELECT CAST(SUM(VARIABLE_VALUE) AS INT) AS n FROM information_schema.SESSION_STATUS WHERE ' +
        "VARIABLE_NAME LIKE 'HANDLER_READ%'",
    )
    expect(await searchUsers(shop.connection, 'many1', 10)).toHaveLength(10)
    const [{ n: after } = { n: 0 }] = await shop.connection.rows<{ n: number }>(
      'SELECT CAST(SUM(VARIABLE_VALUE) AS INT) AS n FROM information_schema.SESSION_STATUS WHERE ' +
        "VARIABLE_NAME LIKE 'HANDLER_READ%'",
    )
    expect(after - before).toBeLessThan(1_000)
  })
})
