import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { shipped } from '../support/migrations.ts'
import { everything, smallShop } from '../support/shop.ts'

const shop = testDatabase()
const empty = testDatabase({ migrated: false })
const folder = temporaryFolder()
const file = join(folder, 'lines.csv')
const users = join(folder, 'users.csv')
const products = join(folder, 'products.csv')
beforeAll(async () => {
  await smallShop(shop.name)
  await dbtool('addresses add --user bob --type shipping --street S --city C --postal-code P --country DE', {
    database: shop.name,
  })
  await shop.connection.execute(
    "INSERT INTO users (username, email, password_hash, is_active, created_at) VALUES ('old', " +
      "'old@example.com', '!', FALSE, '2020-01-01')",
  )
  await dbtool('products create --sku CUP-1 --name Cup --price 2 --stock 7', { database: shop.name })
  writeFileSync(users, 'username,email,first_name\nada,ada@example.com,Augusta\ncarol,carol@example.com,\n')
  writeFileSync(products, 'sku,name,price,stock\nTEA-1,Green tea,4.75,50\nCUP-1,Cup,1.00,5\n')
  writeFileSync(file, 'order_ref,user,sku,quantity,price\nA1,newcomer,NEW-1,1,2.00\n')
})

describe('--dry-run changes nothing at all', () => {
  it.each([
    'users create --username carol --email carol@example.com --generate-password',
    'users update bob --first-name Bob --inactive',
    'users set-password bob --generate-password',
    'users delete bob',
    'users purge --inactive-for 0d',
    'users anonymise ada',
    'logs purge --older-than 0d',
    'addresses add --user bob --type billing --street S --city C --postal-code P --country DE',
    'addresses update 1 --city Bonn',
    'addresses remove 1',
    'products create --name Cup --price 1.00 --stock 5',
    'products update TEA-1 --price 9 --sku "" --inactive',
    'products restock TEA-1 --by -5',
    'products delete CUP-1',
    'orders place --user ada --item TEA-1:1',
    'orders ship 1',
    'orders cancel 1',
    'orders place --user ada --item TEA-1:1 --pending --idempotency-key basket-2',
    `orders import ${file} --create-missing --initial-stock 10`,
    `users import ${users} --on-conflict update`,
    `products import ${products} --on-conflict update`,
    `products import ${products} --on-conflict skip --on-error skip`,
    'db rollback --to 0',
    'db reset',
    'db grants',
    'db migrate',
  ])('dbtool %s', async (line) => {
    const before = await everything(shop)
    const { exitCode, stderr } = await dbtool(`${line} -n`, { database: shop.name })
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/nothing was (changed|placed)|Nothing to do/)])
    expect(await everything(shop)).toEqual(before)
  })

  it('names no id and no time for what would be made', async () => {
    const made = { id: null, created_at: null }
    for (const line of [
      'users create --username carol --email c@example.com --generate-password',
      'products create --name Cup --price 1.00',
      'orders place --user ada --item TEA-1:1',
    ]) {
      expect((await dbtool(`${line} -n --json`, { database: shop.name })).json()).toMatchObject(made)
    }
  })

  it('also in a database without tables', async () => {
    expect((await dbtool('db migrate -n --json', { database: empty.name })).json()).toEqual(
      shipped.map(({ version, name }) => ({ version, name, direction: 'up' })),
    )
    expect(await everything(empty)).toEqual({})
  })

  it('a login with it is checked and not stamped', async () => {
    const stdin = 'Abcdef-12345'
    await dbtool('users set-password ada --password-stdin', { database: shop.name, stdin })
    const before = await everything(shop)
    const login = await dbtool('users authenticate --email ada@example.com --password-stdin -n', {
      database: shop.name,
      stdin,
    })
    expect([login.exitCode, login.stderr]).toEqual([0, '✔ ada could log in; nothing was changed\n'])
    expect(await everything(shop)).toEqual(before)
  })

  it('refuses what the real one would refuse', async () => {
    expect(
      await dbtool('users create --username ada --email x@example.com --generate-password -n --json', {
        database: shop.name,
      }),
    ).toMatchObject({ exitCode: 6, error: { code: 'DUPLICATE' } })
    expect(await dbtool('users update bob --email ada@example.com -n --json', { database: shop.name })).toMatchObject({
      exitCode: 6,
      error: { code: 'DUPLICATE' },
    })
    expect(await dbtool('users delete ada -n --json', { database: shop.name })).toMatchObject({
      exitCode: 6,
      error: { code: 'REFERENCED' },
    })
    expect(await dbtool('orders place --user ada --item POT-1:99 -n --json', { database: shop.name })).toMatchObject({
      exitCode: 6,
      error: { code: 'OUT_OF_STOCK' },
    })
  })
})
