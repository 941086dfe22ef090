import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Queries, Value } from '../../../src/db/queries.ts'
import { DatabaseError } from '../../../src/db/failures.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { checkInvariants } from '../../../src/shop/invariants.ts'
import { OrderQueue } from '../../../src/shop/orders/order-queue.ts'
import { OutOfStock, type OrderLine, type OrderRequest } from '../../../src/shop/orders/place-order.ts'
import { insertUser, noLogin } from '../../../src/shop/users/users.ts'
import { replacing, testDatabase, untilWaiting, waitingIn, withPool } from '../../support/database.ts'

const database = testDatabase()
const author = { osUser: 'tester', command: 'test' }
let userId = 0

beforeEach(async () => {
  const db = database.connection
  for (const table of ['order_items', 'orders', 'products', 'users', 'logs']) await db.execute(`DELETE FROM ${table}`)
  await db.execute(
    `INSERT INTO products (id, sku, name, price, stock, stock_received)
      SELECT seq, CONCAT('P', seq), CONCAT('p', seq), 1.50, 100, 100 FROM seq_1_to_20`,
  )
  userId = (await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })).id
})

const line = (productId: number, quantity = 1): OrderLine => ({ productId, quantity })
const order = (
  key: string,
  lines: readonly OrderLine[] = [line(1)],
  more: Partial<OrderRequest> = {},
): OrderRequest => ({
  userId,
  lines,
  key,
  status: 'confirmed',
  author,
  ...more,
})
const sixteen = (of: (n: number) => OrderRequest): OrderRequest[] => Array.from({ length: 16 }, (_, n) => of(n))

/** Outcomes as words: `placed`, `existing`, or the code of the error. */
const outcomes = (placements: readonly Promise<{ outcome: string }>[]): Promise<string[]> =>
  Promise.all(
    placements.map((placement) =>
      placement.then(
        ({ outcome }) => outcome,
        (error: unknown) => (error instanceof DbtoolError ? error.code : String(error)),
      ),
    ),
  )
const count = (all: readonly string[], outcome: string): number => all.filter((one) => one === outcome).length

/** `onAnswer` receives the rows of each answer, and may hold them back. */
async function inQueue<T>(
  work: (queue: OrderQueue, sent: string[], db: Database) => Promise<T>,
  onAnswer?: (rows: { server_us?: number }[]) => unknown,
): Promise<T> {
  return withPool(database.target, { size: 4, maxOverflow: 0 }, async (db) => {
    const sent: string[] = []
    const counting = replacing(db, {
      prepared: async <R>(sql: string, values: readonly Value[]): Promise<R[]> => {
        sent.push(sql.includes('wanted_keys') ? 'batch' : sql.includes('wanted_key') ? 'one' : 'lookup')
        const rows = await db.prepared<R>(sql, values)
        await onAnswer?.(rows as { server_us?: number }[])
        return rows
      },
    })
    return work(new OrderQueue(counting), sent, db)
  })
}

/** The number of batches in flight is settled after so many rounds. */
const warmUps = 20

/** The sizes of the batches of `count` orders that come back at the same time. */
async function batchSizes(count: number, onAnswer: (rows: { server_us?: number }[]) => unknown): Promise<number[]> {
  const sizes = new Set<number>()
  await inQueue(async (queue) => {
    const place = (round: string): Promise<unknown> =>
      Promise.all(
        Array.from({ length: count }, (_, n) => order(`${round}${n}`, [line(1 + (n % 16))])).map((o) =>
          queue.place(o, { onSent: (n) => sizes.add(n) }),
        ),
      )
    for (let round = 1; round <= warmUps; round += 1) await place(`${round}-`)
    sizes.clear()
    await place('last-')
  }, onAnswer)
  await expectSound((warmUps + 1) * count)
  return [...sizes].toSorted((a, b) => a - b)
}

/** Placed orders, their stock and their log rows agree, and no invariant is violated. */
async function expectSound(placed: number): Promise<void> {
  const db = database.connection
  const [row] = await db.rows<{ orders: number; logs: number; ids: number }>(
    `SELECT (SELECT COUNT(*) FROM orders) AS orders,
      (SELECT COUNT(*) FROM logs WHERE entity = 'orders') AS logs,
      (SELECT COUNT(*) FROM orders o JOIN logs l ON l.entity = 'orders' AND l.entity_id = o.id) AS ids`,
  )
  expect(row).toEqual({ orders: placed, logs: placed, ids: placed })
  expect((await checkInvariants(db)).filter(({ ok }) => !ok)).toEqual([])
}

describe('the queue of orders', () => {
  it('sends an order that is alone with its own statement', async () => {
    await inQueue(async (queue, sent) => {
      expect(await queue.place(order('a'))).toMatchObject({ outcome: 'placed', totalAmount: '1.50' })
      expect(sent).toEqual(['one'])
    })
    await expectSound(1)
  })

  it('sends orders that wait at the same time in one transaction, and answers each with its own id', async () => {
    await inQueue(async (queue, sent) => {
      const placements = await Promise.all(
        sixteen((n) => order(`k${n}`, [line(1 + n), line(20)])).map((o) => queue.place(o)),
      )
      expect(sent).toEqual(['batch'])
      const rows = await database.connection.rows<{ id: number; key: string }>(
        'SELECT id, idempotency_key AS `key` FROM orders',
      )
      const ids = new Map(rows.map(({ id, key }) => [key, id]))
      expect(placements.map(({ orderId }) => orderId)).toEqual(placements.map((_, n) => ids.get(`k${n}`)))
    })
    await expectSound(16)
  })

  it('says to each caller with how many it was sent', async () => {
    const together: number[] = []
    await inQueue((queue) =>
      Promise.all(['a', 'b', 'c'].map((key) => queue.place(order(key), { onSent: (n) => together.push(n) }))),
    )
    expect(together).toEqual([3, 3, 3])
  })

  it('notices a price that was changed since it was read', async () => {
    const answers = await inQueue(async (queue) => {
      const place = (keys: readonly string[]): Promise<string[]> =>
        Promise.all(keys.map(async (key) => (await queue.place(order(key, [line(1), line(2, 2)]))).totalAmount))
      const before = await place(['a', 'b'])
      await database.connection.execute('UPDATE products SET price = 2.25 WHERE id = 2')
      return [...before, ...(await place(['c', 'd', 'e', 'f']))]
    })
    expect(answers).toEqual(['4.50', '4.50', '6.00', '6.00', '6.00', '6.00'])
    await expectSound(6)
  })

  it.each([
    [16, [16]],
    [24, [24]],
    [25, [12, 13]],
    [40, [20]],
    [64, [16, 24]],
  ])('sends %d orders that come back at the same time to a near server in batches of %j', async (count, batches) => {
    // Its work takes longer than any way.
    const near = (rows: { server_us?: number }[]): void => rows.forEach((row) => (row.server_us &&= 1e9))
    expect(await batchSizes(count, near)).toEqual(batches)
  })

  it('sends 40 orders that come back at the same time to a distant server in eight batches', async () => {
    expect(await batchSizes(40, () => sleep(30))).toEqual([5])
  })

  it.each<[string, (n: number) => OrderRequest, Readonly<Record<string, number>>, () => Promise<unknown>]>([
    [
      'three orders of sixteen are short',
      (n) => order(`k${n}`, n % 5 === 1 ? [line(2, 101), line(3)] : [line(3)]),
      { placed: 13, OUT_OF_STOCK: 3 },
      () => Promise.resolve(),
    ],
    [
      'sixteen equal carts find stock for five',
      (n) => order(`k${n}`, [line(4, 20)]),
      { placed: 5, OUT_OF_STOCK: 11 },
      () => Promise.resolve(),
    ],
    [
      'one unit is left',
      (n) => order(`k${n}`, [line(5)]),
      { placed: 1, OUT_OF_STOCK: 15 },
      () => database.connection.execute('UPDATE products SET stock = 1, stock_received = 1 WHERE id = 5'),
    ],
    [
      'one user does not exist',
      (n) => order(`k${n}`, [line(6)], n === 7 ? { userId: 999_999 } : {}),
      { placed: 15, NOT_FOUND: 1 },
      () => Promise.resolve(),
    ],
    [
      'one total is too large',
      (n) => order(`k${n}`, n === 0 ? [{ ...line(6, 3), price: '99999999.99' }] : [line(6)]),
      { placed: 15, CONSTRAINT: 1 },
      () => Promise.resolve(),
    ],
    [
      'some were placed earlier, and one key has other content',
      (n) => order(n < 3 ? `old${n}` : `k${n}`, [line(7, n === 2 ? 2 : 1)]),
      { placed: 13, existing: 2, KEY_CONFLICT: 1 },
      () => inQueue((queue) => Promise.all([0, 1, 2].map((n) => queue.place(order(`old${n}`, [line(7)]))))),
    ],
    ['all have one key', () => order('the key', [line(8)]), { placed: 1, existing: 15 }, () => Promise.resolve()],
  ])('answers each order for itself if %s', async (_what, of, expected, prepare) => {
    await prepare()
    const answers = await inQueue((queue) => outcomes(sixteen(of).map((request) => queue.place(request))))
    expect(Object.fromEntries(Object.keys(expected).map((outcome) => [outcome, count(answers, outcome)]))).toEqual(
      expected,
    )
    const placedEarlier = expected['existing'] === 2 ? 3 : 0
    await expectSound(placedEarlier + (expected['placed'] ?? 0))
  })

  it('names the shortage of each refused order', async () => {
    await inQueue(async (queue) => {
      const refused = await Promise.allSettled(
        sixteen((n) => order(`k${n}`, [line(9, n === 3 ? 500 : 1)])).map((request) => queue.place(request)),
      )
      const [error] = refused.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
      expect(error).toBeInstanceOf(OutOfStock)
      expect((error as OutOfStock).shortages).toMatchObject([{ sku: 'P9', wanted: 500 }])
    })
  })

  it('keeps a dry run, and orders of other authors, out of a batch', async () => {
    await inQueue(async (queue, sent) => {
      const other = { osUser: 'somebody', command: 'else' }
      const answers = await outcomes([
        queue.place(order('a', [line(1)], { dryRun: true })),
        queue.place(order('b')),
        queue.place(order('c', [line(1)], { author: other })),
        queue.place(order('d')),
      ])
      expect(answers).toEqual(['placed', 'placed', 'placed', 'placed'])
      expect(sent.toSorted()).toEqual(['batch', 'one', 'one'])
    })
    const rows = await database.connection.rows<{ who: string }>(
      "SELECT os_user AS who FROM logs WHERE entity = 'orders' ORDER BY who",
    )
    expect(rows.map(({ who }) => who)).toEqual(['somebody', 'tester', 'tester'])
  })

  it('withdraws an order that still waits, and no other one', async () => {
    await inQueue(async (queue) => {
      const stop = new AbortController()
      const placements = sixteen((n) => order(`k${n}`)).map((request, n) =>
        queue.place(request, n === 4 ? { signal: stop.signal } : {}),
      )
      stop.abort()
      const answers = await outcomes(placements)
      expect([answers[4], count(answers, 'placed')]).toEqual(['INTERRUPTED', 15])
    })
    await expectSound(15)
  })

  it('answers an order that was sent, although its caller gave up', async () => {
    await inQueue(async (queue) => {
      const stop = new AbortController()
      const answer = queue.place(order('a'), { signal: stop.signal, onSent: () => stop.abort() })
      expect(await answer).toMatchObject({ outcome: 'placed' })
    })
    await expectSound(1)
  })

  it('places all of a batch that deadlocks with a foreign program', async () => {
    await foreignProgram(async (foreign) => {
      await foreign.execute('UPDATE products SET name = name WHERE id = 12')
      await inQueue(async (queue) => {
        const placements = outcomes(sixteen((n) => order(`k${n}`, [line(11), line(12)])).map((o) => queue.place(o)))
        await untilWaiting(database)
        await foreign.execute('UPDATE products SET name = name WHERE id = 11').catch(() => undefined)
        await foreign.execute('ROLLBACK')
        expect(count(await placements, 'placed')).toBe(16)
      })
    })
    await expectSound(16)
  })

  it('places all of a batch whose statement was killed in the middle', async () => {
    await foreignProgram(async (foreign) => {
      await foreign.execute('UPDATE products SET name = name WHERE id = 13')
      await inQueue(async (queue) => {
        const placements = outcomes(sixteen((n) => order(`k${n}`, [line(1), line(13)])).map((o) => queue.place(o)))
        await untilWaiting(database)
        const [blocked] = await waitingIn(database)
        await database.connection.execute(`KILL QUERY ${blocked}`)
        await foreign.execute('ROLLBACK')
        expect(count(await placements, 'placed')).toBe(16)
      })
    })
    await expectSound(16)
  })

  it('finds each order of a batch by its own key when the connection is lost after COMMIT', async () => {
    await withPool(database.target, { size: 4, maxOverflow: 0 }, async (db) => {
      const queue = new OrderQueue(losingOnce(db))
      const answers = await outcomes(sixteen((n) => order(`k${n}`)).map((o) => queue.place(o)))
      expect(new Set(answers)).toEqual(new Set(['existing']))
    })
    await expectSound(16)
  })

  it('says OUTCOME_UNKNOWN to each order of a batch, with its own key, if the server stays away', async () => {
    await withPool(database.target, { size: 4, maxOverflow: 0 }, async (db) => {
      const cut = new DatabaseError('CONNECTION_LOST', 'lost')
      cut.lost = { threadId: 1 }
      const away: Queries = replacing(db, {
        retryOptions: { patienceMs: 100 },
        prepared: () => Promise.reject(cut),
        rows: <R>(sql: string, values?: readonly Value[]): Promise<R[]> =>
          sql.includes('price') ? db.rows<R>(sql, values) : Promise.reject(new DatabaseError('UNREACHABLE', 'away')),
        execute: () => Promise.reject(new DatabaseError('UNREACHABLE', 'away')),
      })
      const queue = new OrderQueue(away)
      const errors = await Promise.all(
        ['a', 'b', 'c'].map((key) => queue.place(order(key)).catch((error: unknown) => error as DbtoolError)),
      )
      expect(errors.map((error) => 'code' in error && [error.code, /'(\w)'/.exec(error.message)?.[1]])).toEqual([
        ['OUTCOME_UNKNOWN', 'a'],
        ['OUTCOME_UNKNOWN', 'b'],
        ['OUTCOME_UNKNOWN', 'c'],
      ])
    })
  })
})

/** A database whose first statement is executed, but its answer is lost. */
function losingOnce(db: Database): Queries {
  let first = true
  return replacing(db, {
    async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
      const answer = await db.prepared<T>(sql, values)
      if (!first) return answer
      first = false
      throw new DbtoolError('CONNECTION_LOST', 'lost')
    },
  })
}

/** Another program, whose transaction ends with the test in any case. */
async function foreignProgram(work: (foreign: Connection) => Promise<void>): Promise<void> {
  const foreign = await connect(database.target)
  try {
    await foreign.execute('START TRANSACTION')
    await work(foreign)
  } finally {
    await foreign.close()
  }
}
