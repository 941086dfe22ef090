import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Queries } from '../../../src/db/queries.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { decideOrders } from '../../../src/shop/import/decide-orders.ts'
import type { DraftOrder } from '../../../src/shop/import/draft-order.ts'
import { ShopMemory } from '../../../src/shop/import/known-shop.ts'
import { OrderWriter, type Outcome } from '../../../src/shop/import/write-orders.ts'
import { OutOfStock } from '../../../src/shop/orders/place-order.ts'
import { dbtool } from '../../support/cli.ts'
import { testDatabase, untilWaiting, withPool } from '../../support/database.ts'
import { draftOrder } from '../../support/drafts.ts'
import { everything, renewedShop } from '../../support/shop.ts'

const database = testDatabase()
beforeEach(() => renewedShop(database))

const author = { osUser: 'tester', command: 'orders import' }
const policy = { create: true, initialStock: 10, history: false }

type Line = readonly [sku: string, quantity: number]

const draft = (ref: string, user: string, ...lines: readonly Line[]): DraftOrder =>
  draftOrder(
    ref,
    user,
    lines.map(([sku, quantity]) => [sku, quantity, '1.00']),
  )

const textOf = (outcome: Outcome): string =>
  outcome instanceof DbtoolError ? `${outcome.code}: ${outcome.message}` : `${outcome.outcome} ${outcome.totalAmount}`

/** Decides that all the orders are to be placed; then something happens in the shop; then they are placed. */
function placing(
  drafts: readonly DraftOrder[],
  meanwhile: (db: Database) => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  return withPool(database.target, {}, async (db) => {
    const memory = new ShopMemory(db, { dryRun: false })
    const { decisions, effects } = decideOrders(drafts, await memory.read(drafts), policy)
    expect(decisions.map(({ outcome }) => outcome)).toEqual(drafts.map(() => 'place'))
    memory.remember(effects)
    await meanwhile(db)
    return (await new OrderWriter(db, memory, author, policy).apply(drafts)).map(textOf)
  })
}

const selling = (sku: string) => (db: Database) =>
  db.execute('UPDATE products SET stock_received = stock_received - stock, stock = 0 WHERE sku = ?', [sku])
const check = async (): Promise<number> => (await dbtool('db check', { database: database.name })).exitCode
const names = async (): Promise<unknown> => [
  (await database.connection.rows<{ username: string }>('SELECT username FROM users ORDER BY id')).map(
    ({ username }) => username,
  ),
  (await database.connection.rows<{ sku: string }>('SELECT sku FROM products ORDER BY id')).map(({ sku }) => sku),
]

describe('when the shop changes between decision and placing', () => {
  it('an order that is refused leaves no trace', async () => {
    const before = await everything(database)
    expect(await placing([draft('A', 'eve', ['NEW', 1], ['POT-1', 1])], selling('POT-1'))).toEqual([
      'OUT_OF_STOCK: out of stock: POT-1 (Teapot): 1 wanted, 0 in stock',
    ])
    const { products, ...rest } = await everything(database)
    expect(products).toHaveLength(2)
    expect({ ...rest, products: before['products'] }).toEqual(before)
  })

  it('the other orders are placed, and only what they need is created', async () => {
    const drafts = [
      draft('A', 'eve', ['NEW-A', 1], ['POT-1', 1]),
      draft('B', 'dan', ['NEW-B', 2]),
      draft('C', 'dan', ['NEW-B', 1], ['NEW-C', 1]),
      draft('D', 'ada', ['TEA-1', 1]),
    ]
    expect(await placing(drafts, selling('POT-1'))).toEqual([
      expect.stringContaining('OUT_OF_STOCK'),
      'placed 2.00',
      'placed 2.00',
      'placed 1.00',
    ])
    expect(await names()).toEqual([
      ['ada', 'bob', 'dan'],
      ['TEA-1', 'POT-1', 'NEW-B', 'NEW-C'],
    ])
    expect(await check()).toBe(0)
  })

  it('users and products that somebody else created meanwhile are used', async () => {
    const creating = async (db: Database): Promise<void> => {
      await db.execute("INSERT INTO users (username, email, password_hash) VALUES ('eve', 'eve@import.invalid', '!')")
      await db.execute("INSERT INTO products (sku, name, price, stock, stock_received) VALUES ('NEW', 'N', 9, 2, 2)")
    }
    expect(await placing([draft('A', 'eve', ['NEW', 1]), draft('B', 'eve', ['NEW', 1])], creating)).toEqual([
      'placed 1.00',
      'placed 1.00',
    ])
    expect(await names()).toEqual([
      ['ada', 'bob', 'eve'],
      ['TEA-1', 'POT-1', 'NEW'],
    ])
    expect(await check()).toBe(0)
  })

  it.each([
    ['the same order', 1, 'existing 1.00'],
    ['another order', 2, "KEY_CONFLICT: the key 'import:A' was already used for order 2, with other contents"],
  ])('%s with its key: %s', async (_what, quantity, expected) => {
    const meanwhile = (): Promise<unknown> => placing([draft('A', 'ada', ['TEA-1', quantity])])
    expect(await placing([draft('A', 'ada', ['TEA-1', 1]), draft('B', 'ada', ['TEA-1', 1])], meanwhile)).toEqual([
      expected,
      'placed 1.00',
    ])
  })
})

describe('an order that another import places at the same time, with the user and product that it creates', () => {
  const [first, second] = [draft('A', 'eve', ['NEW', 1]), draft('B', 'eve', ['NEW', 1])]

  it('exists for the batches that are decided afterwards', async () => {
    const decisions = await withPool(database.target, {}, async (db) => {
      const memory = new ShopMemory(db, { dryRun: false })
      memory.remember(decideOrders([first], await memory.read([first]), policy).effects)
      await placing([first, second])
      return decideOrders([second], await memory.read([second]), policy).decisions
    })
    expect(decisions).toEqual([expect.objectContaining({ outcome: 'existing', totalAmount: '1.00' })])
  })

  it('exists for the batch that is being placed', async () => {
    const outcomes = await withPool(database.target, {}, async (db) => {
      let attempts = 0
      /** The batch fails; then the other import is faster than its single order. */
      const transaction = async (work: () => Promise<unknown>): Promise<unknown> => {
        attempts += 1
        if (attempts === 1) throw new DbtoolError('DUPLICATE', 'somebody else has it')
        await placing([first])
        return db.transaction(work)
      }
      const late = Object.create(db, { transaction: { value: transaction } }) as Database
      const memory = new ShopMemory(db, { dryRun: false })
      memory.remember(decideOrders([first], await memory.read([first]), policy).effects)
      const writer = new OrderWriter(late, memory, author, policy)
      return writer.apply([first])
    })
    expect(outcomes.map(textOf)).toEqual(['existing 1.00'])
  })
})

it('batches that need the same new products wait for each other, and create them once', async () => {
  const outcomes = await withPool(database.target, {}, async (db) => {
    const memory = new ShopMemory(db, { dryRun: false })
    const writer = new OrderWriter(db, memory, author, policy)
    const batches: Promise<readonly Outcome[]>[] = []
    for (const batch of ['A', 'B', 'C']) {
      const drafts = [1, 2].map((number) => draft(`${batch}${number}`, `user_${number}`, ['NEW', 1], [`N${number}`, 1]))
      const { effects } = decideOrders(drafts, await memory.read(drafts), policy)
      memory.remember(effects)
      batches.push(writer.apply(drafts))
    }
    return Promise.all(batches)
  })
  expect(outcomes.flat().map(textOf)).toEqual(Array.from({ length: 6 }, () => 'placed 2.00'))
  expect(await database.connection.rows("SELECT sku, stock FROM products WHERE sku LIKE 'N%' ORDER BY sku")).toEqual([
    { sku: 'N1', stock: 7 },
    { sku: 'N2', stock: 7 },
    { sku: 'NEW', stock: 4 },
  ])
  expect(await check()).toBe(0)
})

describe('a refusal after a COMMIT that was lost', () => {
  it.each([
    ['COMMIT', 'existing 1.00'],
    ['ROLLBACK', 'OUT_OF_STOCK: out of stock: TEA-1 (Green tea): 1 wanted, 0 in stock'],
  ])('waits until that transaction has ended: %s, %s', async (end, expected) => {
    const behind = await connect(database.target)
    onTestFinished(() => behind.close())
    const shortage = { product_id: 1, sku: 'TEA-1', name: 'Green tea', wanted: 1, stock: 0, is_active: 1 }
    const outcomes = await withPool(database.target, {}, async (db) => {
      let attempts = 0
      /** The first attempt waits at its COMMIT on a node that nobody reaches any more, and another node refuses. */
      const transaction = async (work: (queries: Queries) => Promise<unknown>): Promise<never> => {
        attempts += 1
        if (attempts === 1) {
          await behind.execute('START TRANSACTION')
          await work(behind)
        }
        throw new OutOfStock([shortage])
      }
      const moved = Object.create(db, { transaction: { value: transaction } }) as Database
      const memory = new ShopMemory(db, { dryRun: false })
      const drafts = [draft('A', 'dan', ['TEA-1', 1])]
      memory.remember(decideOrders(drafts, await memory.read(drafts), policy).effects)
      const applied = new OrderWriter(moved, memory, author, policy).apply(drafts)
      await untilWaiting(database)
      await behind.execute(end)
      return applied
    })
    expect(outcomes.map(textOf)).toEqual([expected])
  })
})
