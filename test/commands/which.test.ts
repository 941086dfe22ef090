import { beforeEach, describe, expect, it } from 'vitest'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { renewedShop } from '../support/shop.ts'
import { keys, respond, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
beforeEach(async () => {
  await renewedShop(shop)
  await shop.connection.execute(
    "INSERT INTO users (username, email, password_hash, is_active) VALUES ('zoe', 'zoe@example.com', '!', " +
      "FALSE), ('2', 'two@example.com', '!', TRUE), ('newest', 'newest@example.com', '!', TRUE)",
  )
  await shop.connection.execute(
    "INSERT INTO products (sku, name, price, stock, stock_received, is_active) VALUES ('1', 'Sieve', 6, 7, 7, FALSE)",
  )
  await shop.connection.execute(
    "INSERT INTO addresses (user_id, address_type, street, city, postal_code, country) VALUES (1, 'billing', " +
      "'Torstr. 1', 'Berlin', '10119', 'DE'), (2, 'billing', 'Strand 2', 'London', 'WC2', 'GB')",
  )
  await placeOrder(shop.connection, {
    userId: 2,
    lines: [{ productId: 2, quantity: 1 }],
    key: 'basket-2',
    status: 'confirmed',
    author: { osUser: 'tester', command: 'test' },
  })
})

// The one that is marked at first is never the one that is wanted.
describe('what a verb is about is found as it is typed, where somebody sits there', () => {
  it.each([
    {
      line: 'users get',
      question: 'Which user? (part of the name or email)',
      typed: 'zoe@',
      marked: '❯ zoe  zoe@example.com  (inactive)',
      without: 'dbtool users get zoe',
    },
    // Read as an id, its name would be bob.
    {
      line: 'users get',
      question: 'Which user?',
      typed: 'two',
      marked: '❯ 2  two@example.com',
      without: 'dbtool users get id:4',
    },
    {
      line: 'users get',
      question: 'Which user?',
      typed: '3',
      marked: '❯ zoe  zoe@example.com  (inactive)',
      without: 'dbtool users get zoe',
    },
    {
      line: 'users update --first-name Zoe',
      question: 'Which user?',
      typed: 'zo',
      marked: '❯ zoe',
      without: 'dbtool users update --first-name Zoe zoe',
    },
    {
      line: 'products get',
      question: 'Which product? (part of the SKU or name)',
      typed: 'pot',
      marked: '❯ POT-1  Teapot  48.90  1 in stock',
      without: 'dbtool products get POT-1',
    },
    {
      line: 'products update --price 7',
      question: 'Which product?',
      typed: 'sie',
      marked: '❯ 1  Sieve  6.00  7 in stock  (not for sale)',
      without: 'dbtool products update --price 7 sku:1',
    },
    {
      line: 'products restock --by 5',
      question: 'Which product?',
      typed: 'teap',
      marked: '❯ POT-1  Teapot',
      without: 'dbtool products restock --by 5 POT-1',
    },
    {
      line: 'orders get',
      question: 'Which order? (its number, or part of the customer)',
      typed: 'ad',
      marked: '❯ 1  ada  confirmed  57.90',
      without: 'dbtool orders get 1',
    },
    {
      line: 'orders cancel',
      question: 'Which order?',
      typed: '1',
      marked: '❯ 1  ada  confirmed  57.90',
      without: 'dbtool orders cancel 1',
    },
    {
      line: 'addresses update --city Potsdam',
      question: 'Which address? (part of the user)',
      typed: 'ada',
      marked: '❯ 1  ada  billing  Torstr. 1, Berlin, DE',
      without: 'dbtool addresses update --city Potsdam 1',
    },
  ])('dbtool $line', async ({ line, question, typed, marked, without }) => {
    const tty = terminal(line.split(' '), database, { columns: 200 })
    await respond(tty, [
      { see: question, type: typed },
      { see: ` ${typed}\n${marked}`, type: keys.enter },
    ])
    if (line === 'orders cancel')
      await respond(tty, [
        { see: 'Cancel order 1, and return its units to stock? On dbtool_app@', type: '' },
        { see: `/${database}. (y/N)`, type: `y${keys.enter}` },
      ])
    await respond(tty, [{ see: `without prompts: ${without}\n`, type: '' }])
    expect(await tty.ended()).toBe(0)
    expect((await dbtool(`${without.replace('dbtool ', '')} --json`, { database })).exitCode).toBe(
      line === 'orders cancel' ? 6 : 0,
    )
  })

  it.each([
    { typed: 'zoe@example', why: 'there is only one match', user: 'zoe' },
    { typed: 'BOB', why: 'a match has exactly this name', user: 'bob' },
  ])('Enter during the search takes $typed, because $why', async ({ typed, user }) => {
    await shop.connection.execute(
      "INSERT INTO users (username, email, password_hash) VALUES ('bobby', 'bobby@example.com', '!')",
    )
    const tty = terminal(['users', 'get'], database)
    await respond(tty, [
      { see: '❯ ', type: `${typed}${keys.enter}` },
      { see: `without prompts: dbtool users get ${user}\n`, type: '' },
    ])
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).not.toContain('Warning')
  })

  it('Enter during the search takes nothing that the user has not seen', async () => {
    const tty = terminal(['users', 'get'], database)
    await respond(tty, [
      { see: '❯ ', type: `o${keys.enter}` },
      { see: ' o\n❯ ', type: keys.enter },
      { see: 'without prompts: ', type: '' },
    ])
    expect(await tty.ended()).toBe(0)
  })

  it('an order that was not meant is not cancelled', async () => {
    const tty = terminal(['orders', 'cancel'], database, { columns: 200 })
    await respond(tty, [
      { see: '❯ 2  bob  confirmed  48.90', type: keys.enter },
      { see: 'Cancel order 2, and return its units to stock? On dbtool_app@', type: '' },
      { see: `/${database}. (y/N)`, type: keys.enter },
    ])
    expect(await tty.ended()).toBe(3)
    expect((await dbtool('orders get 2 --field status', { database })).stdout).toBe('confirmed\n')
  })

  it('only an order that can be moved so is offered', async () => {
    const tty = terminal(['orders', 'deliver'], database)
    expect(await tty.ended()).toBe(5)
    expect(tty.screen).toContain('error: there are no shipped orders\nhint: list all orders: dbtool orders list')
  })

  it('where there is nothing yet, it says how to make one', async () => {
    await shop.connection.execute('DELETE FROM addresses')
    const tty = terminal(['addresses', 'remove'], database)
    expect(await tty.ended()).toBe(5)
    expect(tty.screen).toContain('error: there are no addresses yet\nhint: add one: dbtool addresses add')
  })

  it('a server that cannot be reached is told before anything is asked', async () => {
    const tty = terminal(['users', 'get', '--socket', '/nowhere'], database)
    expect(await tty.ended()).toBe(4)
    expect(tty.screen).not.toContain('Which user')
  })
})
