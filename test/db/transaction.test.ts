import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { PooledDatabase, RollbackDatabase } from '../../src/db/database.ts'
import { DatabaseError } from '../../src/db/failures.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import type { Queries } from '../../src/db/queries.ts'
import { transactionSnapshot } from '../../src/db/snapshot.ts'
import { defaultLimits } from '../../src/db/target.ts'
import { dryRun, savepoint, transaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../support/database.ts'
import { FakeConnection } from './pool/fake-connection.ts'
import { brokenNetwork } from './proxy.ts'

const database = testDatabase()
const add = (db: Queries, sku: string): Promise<unknown> =>
  db.execute('INSERT INTO products (sku, name, price) VALUES (?, ?, 1)', [sku, sku])
const skus = async (): Promise<string[]> =>
  (await database.connection.rows<{ sku: string }>('SELECT sku FROM products ORDER BY id')).map(({ sku }) => sku)

beforeEach(() => database.connection.execute('DELETE FROM products'))

async function another(target = database.target): Promise<Connection> {
  const db = await connect(target)
  onTestFinished(() => db.close())
  return db
}

describe('a transaction', () => {
  it('takes place whole, and gives back what its work returned', async () => {
    const db = await another()
    expect(await transaction(db, async (tx) => [await add(tx, 'a'), await add(tx, 'b')].length)).toBe(2)
    expect(await skus()).toEqual(['a', 'b'])
    expect(db.inTransaction).toBe(false)
  })

  it.each([
    ['an error of its own', () => Promise.reject(new Error('no'))],
    ['an error of the server', (tx: Queries) => add(tx, 'a')],
  ])('does not take place at all after %s, which is what comes out', async (_what, fail) => {
    const db = await another()
    await expect(transaction(db, async (tx) => [await add(tx, 'a'), await fail(tx)])).rejects.toThrow(
      /^no$|Duplicate entry 'a'/,
    )
    expect(await skus()).toEqual([])
    expect(await db.rows('SELECT @@in_transaction AS open')).toEqual([{ open: 0 }])
  })

  it('the first error wins over a rollback that fails, and the connection is destroyed', async () => {
    const session = new FakeConnection('fake')
    session.onChange = () =>
      session.diary.at(-1) === 'ROLLBACK' ? Promise.reject(new Error('second')) : Promise.resolve()
    await expect(transaction(session, () => Promise.reject(new Error('first')))).rejects.toThrow('first')
    expect(session.diary).toEqual(['START TRANSACTION', 'ROLLBACK', 'destroy'])
  })

  it('whose own statement ended it says so instead of pretending', async () => {
    const db = await another()
    const work = transaction(db, async (tx) => [
      await add(tx, 'a'),
      await tx.execute('CREATE TABLE IF NOT EXISTS shelf (id INT)'),
    ])
    await expect(work).rejects.toMatchObject({
      code: 'UNEXPECTED',
      message: expect.stringContaining('has ended the transaction early'),
      hint: expect.stringContaining('DDL'),
    })
  })

  it('that swallowed a deadlock is not committed either', async () => {
    const session = Object.assign(new FakeConnection('fake'), { inTransaction: false })
    await expect(transaction(session, () => Promise.resolve('fine'))).rejects.toThrow('has ended the transaction early')
    expect(session.diary).toEqual(['START TRANSACTION'])
  })

  it.each(['before', 'after'] as const)(
    'whose connection is lost at COMMIT has an unknown outcome (%s the server heard it)',
    async (when) => {
      const network = await brokenNetwork(database.target)
      const db = await another(network.target)
      network.cutAt('COMMIT', when)
      await expect(transaction(db, (tx) => add(tx, 'a'))).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        exitCode: 9,
        hint: 'check the result before you try again',
      })
      if (when === 'after') expect(await skus()).toEqual(['a'])
    },
  )

  it('whose connection is lost before that has not taken place, for certain', async () => {
    const db = await another()
    const work = async (tx: Queries): Promise<void> => {
      await add(tx, 'a')
      db.destroy()
    }
    await expect(transaction(db, work)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      exitCode: 4,
      message: expect.stringContaining('the transaction took no effect'),
    })
    expect(await skus()).toEqual([])
  })
})

describe('a rehearsal', () => {
  it('really runs, shows what would be, and keeps nothing', async () => {
    const db = await another()
    expect(await dryRun(db, async (tx) => [await add(tx, 'a'), await tx.rows('SELECT sku FROM products')][1])).toEqual([
      { sku: 'a' },
    ])
    await expect(dryRun(db, async (tx) => [await add(tx, 'a'), await add(tx, 'a')])).rejects.toMatchObject({
      code: 'DUPLICATE',
    })
    expect([await skus(), db.inTransaction]).toEqual([[], false])
  })

  it('says when a statement ended it, since then something was kept', async () => {
    const db = await another()
    const work = dryRun(db, (tx) => tx.execute('CREATE TABLE IF NOT EXISTS shelf (id INT)'))
    await expect(work).rejects.toMatchObject({
      code: 'UNEXPECTED',
      message: expect.stringContaining('its changes may be permanent'),
    })
  })

  it('as a database keeps nothing either, neither of a transaction nor of a single statement', async () => {
    const pool = openPool('fair', { target: database.target, limits: defaultLimits, options: defaultPoolOptions })
    onTestFinished(() => pool.close())
    const dry = new RollbackDatabase(pool)
    await dry.transaction((tx) => add(tx, 'a'))
    expect(await dry.execute("INSERT INTO products (sku, name, price) VALUES ('b', 'b', 1)")).toMatchObject({
      affectedRows: 1,
    })
    expect(await dry.rows("INSERT INTO products (sku, name, price) VALUES ('c', 'c', 1) RETURNING sku")).toEqual([
      { sku: 'c' },
    ])
    await dry.prepared("INSERT INTO products (sku, name, price) VALUES (?, 'd', 1)", ['d'])
    await dry.bulk("INSERT INTO products (sku, name, price) VALUES (?, 'f', 1)", [['f'], ['g']])
    expect(await skus()).toEqual([])
    await add(new PooledDatabase(pool), 'e')
    expect(await skus()).toEqual(['e'])
  })
})

describe('a savepoint', () => {
  it('takes back its own part alone', async () => {
    const db = await another()
    await transaction(db, async (tx) => {
      await add(tx, 'a')
      await expect(savepoint(tx, async (part) => [await add(part, 'b'), await add(part, 'a')])).rejects.toMatchObject({
        code: 'DUPLICATE',
      })
      await savepoint(tx, (part) => add(part, 'c'))
    })
    expect(await skus()).toEqual(['a', 'c'])
  })

  it('after a deadlock there is nothing to go back to: the deadlock is what is told', async () => {
    const db = await another()
    const dead = new DatabaseError('DEADLOCK', 'dead')
    await expect(
      transaction(db, (tx) =>
        savepoint(tx, async (part) => {
          await part.execute('ROLLBACK')
          throw dead
        }),
      ),
    ).rejects.toBe(dead)
  })
})

it('a snapshot sees one instant, whatever others commit, and cannot write', async () => {
  await add(database.connection, 'a')
  const db = await another()
  const counts = await transactionSnapshot(db, async (tx) => {
    const before = await tx.rows('SELECT COUNT(*) AS n FROM products')
    await add(database.connection, 'b')
    return [before, await tx.rows('SELECT COUNT(*) AS n FROM products')]
  })
  expect(counts).toEqual([[{ n: 1 }], [{ n: 1 }]])
  await expect(transactionSnapshot(db, (tx) => add(tx, 'c'))).rejects.toMatchObject({ code: 'READ_ONLY' })
  expect(await db.rows('SELECT @@tx_isolation AS isolation')).toEqual([{ isolation: 'READ-COMMITTED' }])
})
