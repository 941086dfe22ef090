import { beforeEach, describe, expect, it } from 'vitest'
import { placeOrder, transaction, withLease, type ShopPool, type Transaction } from '../../src/index.ts'
import { testDatabase, untilWaiting } from '../support/database.ts'
import { poolOn } from '../support/library.ts'
import { renewedShop } from '../support/shop.ts'

const database = testDatabase()
const note = (text: string): [string, string[]] => ['INSERT INTO notes (text) VALUES (?)', [text]]
const notes = async (): Promise<string[]> =>
  (await database.connection.rows<{ text: string }>('SELECT text FROM notes ORDER BY text')).map(({ text }) => text)
const orders = async (): Promise<number> =>
  (await database.connection.rows<{ n: number }>('SELECT COUNT(*) AS n FROM orders'))[0]?.n ?? 0

beforeEach(async () => {
  await renewedShop(database)
  await database.connection.execute('CREATE OR REPLACE TABLE notes (text VARCHAR(40) PRIMARY KEY) ENGINE = InnoDB')
  await database.connection.execute("INSERT INTO notes VALUES ('a'), ('b')")
})

/** Runs `work` in a transaction. Its first attempt loses a deadlock at the statement `fatal`. */
async function losingOnce<T>(
  pool: ShopPool,
  work: (tx: Transaction, fatal: () => Promise<unknown>, attempt: number) => Promise<T>,
): Promise<T> {
  let attempt = 0
  return withLease(pool, async (rival) => {
    await rival.execute('START TRANSACTION')
    // The server rolls back the transaction that has changed less.
    for (let n = 0; n < 50; n += 1) await rival.execute('INSERT INTO notes VALUES (?)', [`rival ${n}`])
    await rival.execute("UPDATE notes SET text = text WHERE text = 'b'")
    const rivals: Promise<unknown>[] = []
    const fatal = async (tx: Transaction): Promise<unknown> => {
      if (attempt > 1) return undefined
      await tx.execute("UPDATE notes SET text = text WHERE text = 'a'")
      rivals.push(rival.execute("UPDATE notes SET text = text WHERE text = 'a'"))
      await untilWaiting(database)
      return tx.execute("UPDATE notes SET text = text WHERE text = 'b'")
    }
    const untilOver = async (tx: Transaction): Promise<unknown> => {
      try {
        return await fatal(tx)
      } finally {
        await Promise.all(rivals)
        await rival.execute('ROLLBACK')
      }
    }
    const result = await transaction(pool, (tx) => {
      attempt += 1
      return work(tx, () => untilOver(tx), attempt)
    })
    return result
  })
}

describe('no statement of a transaction takes effect outside it', () => {
  it('after a deadlock that the work has caught: the work runs again from its start', async () => {
    const attempts: number[] = []
    await losingOnce(poolOn(database), async (tx, fatal, attempt) => {
      attempts.push(attempt)
      await fatal().catch(() => undefined)
      await tx.execute(...note(`of attempt ${attempt}`))
    })
    expect([attempts, await notes()]).toEqual([
      [1, 2],
      ['a', 'b', 'of attempt 2'],
    ])
  })

  it('after a deadlock that the work has caught at its end', async () => {
    const attempts: number[] = []
    await losingOnce(poolOn(database), async (tx, fatal, attempt) => {
      await tx.execute(...note(`of attempt ${attempt}`))
      attempts.push(attempt)
      await fatal().catch(() => undefined)
    })
    expect([attempts, await notes()]).toEqual([
      [1, 2],
      ['a', 'b', 'of attempt 2'],
    ])
  })

  it('when statements are not awaited one by one, and one of them loses a deadlock', async () => {
    await losingOnce(poolOn(database), async (tx, fatal, attempt) => {
      const lost = fatal()
      await Promise.all([lost, tx.execute(...note(`first of ${attempt}`)), tx.execute(...note(`second of ${attempt}`))])
    })
    expect(await notes()).toEqual(['a', 'b', 'first of 2', 'second of 2'])
  })

  it('when statements are not awaited one by one, and one of them fails', async () => {
    const pool = poolOn(database)
    const texts = ['c', 'a', 'd', 'e']
    const work = transaction(pool, (tx) => Promise.all(texts.map((text) => tx.execute(...note(text)))))
    await expect(work).rejects.toMatchObject({ code: 'DUPLICATE' })
    await pool.close()
    expect(await notes()).toEqual(['a', 'b'])
  })

  it.each([
    ['DDL', 'CREATE OR REPLACE TABLE other (n INT)', ['a', 'b', 'before']],
    ['COMMIT', 'COMMIT', ['a', 'b', 'before']],
    ['ROLLBACK', 'ROLLBACK', ['a', 'b']],
  ])('after %s of the work itself', async (_what, sql, expected) => {
    const work = transaction(poolOn(database), async (tx) => {
      await tx.execute(...note('before'))
      await tx.execute(sql)
      await tx.execute(...note('after'))
    })
    await expect(work).rejects.toMatchObject({
      code: 'UNEXPECTED',
      message: 'a statement has ended the transaction early: its changes may be permanent',
    })
    expect(await notes()).toEqual(expected)
  })

  it('after the end of the work: what was not awaited is committed, and a later statement is not sent', async () => {
    let leaked: Transaction | undefined
    let late: Promise<unknown> | undefined
    await transaction(poolOn(database), (tx) => {
      leaked = tx
      late = tx.execute(...note('late'))
      return Promise.resolve()
    })
    await late
    await expect(leaked?.execute(...note('too late'))).rejects.toMatchObject({ code: 'USAGE' })
    expect(await notes()).toEqual(['a', 'b', 'late'])
  })

  it('while rows are read: such a statement could never begin', async () => {
    const work = transaction(poolOn(database), (tx) =>
      tx.each('SELECT text FROM notes', [], () => tx.execute(...note('nested')).then(() => undefined)),
    )
    await expect(work).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('read all rows first') })
  })
})

describe('an order in a transaction', () => {
  const line = (productId: number, quantity: number) => ({ userId: 1, lines: [{ productId, quantity }] })
  const soldOut = line(2, 1_000)

  it('that is refused undoes itself alone, also beside other orders and statements', async () => {
    const before = await orders()
    const outcomes = await transaction(poolOn(database), (tx) =>
      Promise.allSettled([
        placeOrder(tx, line(1, 1)),
        placeOrder(tx, soldOut),
        tx.execute(...note('beside')),
        placeOrder(tx, line(1, 2)),
      ]),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect([await orders(), await notes()]).toEqual([before + 2, ['a', 'b', 'beside']])
  })

  it('names each product that is short or does not exist', async () => {
    const both = { userId: 1, lines: [...soldOut.lines, { productId: 999, quantity: 1 }] }
    const refused = transaction(poolOn(database), (tx) => placeOrder(tx, both))
    await expect(refused).rejects.toMatchObject({
      code: 'OUT_OF_STOCK',
      shortages: [
        { product_id: 2, wanted: 1_000, stock: expect.any(Number) },
        { product_id: 999, sku: null, wanted: 1, stock: null },
      ],
      message: expect.stringContaining('product 999 does not exist'),
    })
  })

  it('the same on a lease, for orders', async () => {
    const before = await orders()
    const outcomes = await withLease(poolOn(database), async (lease) => {
      await lease.execute('START TRANSACTION')
      const all = [line(1, 1), soldOut, line(1, 2)].map((order) => placeOrder(lease, order))
      const settled = await Promise.allSettled(all)
      await lease.execute('COMMIT')
      return settled
    })
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await orders()).toBe(before + 2)
  })

  it.each(['part', 'dbtool'])('leaves a savepoint of the caller with the name %s where it is', async (name) => {
    await transaction(poolOn(database), async (tx) => {
      await tx.execute(`SAVEPOINT ${name}`)
      await tx.execute(...note('undone'))
      await placeOrder(tx, line(1, 1))
      await tx.execute(`ROLLBACK TO SAVEPOINT ${name}`)
    })
    expect(await notes()).toEqual(['a', 'b'])
  })
})
