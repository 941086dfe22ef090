import { beforeEach, describe, expect, it } from 'vitest'
import { DatabaseError } from '../../../src/db/failures.ts'
import { withLease } from '../../../src/db/pool/pool.ts'
import type { Queries, Value } from '../../../src/db/queries.ts'
import { DbtoolError, type ErrorCode } from '../../../src/errors.ts'
import { checkInvariants } from '../../../src/shop/invariants.ts'
import { moveOrder } from '../../../src/shop/orders/change-status.ts'
import { moveOrderSql } from '../../../src/shop/orders/change-status.sql.ts'
import { moveNames, moves, movesFrom, type Move } from '../../../src/shop/orders/status.ts'
import { placeOrder } from '../../../src/shop/orders/place-order.ts'
import { orderStatuses, type OrderStatus } from '../../../src/shop/rules.ts'
import { listening, replacing, testDatabase, untilWaiting, withPool } from '../../support/database.ts'
import { renewedShop } from '../../support/shop.ts'

const database = testDatabase()
const author = { osUser: 'tester', command: 'test' }
beforeEach(() => renewedShop(database))

const move = (queries: Queries, name: Move, orderId = 1, dryRun = false): Promise<void> =>
  moveOrder(queries, { orderId, move: name, author, dryRun })
const setStatus = (status: string): Promise<unknown> =>
  database.connection.execute('UPDATE orders SET status = ? WHERE id = 1', [status])
const statusNow = async (): Promise<unknown> =>
  (await database.connection.rows<{ status: string }>('SELECT status FROM orders WHERE id = 1'))[0]?.status
const stocks = async (): Promise<number[]> =>
  (await database.connection.rows<{ stock: number }>('SELECT stock FROM products ORDER BY id')).map(
    ({ stock }) => stock,
  )

describe('the moves of an order', () => {
  it('are these', () => {
    expect(Object.fromEntries(orderStatuses.map((status) => [status, movesFrom(status)]))).toEqual({
      pending: ['confirm', 'cancel'],
      confirmed: ['ship', 'cancel'],
      shipped: ['deliver'],
      delivered: [],
      cancelled: [],
    })
  })

  it('never come back to a status: so a block that is sent again has no effect', () => {
    const after = (status: OrderStatus): OrderStatus[] =>
      movesFrom(status).flatMap((name) => [moves[name].to, ...after(moves[name].to)])
    for (const status of orderStatuses) expect(after(status)).not.toContain(status)
  })

  it.each(orderStatuses.flatMap((status) => moveNames.map((name): [OrderStatus, Move] => [status, name])))(
    '%s: %s',
    async (status, name) => {
      await setStatus(status)
      const before = await database.connection.rows('SELECT COUNT(*) AS n FROM logs')
      const outcome = await move(database.connection, name).catch((error: unknown) => error)
      if (movesFrom(status).includes(name)) {
        expect([outcome, await statusNow()]).toEqual([undefined, moves[name].to])
        const logs = await database.connection.rows(
          'SELECT os_user, command, entity, entity_id, message FROM logs ORDER BY id',
        )
        expect(logs).toHaveLength(6)
        expect(logs[5]).toEqual({
          os_user: 'tester',
          command: 'test',
          entity: 'orders',
          entity_id: 1,
          message: `${status} → ${moves[name].to}`,
        })
      } else {
        expect(outcome).toMatchObject({ code: 'ILLEGAL_STATUS', exitCode: 6 })
        expect([await statusNow(), await database.connection.rows('SELECT COUNT(*) AS n FROM logs')]).toEqual([
          status,
          before,
        ])
      }
      expect(await stocks()).toEqual(outcome === undefined && name === 'cancel' ? [100, 3] : [98, 2])
    },
  )

  it('are one round trip each', async () => {
    const sent: string[] = []
    const { connection: db } = database
    const counting = replacing(db, {
      rows: (sql, values) => (sent.push(sql), db.rows(sql, values)),
      execute: (sql, values) => (sent.push(sql), db.execute(sql, values)),
      prepared: (sql, values) => (sent.push(sql), db.prepared(sql, values)),
    })
    await move(counting, 'cancel')
    expect(sent).toEqual([moveOrderSql])
  })

  it('can be tried, and leave nothing', async () => {
    await move(database.connection, 'cancel', 1, true)
    expect([await statusNow(), await stocks()]).toEqual(['confirmed', [98, 2]])
  })

  it('are refused for an order that is not there', async () => {
    await expect(move(database.connection, 'ship', 99)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no order 99',
    })
  })

  it('leave everything as it is when one product cannot take its units back', async () => {
    await database.connection.execute('UPDATE products SET stock = 2147483647 WHERE id = 2')
    await expect(move(database.connection, 'cancel')).rejects.toMatchObject({
      code: 'CONSTRAINT',
      message: 'order 1 cannot be cancelled: the stock of one of its products would exceed 2147483647',
    })
    expect([await statusNow(), await stocks()]).toEqual(['confirmed', [98, 2_147_483_647]])
  })
})

describe('orders that are cancelled and placed at the same time', () => {
  it('twenty cancel one order: one does, and its stock comes back once', async () => {
    await withPool(database.target, { size: 10, maxOverflow: 0 }, async (db) => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => move(db, 'cancel').catch((error: unknown) => error)),
      )
      const refused = outcomes.filter((outcome) => outcome !== undefined)
      expect(refused).toHaveLength(19)
      for (const refusal of refused)
        expect(refusal).toMatchObject({
          code: 'ILLEGAL_STATUS',
          message: 'order 1 is already cancelled; that is final',
        })
    })
    expect(await stocks()).toEqual([100, 3])
  })

  it('the second finds what the first has done, however long that took', async () => {
    const { connection: db } = database
    await withPool(database.target, { size: 2, maxOverflow: 0 }, async (pool) => {
      await db.execute('START TRANSACTION')
      await db.rows('SELECT id FROM products FOR UPDATE')
      const outcomes = [1, 2].map(() =>
        move(pool, 'cancel').then(
          () => 'done',
          (error: unknown) => (error as DbtoolError).code,
        ),
      )
      await untilWaiting(database, 2)
      await db.execute('COMMIT')
      expect((await Promise.all(outcomes)).sort()).toEqual(['ILLEGAL_STATUS', 'done'])
    })
    expect(await stocks()).toEqual([100, 3])
  })

  it('one of shipping and cancelling wins', async () => {
    await withPool(database.target, { size: 2, maxOverflow: 0 }, async (db) => {
      const outcomes = await Promise.all(
        [move(db, 'ship'), move(db, 'cancel')].map((outcome) =>
          outcome.then(
            () => 'done',
            () => 'refused',
          ),
        ),
      )
      expect(outcomes.sort()).toEqual(['done', 'refused'])
    })
    expect(await stocks()).toEqual((await statusNow()) === 'cancelled' ? [100, 3] : [98, 2])
  })

  it.each([2, 5, 8])(
    'three hundred, mixed, over %d products: none deadlocks, and the shop is sound',
    async (products) => {
      await database.connection.execute(
        'UPDATE products SET stock = stock + 10000, stock_received = stock_received + 10000',
      )
      await database.connection.execute(
        `INSERT INTO products (name, price, stock, stock_received)
          SELECT CONCAT('p', seq), 1, 10000, 10000
          FROM seq_1_to_${products - 1}
          WHERE seq > 1`,
      )
      const ids = (await database.connection.rows<{ id: number }>('SELECT id FROM products')).map(({ id }) => id)
      // No id of an order comes back in a shop. Here it would, and two would meet at what is left of deleted lines.
      await database.connection.execute(`ALTER TABLE orders AUTO_INCREMENT = ${products * 1_000}`)
      const errors: unknown[] = []
      await withPool(database.target, { size: 12, maxOverflow: 0 }, async (db) => {
        const heard = listening(db, errors)
        const place = async (index: number): Promise<number> => {
          const lines = [0, 1].map((line) => ({
            productId: ids[(index + line * (1 + (index % (products - 1)))) % products]!,
            quantity: 1 + (index % 3),
          }))
          return (
            await placeOrder(heard, {
              userId: 1,
              lines: index % 2 === 0 ? lines : lines.reverse(),
              key: `mixed-${index}`,
              status: 'confirmed',
              author,
            })
          ).orderId
        }
        await Promise.all(Array.from({ length: 150 }, async (_, index) => move(heard, 'cancel', await place(index))))
        expect(errors).toEqual([])
        expect((await withLease(db.pool, checkInvariants)).filter(({ ok }) => !ok)).toEqual([])
        expect(await db.rows("SELECT COUNT(*) AS n FROM orders WHERE status = 'cancelled'")).toEqual([{ n: 150 }])
      })
      expect((await stocks()).slice(0, 2)).toEqual([10_098, 10_002])
    },
  )

  it.each([1, 3, 2_000])(
    'lock the products of the order, and no others, in ascending id with %d more products and orders in the shop',
    async (many) => {
      const { connection: db } = database
      await db.execute(`INSERT INTO products (name, price, stock) SELECT CONCAT('p', seq), 1, 1 FROM seq_1_to_${many}`)
      await db.execute(
        `INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest)
          SELECT 1, 1, seq, ''
          FROM seq_1_to_${many}`,
      )
      await db.execute(
        `INSERT INTO order_items (order_id, product_id, quantity, price)
          SELECT o.id, p.id, 1, 1
          FROM orders o JOIN products p ON p.id < 4
          WHERE o.id > 1`,
      )
      await db.rows('ANALYZE TABLE order_items')
      const statement = /UPDATE order_items[^;]*/.exec(moveOrderSql)?.[0].replace('wanted_id', '2') ?? ''
      const plan = await db.rows<Record<string, string>>(`EXPLAIN ${statement}`)
      expect(plan.map(({ table, type, key }) => [table, type, key])).toEqual([
        ['i', 'ref', 'uq_order_product'],
        ['p', 'eq_ref', 'PRIMARY'],
      ])
    },
  )
})

describe('a move whose connection dies', () => {
  /** As of a connection that had been opened, and is long gone at the server. */
  const failure = (code: ErrorCode): DatabaseError =>
    Object.assign(
      new DatabaseError(code, 'died', { errno: code === 'STATEMENT_TIMEOUT' ? 1317 : undefined }),
      code === 'CONNECTION_LOST' ? { lost: { threadId: 1_000_000_000 } } : {},
    )
  /** Dies with the first statement: before the server hears it, or after it is done; then `meanwhile` happens. */
  const dying = (
    when: 'before' | 'after',
    meanwhile = (): Promise<unknown> => Promise.resolve(),
    code: ErrorCode = 'CONNECTION_LOST',
  ): Queries => {
    const { connection: db } = database
    let calls = 0
    return replacing(db, {
      async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
        if ((calls += 1) > 1) return db.prepared<T>(sql, values)
        if (when === 'after') await db.prepared<T>(sql, values)
        await meanwhile()
        throw failure(code)
      },
    })
  }

  it.each(['before', 'after'] as const)(
    '%s the server does it, is asked for again: made once, and found made',
    async (when) => {
      await move(dying(when), 'cancel')
      expect([await statusNow(), await stocks()]).toEqual(['cancelled', [100, 3]])
    },
  )

  it('is tried again after a deadlock', async () => {
    await move(dying('before', undefined, 'DEADLOCK'), 'ship')
    expect(await statusNow()).toBe('shipped')
  })

  it.each([
    ['after', undefined, 'cancelled'],
    ['before', 'STATEMENT_TIMEOUT', 'confirmed'],
  ] as const)('that KILL QUERY ends %s the server did it, is answers as it is', async (when, code, status) => {
    const answers = await move(dying(when, undefined, 'STATEMENT_TIMEOUT'), 'cancel').catch(
      (error: unknown) => (error as DbtoolError).code,
    )
    expect([answers, await statusNow()]).toEqual([code, status])
  })

  it('is refused when what is there cannot have come of it', async () => {
    await setStatus('shipped')
    await expect(move(dying('before'), 'cancel')).rejects.toMatchObject({ code: 'ILLEGAL_STATUS', exitCode: 6 })
  })

  it('is unknown when somebody has moved it on meanwhile: exit 9, and how to look', async () => {
    await setStatus('pending')
    await expect(
      move(
        dying('after', () => setStatus('shipped')),
        'confirm',
      ),
    ).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      exitCode: 9,
      message: 'the connection was lost while order 1 was being confirmed; the change may or may not have been applied',
      hint: 'look at it: dbtool orders get 1',
    })
  })

  it('is unknown, and not refused, when the lost attempt may be running on a server that is not known', async () => {
    const { connection: db } = database
    let attempts = 0
    const behind = replacing(db, {
      retryOptions: { patienceMs: 100 },
      prepared: <T>(sql: string, values: readonly Value[]) => {
        if (sql !== moveOrderSql) return db.prepared<T>(sql, values)
        attempts += 1
        return Promise.reject<T[]>(failure(attempts === 1 ? 'CONNECTION_LOST' : 'LOCK_TIMEOUT'))
      },
    })
    await expect(move(behind, 'ship')).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      hint: 'look at it: dbtool orders get 1',
    })
    expect(await statusNow()).toBe('confirmed')
  })

  it('is unknown when the server cannot be asked any more, and refused when it never was', async () => {
    const failing = (code: 'CONNECTION_LOST' | 'UNREACHABLE'): Queries =>
      replacing(database.connection, {
        retryOptions: { patienceMs: 0 },
        prepared: () => Promise.reject(new DbtoolError(code, code)),
      })
    await expect(move(failing('UNREACHABLE'), 'cancel')).rejects.toMatchObject({ code: 'UNREACHABLE' })
    const lost = replacing(database.connection, {
      retryOptions: { patienceMs: 0 },
      prepared: () => Promise.reject(failure('CONNECTION_LOST')),
    })
    await expect(move(lost, 'cancel')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })
})
