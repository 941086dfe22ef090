import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { everything, renewedShop } from '../support/shop.ts'
import { keys, respond, terminal, type Step } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
beforeEach(async () => {
  await renewedShop(shop)
  await shop.connection.execute(
    "INSERT INTO addresses (user_id, address_type, street, city, postal_code, country) VALUES (1, 'billing', " +
      "'Torstr. 1', 'Berlin', '10119', 'DE')",
  )
})

const down = '\u001b[B'
const mark = ' '
const answer = (see: string, typed: string): Step => ({ see: `? ${see}`, type: `${typed}${keys.enter}` })
const question = 'What should change?'

describe('an update that says nothing asks what should be different, where somebody sits there', () => {
  it.each([
    {
      line: 'users update ada',
      choices: ['Email address  ada@example.com', 'First name     NULL', 'May log in     yes'],
      steps: [
        { see: question, type: `${down}${mark}${down}${mark}${keys.enter}` },
        answer('First name', 'Ada'),
        answer('Last name', "O'Neill"),
      ],
      without: `dbtool users update ada --first-name Ada --last-name 'O'\\''Neill'`,
      changed: "1 row changed: first_name NULL → Ada, last_name NULL → O'Neill",
    },
    {
      line: 'users update ada',
      choices: [],
      steps: [
        { see: question, type: `${mark}${down}${down}${down}${mark}${keys.enter}` },
        answer('Email address', 'ada'),
        { see: 'Must be an address such as ada@example.com', type: `@new.example${keys.enter}` },
      ],
      without: 'dbtool users update ada --email ada@new.example --inactive',
      changed: '1 row changed: email ada@example.com → ada@new.example, is_active true → false',
    },
    {
      line: 'products update TEA-1',
      choices: ['Name         Green tea', 'Price        4.50', 'For sale     yes'],
      steps: [
        { see: question, type: `${mark}${down}${down}${mark}${down}${mark}${keys.enter}` },
        answer('Name (now Green tea)', 'Sencha'),
        answer('Price (now 4.50)', '4.75'),
        answer('SKU (now TEA-1; empty: none)', ''),
      ],
      without: "dbtool products update TEA-1 --name Sencha --price 4.75 --sku ''",
      // The name last: a log row is cut at its end.
      changed: '1 row changed: price 4.50 → 4.75, sku TEA-1 → NULL, name Green tea → Sencha',
    },
    {
      line: 'addresses update 1',
      choices: ['Type (billing or shipping)         billing', 'City                               Berlin'],
      steps: [
        { see: question, type: `${mark}${down}${down}${mark}${keys.enter}` },
        answer('Type (billing or shipping)', 'shipping'),
        answer('City', 'Potsdam'),
      ],
      without: 'dbtool addresses update 1 --type shipping --city Potsdam',
      changed: '1 row changed: address_type billing → shipping, city Berlin → Potsdam',
    },
  ])('dbtool $line', async ({ line, choices, steps, without, changed }) => {
    const tty = terminal(line.split(' '), database)
    await respond(tty, steps)
    expect(await tty.ended()).toBe(0)
    for (const one of [...choices, changed, `without prompts: ${without}\n`]) expect(tty.screen).toContain(one)
  })

  it('is about what was shown, whoever has its name by then', async () => {
    const tty = terminal(['products', 'update', 'TEA-1'], database)
    await respond(tty, [
      { see: question, type: `${down}${down}${mark}${keys.enter}` },
      { see: '? Price', type: '' },
    ])
    await shop.connection.execute("UPDATE products SET sku = 'TEA-0' WHERE sku = 'TEA-1'")
    await shop.connection.execute(
      "INSERT INTO products (sku, name, price, stock, stock_received) VALUES ('TEA-1', 'Black tea', 3, 1, 1)",
    )
    tty.type(`4.75${keys.enter}`)
    expect(await tty.ended()).toBe(0)
    expect(await shop.connection.rows("SELECT sku, price FROM products WHERE name LIKE '%tea' ORDER BY id")).toEqual([
      { sku: 'TEA-0', price: '4.75' },
      { sku: 'TEA-1', price: '3.00' },
    ])
  })

  it.each([
    {
      line: 'users update ada',
      marked: `${mark}${keys.enter}`,
      asked: 'Email address',
      duplicate: 'bob@example.com',
      refused: 'This email is already in use',
      own: 'ada@example.com',
    },
    {
      line: 'products update TEA-1',
      marked: `${down}${down}${down}${mark}${keys.enter}`,
      asked: 'SKU',
      duplicate: 'POT-1',
      refused: 'This SKU is already in use',
      own: 'TEA-1',
    },
  ])(
    'dbtool $line refuses where it is typed what somebody else has',
    async ({ line, marked, asked, duplicate, refused, own }) => {
      const tty = terminal(line.split(' '), database)
      await respond(tty, [
        { see: question, type: marked },
        answer(asked, duplicate),
        { see: refused, type: `\u0015${own}${keys.enter}` },
      ])
      expect(await tty.ended()).toBe(0)
      expect(tty.screen).toContain('has these values already')
    },
  )

  it('shows a command line that can be typed, also behind --', async () => {
    const tty = terminal(['users', 'update', '--', 'ada'], database)
    await respond(tty, [
      { see: question, type: `${down}${mark}${keys.enter}` },
      answer('First name (empty: none)', 'Ada'),
    ])
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toContain('without prompts: dbtool users update --first-name Ada -- ada\n')
  })

  it('asks for the thing first', async () => {
    const tty = terminal(['users', 'update'], database)
    await respond(tty, [
      { see: 'Which user?', type: 'bob' },
      { see: ' bob\n❯ bob  bob@example.com\n\n', type: keys.enter },
      { see: question, type: `${mark}${keys.enter}` },
      answer('Email address', 'bob@new.example'),
    ])
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toContain('without prompts: dbtool users update bob --email bob@new.example\n')
  })

  it.each([
    ['nothing marked', keys.enter, 3, 'nothing was changed'],
    ['Ctrl-C', keys.ctrlC, 130, 'interrupted; nothing was changed'],
  ])('%s changes nothing', async (_, typed, exitCode, message) => {
    const before = await everything(shop)
    const tty = terminal(['users', 'update', 'ada'], database)
    await respond(tty, [{ see: question, type: typed }])
    expect(await tty.ended()).toBe(exitCode)
    expect(tty.screen).toContain(message)
    expect(await everything(shop)).toEqual(before)
  })

  it('what there is not is told before', async () => {
    const tty = terminal(['products', 'update', 'NOPE-1'], database)
    expect(await tty.ended()).toBe(5)
    expect(tty.screen).not.toContain(question)
  })
})
