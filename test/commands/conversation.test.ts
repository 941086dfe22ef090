import { beforeEach, describe, expect, it } from 'vitest'
import { searchProducts, searchUsers } from '../../src/shop/search.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { whereabouts } from '../support/people.ts'
import { everything, renewedShop } from '../support/shop.ts'
import { keys, talk, terminal, type Step } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
beforeEach(() => renewedShop(shop))

const clear = '\u0015'

/** Ada wants two teas and a pot. */
const wishes: readonly Step[] = [
  { see: 'Who buys?', type: 'AD' },
  { see: '❯ ada  ada@example.com\n\n', type: keys.enter },
  { see: 'What? Type', type: 'tea-' },
  { see: '❯ TEA-1  Green tea  4.50  98 in stock\n\n', type: keys.enter },
  { see: 'How many TEA-1? 98 in stock', type: `99${keys.enter}` },
  { see: 'Must be at most 98: there are no more', type: `${clear}2${keys.enter}` },
  { see: 'What else?', type: 'pot' },
  { see: '❯ POT-1  Teapot  48.90  2 in stock\n\n', type: keys.enter },
  { see: 'How many POT-1? 2 in stock', type: `2${keys.enter}` },
  { see: 'That is all: 2 products', type: keys.enter },
]

describe('orders place without flags is a conversation', () => {
  it('that finds customer and products as they are typed, holds quantities against the stock, shows the total, and says how it goes without questions', async () => {
    const person = terminal(['orders', 'place'], database, { columns: 200 })
    await talk(person, [
      ...wishes,
      { see: `Place this order of 106.80 for ada? ${whereabouts(database)}`, type: `y${keys.enter}` },
    ])
    await person.see('placed order 2: 106.80')
    await person.see('without questions: dbtool orders place --user ada --item TEA-1:2 --item POT-1:2')
    expect(await person.ended()).toBe(0)
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
    const person = terminal(['orders', 'place'], database)
    await talk(person, wishes)
    await person.see('Place this order of 106.80 for ada?')
    await shop.connection.change("UPDATE products SET price = 5 WHERE sku = 'TEA-1'")
    await shop.connection.change("UPDATE products SET stock = 1, stock_received = 2 WHERE sku = 'POT-1'")
    person.type(`y${keys.enter}`)
    await talk(person, [
      { see: 'TEA-1 costs 5.00 now; it was 4.50', type: '' },
      { see: 'of POT-1 there are only 1 now', type: '' },
      { see: 'How many POT-1? 1 in stock', type: keys.enter },
      { see: 'Place this order of 58.90 for ada?', type: `y${keys.enter}` },
    ])
    await person.see('placed order 2: 58.90')
    expect(await person.ended()).toBe(0)
    expect((await dbtool('db check', { database })).exitCode).toBe(0)
  })

  it('asks only for what the flags leave out', async () => {
    const person = terminal(['orders', 'place', '--user', 'bob'], database)
    await talk(person, [
      ...wishes.slice(2, 4),
      { see: 'How many TEA-1?', type: keys.enter },
      { see: 'What else?', type: '' },
      // Enter is heard only when there is something to choose from.
      { see: 'That is all: 1 product', type: keys.enter },
      { see: 'Place this order of 4.50 for bob?', type: `y${keys.enter}` },
    ])
    await person.see('without questions: dbtool orders place --user bob --item TEA-1:1')
    expect(await person.ended()).toBe(0)
  })

  it('takes out what is wanted no more, and changes how many', async () => {
    const person = terminal(['orders', 'place', '--user', 'ada'], database, { columns: 200 })
    await talk(person, [
      { see: 'What? Type', type: 'TEA-' },
      { see: '❯ TEA-1  Green tea  4.50  98 in stock\n\n', type: keys.enter },
      { see: 'How many TEA-1?', type: `2${keys.enter}` },
      { see: 'What else?', type: 'TEA-' },
      { see: '❯ TEA-1  Green tea  4.50  98 in stock, 2 in the order\n\n', type: keys.enter },
      { see: '2 in the order so far; 0 takes it out', type: `0${keys.enter}` },
      { see: 'What? Type', type: 'pot' },
      { see: '❯ POT-1  Teapot  48.90  2 in stock\n\n', type: keys.enter },
      { see: 'How many POT-1?', type: `1${keys.enter}` },
      { see: 'That is all: 1 product', type: keys.enter },
      { see: 'Place this order', type: `y${keys.enter}` },
    ])
    await person.see('without questions: dbtool orders place --user ada --item POT-1:1\n')
    expect(await person.ended()).toBe(0)
  })

  it('says so where there is nobody who could buy, or nothing for sale', async () => {
    await shop.connection.change('UPDATE products SET is_active = FALSE')
    expect(await lastWords(['--user', 'ada'])).toMatch(
      /error: there is nothing for sale\s+hint: add a product: dbtool products create/,
    )
    await shop.connection.change('UPDATE users SET is_active = FALSE')
    expect(await lastWords([])).toMatch(/error: there is nobody who could buy\s+hint: add a user: dbtool users create/)
  })

  async function lastWords(flags: string[]): Promise<string> {
    const person = terminal(['orders', 'place', ...flags], database)
    expect(await person.ended()).toBe(5)
    return person.screen
  }

  it('knows a wrong customer before it asks anything', async () => {
    const person = terminal(['orders', 'place', '--user', 'nobody'], database)
    expect(await person.ended()).toBe(5)
    expect(person.screen).not.toContain('What?')
  })

  it('does not offer what is sold out', async () => {
    await shop.connection.change("UPDATE products SET stock = 0, stock_received = 1 WHERE sku = 'POT-1'")
    const person = terminal(['orders', 'place', '--user', 'bob'], database)
    await talk(person, [{ see: 'What?', type: 'pot' }])
    await person.see('POT-1  Teapot  48.90  0 in stock (sold out)')
    person.type(keys.ctrlC)
    expect(await person.ended()).toBe(130)
  })

  it('that ends with a no is exit 3, and no is what Enter says', async () => {
    const before = await everything(shop)
    const person = terminal(['orders', 'place'], database)
    await talk(person, [...wishes, { see: 'Place this order', type: keys.enter }])
    expect(await person.ended()).toBe(3)
    expect(person.screen).toContain('nothing was ordered')
    expect(await everything(shop)).toEqual(before)
  })

  it.each([0, 2, 4, 6, 10])('Ctrl-C after %d answers changes nothing: 130', async (answers) => {
    const before = await everything(shop)
    const person = terminal(['orders', 'place'], database)
    await talk(person, [
      ...wishes.slice(0, answers),
      { see: [...wishes, { see: 'Place this order' }][answers]!.see, type: keys.ctrlC },
    ])
    expect(await person.ended()).toBe(130)
    expect(await everything(shop)).toEqual(before)
  })
})

describe('the search behind it', () => {
  it('finds by the beginning first, then anywhere, whatever the case; % is a letter, and whoever may not log in is left out', async () => {
    for (const [username, email, active] of [
      ['adam', 'x@example.com', 1],
      ['madame', 'ada.l@example.org', 1],
      ['adagone', 'gone@example.com', 0],
    ] as const) {
      await shop.connection.change(
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
    expect((await searchProducts(shop.connection, 'tEA', 10)).map(({ sku }) => sku)).toEqual(['TEA-1', 'POT-1'])
  })

  it('reads no more of many users than of few', async () => {
    await shop.connection.change(
      "INSERT INTO users (username, email, password_hash) SELECT CONCAT('many', seq), CONCAT('many', seq, '@example.com'), '!' FROM seq_1_to_20000",
    )
    const [{ n: before } = { n: 0 }] = await shop.connection.rows<{ n: number }>(
      "SELECT CAST(SUM(VARIABLE_VALUE) AS INT) AS n FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME LIKE 'HANDLER_READ%'",
    )
    expect(await searchUsers(shop.connection, 'many1', 10)).toHaveLength(10)
    const [{ n: after } = { n: 0 }] = await shop.connection.rows<{ n: number }>(
      "SELECT CAST(SUM(VARIABLE_VALUE) AS INT) AS n FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME LIKE 'HANDLER_READ%'",
    )
    expect(after - before).toBeLessThan(1_000)
  })
})
