import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { readBack } from '../../commands/orders/settle.ts'
import type { Context } from '../../src/context.ts'
import { connect } from '../../src/db/connect.ts'
import type { Connection } from '../../src/db/connection.ts'
import { PooledDatabase, type Database } from '../../src/db/database.ts'
import { DatabaseError } from '../../src/db/failures.ts'
import { endAtServer } from '../../src/db/kill.ts'
import { openPool } from '../../src/db/open-pool.ts'
import { defaultPoolOptions } from '../../src/db/pool.ts'
import type { Queries, Value } from '../../src/db/queries.ts'
import type { Persistence } from '../../src/db/retry.ts'
import type { Target } from '../../src/db/target.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { checkInvariants } from '../../src/shop/invariants.ts'
import { OutcomeUnknown, resolveByKey } from '../../src/shop/order-answer.ts'
import { placeOrder, type OrderRequest } from '../../src/shop/place-order.ts'
import { insertProduct } from '../../src/shop/products.ts'
import { insertUser, noLogin } from '../../src/shop/users.ts'
import { testDatabase } from '../support/database.ts'
import { limits } from './support/operations.ts'
import { packetProxy } from './support/packets.ts'

const database = testDatabase()
const author = { osUser: 'tester', command: 'test' }
let request: OrderRequest
let productId = 0

beforeEach(async () => {
  const db = database.connection
  for (const table of ['order_items', 'orders', 'products', 'users', 'logs']) await db.change(`DELETE FROM ${table}`)
  productId = (await insertProduct(db, author, { name: 'Tea', price: '4.50', stock: 10 })).id
  const user = await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })
  request = { userId: user.id, lines: [{ productId, quantity: 4 }], key: 'the key', status: 'confirmed', author, end: 'COMMIT' }
})

const stock = async (): Promise<number> => (await database.connection.rows<{ stock: number }>('SELECT stock FROM products'))[0]!.stock
const orders = async (): Promise<number> => (await database.connection.rows<{ n: number }>('SELECT COUNT(*) AS n FROM orders'))[0]!.n

function pooled(target: Target, persistence: Partial<Persistence> = {}): PooledDatabase {
  const pool = openPool('fair', { target, limits, options: { ...defaultPoolOptions, size: 1, maxOverflow: 0 } })
  onTestFinished(() => pool.close(0))
  return new PooledDatabase(pool, persistence)
}

/** The database, whose answers to orders come out of `answers` first: `does it` asks the server all the same. */
function failing(...answers: readonly (readonly ['does it' | 'does nothing', Error])[]): Queries & { asked: number } {
  const left = [...answers]
  const db = database.connection
  return {
    asked: 0,
    persistence: { patienceMs: 400 },
    rows: (sql, values) => db.rows(sql, values),
    change: (sql, values) => db.change(sql, values),
    async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
      this.asked += 1
      const next = left.shift()
      if (next === undefined) return db.prepared<T>(sql, values)
      if (next[0] === 'does it') await db.prepared<T>(sql, values)
      throw next[1]
    },
  }
}

const error = (code: ErrorCode, errno?: number): DatabaseError => new DatabaseError(code, `${code} it was`, { errno })
/** As of a connection that had been opened, and is long gone at the server. */
const lost = (): DatabaseError => Object.assign(error('CONNECTION_LOST'), { lost: { threadId: 1_000_000_000, openedAt: 0 } })

describe('an order whose statement is ended by the server', () => {
  it.each([
    ['KILL QUERY', 1317],
    ['max_statement_time', 1969],
  ])('%s just after COMMIT is placed; before, it is not', async (_what, errno) => {
    expect(await placeOrder(failing(['does it', error('STATEMENT_TIMEOUT', errno)]), request)).toMatchObject({ outcome: 'existing', totalAmount: '18.00' })
    const refusal = error('STATEMENT_TIMEOUT', errno)
    await expect(placeOrder(failing(['does nothing', refusal]), { ...request, key: 'another' })).rejects.toBe(refusal)
    expect([await orders(), await stock()]).toEqual([1, 6])
  })

  it('and cannot be asked for after that is unknown', async () => {
    const answers = failing(['does it', error('STATEMENT_TIMEOUT', 1317)], ...Array.from({ length: 20 }, () => ['does nothing', error('UNREACHABLE')] as const))
    await expect(placeOrder(answers, request)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', exitCode: 9 })
  })
})

describe('an order whose connection was lost', () => {
  it.each(['READ_ONLY', 'LOCK_TIMEOUT', 'STATEMENT_TIMEOUT', 'QUERY_FAILED', 'ACCESS_DENIED'] as const)('and then %s: the key tells', async (code) => {
    const loss = lost()
    expect(await placeOrder(failing(['does it', loss], ['does nothing', error(code)]), request)).toMatchObject({ outcome: 'existing' })
    const refusal = error(code)
    await expect(placeOrder(failing(['does nothing', loss], ['does nothing', refusal]), { ...request, key: 'another' })).rejects.toBe(refusal)
  })

  it.each(['POOL_CLOSED', 'UNREACHABLE', 'POOL_TIMEOUT', 'ACCESS_DENIED'] as const)('and then only %s: unknown, with the key and the command that resolves it', async (code) => {
    const answers = failing(['does nothing', lost()], ...Array.from({ length: 20 }, () => ['does nothing', error(code)] as const))
    const unknown = await placeOrder(answers, request).catch((reason: unknown) => reason)
    expect(unknown).toBeInstanceOf(OutcomeUnknown)
    expect(unknown).toMatchObject({ exitCode: 9, message: expect.stringContaining("its key is 'the key'"), hint: "the same command with --idempotency-key 'the key' finds the order or places it, never twice" })
    expect(await orders()).toBe(0)
  })

  it('while it was being opened was not placed, for certain', async () => {
    const answers = failing(['does nothing', error('CONNECTION_LOST')], ...Array.from({ length: 20 }, () => ['does nothing', error('UNREACHABLE')] as const))
    await expect(placeOrder(answers, request)).rejects.toMatchObject({ code: 'UNREACHABLE', exitCode: 4 })
  })

  it('while it was being opened, and then no answer in time: unknown', async () => {
    let asked = 0
    const silent = failing()
    const queries: Queries = { ...silent, prepared: () => ((asked += 1) === 1 ? Promise.reject(error('CONNECTION_LOST')) : new Promise(() => undefined)) }
    await expect(placeOrder(queries, request)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  it('nothing is asked of a server that refuses the first time', async () => {
    const answers = failing(['does nothing', error('ACCESS_DENIED')])
    await expect(placeOrder(answers, request)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    expect(answers.asked).toBe(1)
  })

  it('is refused only when what was lost on the way can no longer come', async () => {
    await database.connection.change('UPDATE products SET stock = 0, stock_received = 0')
    // The packet that holds the order is late: it arrives when its sender has long been told that there is no stock.
    const counting = await packetProxy(inject('socket'))
    await placeOrder(pooled({ ...database.target, socket: undefined, host: '127.0.0.1', port: counting.port }), request).catch(() => undefined)
    const network = await packetProxy(inject('socket'), { direction: 'up', packet: counting.counts.up, how: 'hold' })
    onTestFinished(() => counting.close())
    onTestFinished(() => network.close())
    await expect(placeOrder(pooled({ ...database.target, socket: undefined, host: '127.0.0.1', port: network.port }), request)).rejects.toMatchObject({ code: 'OUT_OF_STOCK' })
    expect(network.struck).toBe(true)
    await database.connection.change('UPDATE products SET stock = 10, stock_received = 10')
    network.release()
    await sleep(300)
    expect([await orders(), await stock()]).toEqual([0, 10])
  })
})

describe('what a lost connection left running', () => {
  async function waitingForLock(): Promise<{ holder: Connection; waiting: Promise<unknown>; id: number }> {
    const [holder, waiter] = [await connect(database.target), await connect(database.target)]
    for (const one of [holder, waiter]) onTestFinished(() => one.close())
    const [{ id }] = (await waiter.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')) as [{ id: number }]
    await holder.change('START TRANSACTION')
    await holder.rows('SELECT id FROM products FOR UPDATE')
    const waiting = waiter.change('UPDATE products SET stock = 1').catch((reason: unknown) => reason)
    while ((await threads(id)) === 0) await sleep(5)
    return { holder, waiting, id }
  }
  const threads = async (id: number): Promise<number> => (await database.connection.rows('SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ? AND INFO IS NOT NULL', [id])).length

  it('is ended at the server, and waited for', async () => {
    const { waiting, id } = await waitingForLock()
    await endAtServer(database.connection, { threadId: id, openedAt: performance.now() })
    expect(await threads(id)).toBe(0)
    expect(await waiting).toMatchObject({ code: 'CONNECTION_LOST', lost: { threadId: id } })
  })

  it('is left alone when the server has restarted since: its number is somebody else’s now', async () => {
    const { holder, waiting, id } = await waitingForLock()
    await endAtServer(database.connection, { threadId: id, openedAt: performance.now() - 86_400_000 })
    expect(await threads(id)).toBe(1)
    await holder.change('ROLLBACK')
    expect(await waiting).toMatchObject({ affectedRows: 1 })
  })

  it('is ended before the key is looked up for somebody who pressed Ctrl-C', async () => {
    const { waiting, id } = await waitingForLock()
    const unknown = new OutcomeUnknown(request.key, [{ threadId: id, openedAt: performance.now() }], undefined)
    expect(await resolveByKey(database.connection, request.key, unknown)).toBeUndefined()
    expect(await waiting).toMatchObject({ code: 'CONNECTION_LOST' })
  })
})

describe('an order that was placed and cannot be shown', () => {
  const gone = { reading: () => Promise.reject(error('UNREACHABLE')) } as unknown as Database
  const placed = { orderId: 12, totalAmount: '18.00', key: 'k1' }
  const context = (signal: AbortSignal): Context => ({ io: { signal } }) as Context

  it('is not reported as a failure to place it', async () => {
    await expect(readBack(context(new AbortController().signal), gone, placed)).rejects.toMatchObject({
      exitCode: 9, message: 'order 12 was placed, with a total of 18.00, but it cannot be read now: UNREACHABLE it was', hint: 'the same command with --idempotency-key k1 shows it',
    })
  })

  it('nor is it after Ctrl-C', async () => {
    await expect(readBack(context(AbortSignal.abort('SIGINT')), gone, placed)).rejects.toMatchObject({ exitCode: 130, message: 'interrupted, but order 12 had already been placed' })
  })
})

describe('half an order, as KILL QUERY leaves it open between two statements of the block', () => {
  /** What the block has done until then. */
  async function halfAnOrder(): Promise<Connection> {
    const db = await connect(database.target)
    onTestFinished(() => db.close())
    await db.change('START TRANSACTION')
    await db.change('UPDATE products SET stock = stock - 4')
    await db.change('INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (?, 18, ?, "")', [request.userId, request.key])
    return db
  }
  const broken = async (): Promise<unknown[]> => (await checkInvariants(database.connection)).filter(({ ok }) => !ok)

  it('is not committed by the next order', async () => {
    await placeOrder(await halfAnOrder(), { ...request, key: 'the next one' })
    expect([await orders(), await stock(), await broken()]).toEqual([1, 6, []])
  })

  it('is not taken for an order', async () => {
    const db = await halfAnOrder()
    const refusal = error('STATEMENT_TIMEOUT', 1317)
    let calls = 0
    const stopped: Queries = {
      rows: (sql, values) => db.rows(sql, values),
      change: (sql, values) => db.change(sql, values),
      prepared: (sql, values) => ((calls += 1) === 1 ? Promise.reject(refusal) : db.prepared(sql, values)),
    }
    await expect(placeOrder(stopped, request)).rejects.toBe(refusal)
    expect([await orders(), await stock(), await broken()]).toEqual([0, 10, []])
  })
})
