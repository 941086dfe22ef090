import { beforeEach, describe, expect, it } from 'vitest'
import { withRetries } from '../../src/db/retry.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { restockProduct } from '../../src/shop/products/changes.ts'
import { dbtool } from '../support/cli.ts'
import { replacing, testDatabase, withPool } from '../support/database.ts'
import { renewedShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const author = { osUser: 'tester', command: 'test' }
beforeEach(() => renewedShop(shop))

const type = (line: string) => dbtool(line, { database: shop.name })
const lastLog = async () =>
  (await shop.connection.rows('SELECT command, entity, entity_id, message FROM logs ORDER BY id DESC LIMIT 1'))[0]
const sound = async () => expect((await type('db check')).exitCode).toBe(0)

describe('products restock', () => {
  it.each([
    ['5', 103, '+5: 98 → 103'],
    ['+5', 103, '+5: 98 → 103'],
    ['-98', 0, '-98: 98 → 0'],
  ])('--by %s', async (by, stock, log) => {
    const { json, stderr } = await type(`products restock TEA-1 --by ${by} --json`)
    expect([json()['stock'], stderr]).toEqual([stock, ''])
    expect(await lastLog()).toEqual({
      command: 'products restock',
      entity: 'products',
      entity_id: 1,
      message: `restocked TEA-1 by ${log}`,
    })
    await sound()
  })

  it('says what is there now, and that nothing can be taken from nothing', async () => {
    expect((await type('products restock POT-1 --by -2')).stderr).toBe('✔ Teapot: -2, now 0 in stock\n')
    expect((await type('products restock POT-1 --by -1 --json')).error).toMatchObject({
      code: 'OUT_OF_STOCK',
      hint: 'there is no stock to remove',
    })
  })

  it('fifty at once that bring, take out and order add up exactly', async () => {
    await withPool(shop.target, { size: 10, maxOverflow: 0 }, async (db) => {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => {
          if (index % 5 === 0)
            return placeOrder(db, {
              userId: 1,
              lines: [{ productId: 1, quantity: 1 }],
              key: `at-once-${index}`,
              status: 'confirmed',
              author,
            })
          return db.transaction((tx) => restockProduct(tx, author, 'TEA-1', index % 2 === 0 ? -3 : 7))
        }),
      )
    })
    // 10 orders of one unit, 20 times three taken out, 20 times seven brought.
    expect(await shop.connection.rows('SELECT stock FROM products WHERE id = 1')).toEqual([
      { stock: 98 - 10 - 20 * 3 + 20 * 7 },
    ])
    await sound()
  })

  it('never takes the last unit twice', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => type('products restock POT-1 --by -1 --json')))
    expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 0, 6, 6, 6, 6])
    await sound()
  })

  it('is tried again when it was refused for a stock that is not there any more', async () => {
    let refused = 0
    const { connection: db } = shop
    const refusesOnce = replacing(db, {
      execute: (sql, values) =>
        sql.startsWith('UPDATE') && (refused += 1) === 1
          ? Promise.resolve({ affectedRows: 0, insertId: 0 })
          : db.execute(sql, values),
    })
    expect(
      await withRetries(() => restockProduct(refusesOnce, author, 'POT-1', -2), { kind: 'transaction' }),
    ).toMatchObject({ stock: 0 })
  })

  it('on a terminal asks by how many', async () => {
    const tty = terminal(['products', 'restock', 'TEA-1'], shop.name)
    await tty.see('Units to add (-5 removes five)')
    tty.type(`0${keys.enter}`)
    await tty.see("Must be a whole number other than 0, such as 5 or -5, not '0'")
    tty.type(`${keys.backspace}-8${keys.enter}`)
    await tty.see('Green tea: -8, now 90 in stock')
    expect(await tty.ended()).toBe(0)
  })
})
