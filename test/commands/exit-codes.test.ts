import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything, smallShop } from '../support/shop.ts'

const shop = testDatabase()
const empty = testDatabase({ migrated: false })
const folder = temporaryFolder()
beforeAll(() => smallShop(shop.name))

const address = '--type billing --street S --city C --postal-code P --country DE'
/** What is typed, the exit code, the code of the JSON error, and what its sentence and its hint say. */
const refusals: readonly [
  line: string,
  exitCode: number,
  code: string,
  message: string | RegExp,
  hint?: string | RegExp | null,
][] = [
  ['users create', 2, 'USAGE', 'missing --username, --email, --password-stdin or --generate-password', /flag|terminal/],
  ['users create --email ada@example.com --generate-password', 2, 'USAGE', 'missing --username'],
  ['users get', 2, 'USAGE', 'missing <user>'],
  ['users update --active', 2, 'USAGE', 'missing <user>'],
  ['users update', 2, 'USAGE', 'nothing to change: add --email, --first-name, --last-name, --active or --inactive'],
  [
    'users update ada -n',
    2,
    'USAGE',
    'nothing to change: add --email, --first-name, --last-name, --active or --inactive',
  ],
  ['users set-password', 2, 'USAGE', 'missing <user>, --password-stdin or --generate-password'],
  ['users authenticate', 2, 'USAGE', 'missing --email, --password-stdin'],
  ['users delete', 2, 'USAGE', 'missing <user>'],
  [
    'users delete bob',
    2,
    'USAGE',
    /^this needs a confirmation: Delete user 2, bob <bob@example\.com>\? On dbtool_app@.*\/test_\w+\.$/,
    /--yes/,
  ],
  ['users purge', 2, 'USAGE', 'missing --inactive-for'],
  ['addresses add --city Berlin', 2, 'USAGE', 'missing --user, --type, --street, --postal-code, --country'],
  ['addresses update --city Berlin', 2, 'USAGE', 'missing <id>', /addresses list/],
  ['addresses update 1', 2, 'USAGE', 'nothing to change: add --type, --street, --city, --postal-code or --country'],
  ['addresses remove', 2, 'USAGE', 'missing <id>', /addresses list/],
  ['products create', 2, 'USAGE', 'missing --name, --price'],
  ['products get', 2, 'USAGE', 'missing <product>'],
  ['orders place', 2, 'USAGE', 'missing --user, --item'],
  ['orders place --item TEA-1:1', 2, 'USAGE', 'missing --user'],
  ['orders get', 2, 'USAGE', 'missing <id>'],
  ['orders import', 2, 'USAGE', 'missing <file>'],
  [
    'db rollback',
    2,
    'USAGE',
    /^this needs a confirmation: Roll back migration \d+ \(\w+\), with all data in it\? On dbtool_app@.*\/test_\w+\.$/,
    /--yes/,
  ],
  [
    'server reset',
    2,
    'USAGE',
    /^this needs a confirmation: Delete the private server and all its data in .*\?$/,
    /--yes/,
  ],
  ['connection test --ask-password', 2, 'USAGE', 'missing --password-file', /--ask-password needs a terminal/],
  ['users get nobody', 5, 'NOT_FOUND', "there is no user 'nobody'", /users list --search/],
  ['users update nobody --active', 5, 'NOT_FOUND', "there is no user 'nobody'", /users list --search/],
  ['users delete nobody --yes', 5, 'NOT_FOUND', "there is no user 'nobody'"],
  ['users set-password nobody --generate-password', 5, 'NOT_FOUND', "there is no user 'nobody'"],
  [`addresses add --user nobody ${address}`, 5, 'NOT_FOUND', "there is no user 'nobody'"],
  ['addresses list --user nobody', 5, 'NOT_FOUND', "there is no user 'nobody'"],
  ['addresses update 4711 --city Bonn', 5, 'NOT_FOUND', 'there is no address 4711', /addresses list/],
  ['addresses remove 4711 --yes', 5, 'NOT_FOUND', 'there is no address 4711', /addresses list/],
  ['products get NONE', 5, 'NOT_FOUND', "there is no product 'NONE'", /products list/],
  ['orders get 4711', 5, 'NOT_FOUND', 'there is no order 4711', /orders list/],
  ['orders list --user nobody', 5, 'NOT_FOUND', "there is no user 'nobody'"],
  ['orders place --user nobody --item TEA-1:1', 5, 'NOT_FOUND', "there is no user 'nobody'"],
  ['orders place --user ada --item X:1 --item Y:2', 5, 'NOT_FOUND', "there are no products 'X', 'Y'"],
  [
    'users create --username ADA --email other@example.com --generate-password',
    6,
    'DUPLICATE',
    "the username 'ada' is already taken",
    /users get ada/,
  ],
  [
    'users create --username other --email Ada@Example.com --generate-password',
    6,
    'DUPLICATE',
    "the email 'ada@example.com' is already taken",
  ],
  [
    'users update bob --email Ada@Example.com --inactive',
    6,
    'DUPLICATE',
    "the email 'ada@example.com' is already taken",
    /users get ada@example.com/,
  ],
  [
    'users delete ada --yes',
    6,
    'REFERENCED',
    'ada cannot be deleted: 1 order belongs to this user',
    /^to forget the person and keep the orders: dbtool users anonymise ada; /,
  ],
  [
    // Without -n, the refusal leaves a row in the log.
    'users authenticate --email ada@example.com --password-stdin -n',
    6,
    'NOT_AUTHENTICATED',
    'the email and the password do not belong to a user who may log in',
    /users set-password/,
  ],
  [
    'products create --sku TEA-1 --name Other --price 1',
    6,
    'DUPLICATE',
    "the SKU 'TEA-1' is already taken",
    /products get TEA-1/,
  ],
  [
    'orders place --user ada --item POT-1:9 --item TEA-1:1000',
    6,
    'OUT_OF_STOCK',
    'out of stock: TEA-1 (Green tea): 1000 wanted, 98 in stock; POT-1 (Teapot): 9 wanted, 2 in stock',
  ],
  [
    'orders place --user ada --item TEA-1:3 --idempotency-key basket-1',
    6,
    'KEY_CONFLICT',
    "the key 'basket-1' was already used for order 1, with other contents",
    /orders get 1/,
  ],
  [
    'orders place --user ada --item TEA-1:1 --item 1:2',
    2,
    'USAGE',
    "product 'TEA-1' is given twice",
    /give each product once, with the total quantity/,
  ],
]

describe('what cannot be done', () => {
  it.each(refusals)('dbtool %s: exit %i, %s', async (...[line, exitCode, code, message, hint]) => {
    const before = await everything(shop)
    const refused = await dbtool(`${line} --json`, { database: shop.name })
    expect(refused.stdout).toBe('')
    expect(refused.stderr).toMatch(/^\{.*\}\n$/)
    expect(refused.error).toEqual({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint: refused.error.hint,
      exitCode,
    })
    expect(refused.exitCode).toBe(exitCode)
    if (hint !== undefined) expect(refused.error.hint).toMatch(hint ?? '')
    const forPeople = await dbtool(line, { database: shop.name })
    expect([forPeople.exitCode, forPeople.stdout]).toEqual([exitCode, ''])
    expect(forPeople.stderr).toMatch(/^error: .*\n(hint: .*\n)?$/)
    expect(await everything(shop)).toEqual(before)
  })
})

describe('the rest of the exit codes', () => {
  it('0: the same order with the same key is the same order', async () => {
    const again = await dbtool(
      'orders place --user ada --item TEA-1:2 --item POT-1:1 --idempotency-key basket-1 --json',
      { database: shop.name },
    )
    expect([again.exitCode, again.json()['id']]).toEqual([0, 1])
  })

  it('7: bulk work done in part, with the rejects in a file', async () => {
    const [lines, rejects] = [join(folder, 'lines.csv'), join(folder, 'rejects.csv')]
    writeFileSync(lines, 'order_ref,user,sku,quantity\nB1,ada,TEA-1,1\nB2,ada,NONE,1\n')
    const part = await dbtool(`orders import ${lines} --on-error skip --rejects ${rejects} --json`, {
      database: shop.name,
    })
    expect(part).toMatchObject({
      exitCode: 7,
      error: { code: 'PARTLY_DONE', message: '1 of 2 orders were rejected', exitCode: 7 },
    })
    expect(part.json()).toMatchObject({
      orders_placed: 1,
      orders_rejected: 1,
      lines_read: 2,
      lines_placed: 1,
      units: 1,
    })
    expect(readFileSync(rejects, 'utf8')).toContain('NONE')
  })

  it.each([
    'users list',
    'products get 1',
    'orders place --user a --item b:1',
    'report top-products',
    'db check',
    'db status',
  ])('8: no schema yet: dbtool %s', async (line) => {
    expect(await dbtool(`${line} --json`, { database: empty.name })).toMatchObject({
      exitCode: 8,
      error: { code: 'MIGRATIONS_PENDING', hint: 'run: dbtool db migrate' },
    })
  })
})
