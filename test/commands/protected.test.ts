import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { effectOf, GlobalOption } from '../../commands/kit/command.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { rollbackNames } from '../support/migrations.ts'
import { temporaryFolder } from '../support/folder.ts'
import { writeProfiles } from '../support/profiles.ts'
import { everything, smallShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'
import { verbs } from '../support/verbs.ts'

const all = await verbs()
/** The verbs that change much at once, or load the server, without a question of their own. */
const wholesale = all.flatMap(([path, verb]) => (effectOf(verb).isWholesale === undefined ? [] : [path]))

const shop = testDatabase()
const { name } = shop
const folder = temporaryFolder()
const files = {
  users: join(folder, 'users.csv'),
  products: join(folder, 'products.csv'),
  orders: join(folder, 'orders.csv'),
}
beforeAll(async () => {
  await smallShop(name)
  for (const line of [
    'addresses add --user bob --type shipping --street S --city C --postal-code P --country DE',
    'products create --sku CUP-1 --name Cup --price 2 --stock 7',
    'users create --username old --email old@example.com --generate-password',
    'users update old --inactive',
  ])
    await dbtool(line, { database: name })
  writeFileSync(files.users, 'username,email\ncarol,carol@example.com\n')
  writeFileSync(files.products, 'sku,name,price,stock\nNEW-1,New,1.00,5\n')
  writeFileSync(files.orders, 'order_ref,user,sku,quantity\nA1,ada,TEA-1,1\n')
  writeProfiles(folder, name, { live: { protected: true } })
})

const typed = (line: string): Promise<Outcome> => dbtool(`${line} --profile live`, { cwd: folder })
const where = (): string =>
  `On ${inject('osUser')}@${inject('socket')}/${name}, which is protected (profile live of .dbtool.json).`

/** Every way to destroy something, or to change much at once; and what is asked. */
const destructive: readonly [line: string, question: string | RegExp][] = [
  ['users delete bob --yes', 'Delete user 2, bob <bob@example.com> with 1 address?'],
  ['users purge --inactive-for 0d --yes', 'Delete 1 user, with their addresses?'],
  ['users anonymise ada --yes', 'Forget user 1, ada <ada@example.com>, and keep 1 order; 1 not delivered yet?'],
  ['logs purge --older-than 0d --yes', /: Delete \d+ log rows from before \S+Z\? On .*, which is protected \(/],
  ['products delete CUP-1 --yes', 'Delete Cup (id 3, 7 in stock)?'],
  ['addresses remove 1 --yes', 'Remove shipping address 1 of bob (S, C)?'],
  ['db rollback --yes', `Roll back migration ${rollbackNames[0]}, with all data in it?`],
  [
    'db reset',
    'Drop users (3 rows), addresses (1 row), products (3 rows), orders (1 row), order_items (2 rows), logs ' +
      '(9 rows), order_adjustments (0 rows), order_refusals (0 rows), and recreate them empty?',
  ],
  ['db migrate', 'Run dbtool db migrate?'],
  ['db seed', 'Run dbtool db seed?'],
  ['db grants --for somebody@localhost --apply', 'Run dbtool db grants?'],
  [`users import ${files.users}`, 'Run dbtool users import?'],
  [`products import ${files.products}`, 'Run dbtool products import?'],
  [`orders import ${files.orders}`, 'Run dbtool orders import?'],
  ['pool stress --workload ping --workers 1', 'Run dbtool pool stress?'],
  ['pool tune --workload ping --max 1', 'Run dbtool pool tune?'],
  ['pool compare --workload ping', 'Run dbtool pool compare?'],
  ['bench drivers', 'Run dbtool bench drivers?'],
]

describe('on a protected database', () => {
  it.each(destructive)('dbtool %s needs its name, and --yes is not enough', async (line, question) => {
    const before = await everything(shop)
    expect(await typed(`${line} --json`)).toMatchObject({
      exitCode: 2,
      stdout: '',
      error: {
        code: 'USAGE',
        message:
          typeof question === 'string'
            ? `this needs a confirmation: ${question} ${where()}`
            : expect.stringMatching(question),
        hint: `add --confirm ${name} to confirm it`,
      },
    })
    for (const given of [`${line} --confirm other`, `--confirm other ${line}`])
      expect(await typed(`--json ${given}`)).toMatchObject({
        exitCode: 2,
        error: { message: `--confirm is 'other', but the target is '${name}'` },
      })
    expect(await everything(shop)).toEqual(before)
  })

  it.each(destructive.filter(([line]) => !/^(pool|bench|db seed|db grants)/.test(line)))(
    'dbtool %s --dry-run needs none',
    async (line) => {
      const before = await everything(shop)
      expect(await typed(`${line} -n`)).toMatchObject({ exitCode: 0 })
      expect(await everything(shop)).toEqual(before)
    },
  )

  it.each([
    'users update bob --last-name B',
    'products restock TEA-1 --by 1',
    'orders place --user ada --item TEA-1:1',
    'users list',
    'db grants',
    'db check',
  ])('daily work needs none: dbtool %s', async (line) => {
    expect(await typed(line)).toMatchObject({ exitCode: 0 })
  })

  it.each([
    `--confirm NAME users import ${files.users}`,
    `products import ${files.products} --confirm NAME`,
    `orders import --confirm NAME ${files.orders}`,
    'db migrate --confirm NAME',
    'addresses remove 1 --confirm NAME',
    'users delete bob --confirm NAME',
    'pool stress --workload ping --workers 1 --confirm NAME',
    '--confirm NAME db reset',
    'db seed --orders 3 --confirm NAME',
  ])('with it, dbtool %s goes ahead', async (line) => {
    const { exitCode, stderr } = await typed(line.replace('NAME', name))
    expect(exitCode, stderr).toBe(0)
  })
})

describe('on a terminal', () => {
  beforeAll(async () => {
    await dbtool('db reset', { database: name, as: 'owner' })
    await dbtool(`db reset --confirm ${name}`, { database: name, as: 'owner' })
    await smallShop(name)
  })
  const protectedOne = { env: { DB_PROTECTED: '1' }, columns: 300 }

  it.each([
    ['y', 3, true],
    ['NAME', 0, false],
  ])('the name is typed: "%s", exit %i', async (answer, exitCode, stays) => {
    const tty = terminal(['users', 'delete', 'bob', '--yes'], name, protectedOne)
    await tty.see(`/${name}, which is protected (environment). Type ${name} to continue`)
    tty.type(answer.replace('NAME', name) + keys.enter)
    expect(await tty.ended()).toBe(exitCode)
    // To decline is no mistake.
    expect(tty.screen).not.toContain('error:')
    expect((await dbtool('users get bob', { database: name })).exitCode === 0).toBe(stays)
  })

  it('what is asked about another one says which, and takes a yes', async () => {
    const tty = terminal(['products', 'delete', 'POT-1'], name, { columns: 300 })
    await tty.see(`Deactivate it instead? On dbtool_app@${inject('socket')}/${name}. (y/N)`)
    tty.type(keys.enter)
    expect(await tty.ended()).toBe(3)
  })

  it('an offer is not answered by the name, which was said to something else', async () => {
    const tty = terminal(['products', 'delete', 'POT-1', '--confirm', name], name, protectedOne)
    await tty.see('Deactivate it instead?')
    tty.type(keys.enter)
    expect(await tty.ended()).toBe(3)
  })

  it('the private server is no matter of the database', async () => {
    const tty = terminal(['server', 'reset'], name, protectedOne)
    await tty.see('Delete the private server and all its data in ')
    await tty.see('? (y/N)')
    expect(tty.screen).not.toContain('protected')
    tty.type(keys.enter)
    expect(await tty.ended()).toBe(3)
  })
})

/** What changes one thing, as a shop does all day. */
const daily = [
  'users create',
  'users update',
  'users authenticate',
  'users set-password',
  'addresses add',
  'addresses update',
  'products create',
  'products update',
  'products restock',
  'orders place',
]

it('every verb that writes is daily work, or asks, or is named as changing much', () => {
  const paths = all.filter(
    ([path, { options }]) => !path.startsWith('server ') && options.some(({ long }) => long === '--dry-run'),
  )
  const asks = paths
    .filter(([, { options }]) =>
      options.some(
        (option) => option.long === '--yes' || (option.long === '--confirm' && !(option instanceof GlobalOption)),
      ),
    )
    .map(([path]) => path)
  expect(
    paths
      .map(([path]) => path)
      .filter((path) => !asks.includes(path) && !wholesale.includes(path))
      .sort(),
  ).toEqual([...daily].sort())
  expect(wholesale.sort()).toEqual(
    [
      ...['bench drivers', 'db grants', 'db migrate', 'db seed', 'db shell', 'orders import', 'pool compare'],
      ...['pool stress', 'pool tune', 'products import', 'sql', 'users import'],
    ].sort(),
  )
})
