import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, untilWaiting } from '../support/database.ts'
import { targetSentence } from '../support/people.ts'
import { renewedShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const type = (line: string) => dbtool(line, { database: shop.name })
beforeEach(async () => {
  await renewedShop(shop)
  await type('products create --sku CUP-1 --name Cup --price 2 --stock 7')
})

describe('products delete', () => {
  it('deletes what no order refers to, after a yes', async () => {
    expect((await type('products delete CUP-1 --json')).error).toMatchObject({
      code: 'USAGE',
      message: `this needs a confirmation: Delete Cup (id 3, 7 in stock)? ${targetSentence(shop.name)}`,
    })
    const { stderr, json } = await type('products delete CUP-1 --yes --format ndjson')
    expect([stderr, json()['sku']]).toEqual(['✔ deleted Cup (id 3)\n', 'CUP-1'])
    expect(
      (await shop.connection.rows('SELECT command, entity, entity_id, message FROM logs ORDER BY id DESC LIMIT 1'))[0],
    ).toEqual({
      command: 'products delete',
      entity: 'products',
      entity_id: 3,
      message: 'deleted CUP-1: Cup, price 2.00, stock 7',
    })
    expect((await type('products get CUP-1')).exitCode).toBe(5)
  })

  it.each([60, 80, 120])('breaks a long question between words, in %i columns', async (columns) => {
    const tty = terminal(['products', 'delete', 'TEA-1'], shop.name, { columns })
    await tty.see('(y/N)')
    const question = '1 order refers to TEA-1 (Green tea), so it cannot be deleted. Deactivate it instead?'
    expect(tty.screen.replace(/\s+/g, ' ')).toContain(`? ${question} On `)
    tty.type(keys.enter)
    expect(await tty.ended()).toBe(3)
  })

  it('counts the orders, cancelled ones too, and does not offer what is done already', async () => {
    for (let order = 0; order < 2; order += 1) await type('orders place --user ada --item TEA-1:1')
    await type('orders cancel 1')
    await type('products update TEA-1 --inactive')
    expect((await type('products delete TEA-1 --yes --json')).error).toMatchObject({
      message: '3 orders refer to TEA-1 (Green tea), so it cannot be deleted',
      hint: 'it is already inactive, and existing orders still refer to it',
    })
  })

  it.each([
    [
      'an order that comes between',
      'INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (1, 3, 1, 2)',
      { exitCode: 6, code: 'REFERENCED', message: '1 order refers to CUP-1 (Cup), so it cannot be deleted' },
    ],
    [
      'somebody who deletes it first',
      'DELETE FROM products WHERE id = 3',
      { exitCode: 5, code: 'NOT_FOUND', message: "there is no product '3'" },
    ],
  ])('is told of %s', async (_what, meanwhile, error) => {
    const other = await connect(shop.target)
    await other.execute('START TRANSACTION')
    await other.execute('UPDATE products SET stock = stock WHERE id = 3')
    await other.execute(meanwhile)
    const outcome = type('products delete CUP-1 --yes --json')
    await untilWaiting(shop)
    await other.execute('COMMIT')
    await other.close()
    expect((await outcome).error).toMatchObject(error)
  })

  it('on a terminal asks first, and no is what Enter says', async () => {
    const tty = terminal(['products', 'delete', 'CUP-1'], shop.name)
    await tty.see('Delete Cup (id 3, 7 in stock)?')
    tty.type(keys.enter)
    expect(await tty.ended()).toBe(3)
    expect((await type('products get CUP-1')).exitCode).toBe(0)
  })

  it.each([
    ['y', 0, false],
    ['', 3, true],
  ])(
    'on a terminal offers to take what was ordered out of sale: answer %j, exit %i',
    async (answer, exitCode, active) => {
      const tty = terminal(['products', 'delete', 'TEA-1'], shop.name, { columns: 160 })
      await tty.see('1 order refers to TEA-1 (Green tea), so it cannot be deleted. Deactivate it instead?')
      tty.type(`${answer}${keys.enter}`)
      expect(await tty.ended()).toBe(exitCode)
      if (exitCode === 0) await tty.see('1 row changed: is_active true → false')
      expect((await type('products get TEA-1 --json')).json()['is_active']).toBe(active)
    },
  )

  it('on a terminal with --yes does not take a yes to deleting for one to something else', async () => {
    const tty = terminal(['products', 'delete', 'TEA-1', '--yes'], shop.name)
    expect(await tty.ended()).toBe(6)
    expect((await type('products get TEA-1 --json')).json()['is_active']).toBe(true)
  })
})
