import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { GlobalOption } from '../../commands/kit/command.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { verbs } from '../support/verbs.ts'

const shop = testDatabase()
const folder = temporaryFolder()
const file = (name: string, ...lines: string[]): string => {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  return join(folder, name)
}

const [password, other] = ['Zyx-pass-0001!', 'Zyx-pass-0002!']
const users = file(
  'users.csv',
  'username,email,first_name,last_name,is_admin,password_hash,last_login',
  'zyx_a,zyx_c@zyx.example,Zyxine,Zyxson,1,$2y$04$abcdefghijklmnopqrstuuW8oXnqGvYB6kVxkTzq5o1DY8mB0iYGa,1999-12-31',
  'zyx_new,zyx_new@zyx.example,Zyxine,Zyxson,0,!,1999-12-31',
)
const products = file('products.csv', 'sku,name,price,stock', 'TEA-1,Black tea,5.00,40', 'CUP-1,Cup,2.00,7')
const orders = file('orders.csv', 'order_ref,user,sku,quantity', 'zyx-1,zyx_d@zyx.example,TEA-1,1')

/** Every verb that writes into the log. What it is told about people has a mark. */
const lines: readonly [line: string, stdin?: string, exitCode?: number][] = [
  ['db seed --users 3 --products 2 --orders 2'],
  [
    'users create --username zyx_a --email zyx_a@zyx.example --first-name Zyxa --last-name Zyxb --password-stdin',
    password,
  ],
  ['users update zyx_a --email zyx_b@zyx.example --first-name Zyxc --last-name Zyxd --inactive'],
  ['users update zyx_a --active'],
  ['users set-password zyx_a --password-stdin', other],
  ['users authenticate --email zyx_b@zyx.example --password-stdin', other],
  ['users authenticate --email zyx_b@zyx.example --password-stdin', password, 6],
  ['users authenticate --email zyx_nobody@zyx.example --password-stdin', password, 6],
  ['addresses add --user zyx_a --type billing --street "Zyx 1" --city Zyxtown --postal-code ZYX1 --country ZW'],
  ['addresses update 1 --street "Zyx 2" --city Zyxville --postal-code ZYX2 --country ZM --type shipping'],
  [`users import ${users} --on-conflict update --with-admins --with-password-hashes`],
  ['products create --sku TEA-1 --name Tea --price 4.50 --stock 50'],
  ['products update TEA-1 --price 4.75'],
  ['products restock TEA-1 --by 5'],
  [`products import ${products} --on-conflict update`],
  ['products delete CUP-1 --yes'],
  ['orders place --user zyx_a --item TEA-1:1 --idempotency-key zyx_key --pending'],
  ['orders confirm 3'],
  ['orders ship 3'],
  ['orders deliver 3'],
  [`orders import ${orders} --create-missing`],
  ['orders cancel 4'],
  ['addresses remove 1 --yes'],
  ['users anonymise zyx_a --yes'],
  ['users delete zyx_new --yes'],
  ['users create --username zyx_old --email zyx_old@zyx.example --generate-password'],
  ['users update zyx_old --inactive'],
  ['users purge --inactive-for 0d --yes'],
  ['logs purge --older-than 0d --yes'],
]

/** Verbs that change the schema or privileges, or run what they are given, and leave no row. */
const silent = ['db migrate', 'db rollback', 'db reset', 'db grants', 'db restore', 'sql', 'cluster failover']

const lastId = async (): Promise<number> =>
  (await shop.connection.rows<{ id: number }>('SELECT COALESCE(MAX(id), 0) AS id FROM logs'))[0]?.id ?? 0

it('no verb writes a value of a person into the log', async () => {
  for (const [line, stdin = '', exitCode = 0] of lines) {
    const before = await lastId()
    const outcome = await dbtool(line, { database: shop.name, stdin })
    expect(outcome, `${line}: ${outcome.stderr}`).toMatchObject({ exitCode })
    const rows = await shop.connection.rows<{ text: string }>(
      "SELECT CONCAT_WS(' ', os_user, command, entity, message) AS text FROM logs WHERE id > ?",
      [before],
    )
    expect(rows.length, `${line} leaves a row in the log`).toBeGreaterThan(0)
    for (const { text } of rows) expect(text, line).not.toMatch(/zyx|\bZ[WM]\b|1999|\$2/i)
  }
})

it('the list above has every verb that writes', async () => {
  const writing = (await verbs()).flatMap(([path, { options }]) =>
    !path.startsWith('server ') && options.some((one) => one.long === '--dry-run' && !(one instanceof GlobalOption))
      ? [path]
      : [],
  )
  const tried = new Set(lines.map(([line]) => writing.find((path) => line.startsWith(`${path} `))))
  expect([...tried, ...silent].sort()).toEqual([...writing].sort())
})

it('SQL that writes into the log stands in one function, and in the statements of orders, which know only ids', () => {
  const root = join(import.meta.dirname, '..', '..')
  const writers = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && /INTO\s+logs\b/i.test(readFileSync(join(root, 'src', path), 'utf8')))
    .sort()
  expect(writers).toEqual([
    'shop/logs.ts',
    'shop/orders/change-status.sql.ts',
    'shop/orders/place-order.sql.ts',
    'shop/orders/place-orders.sql.ts',
  ])
})
