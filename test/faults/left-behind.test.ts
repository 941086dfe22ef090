import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { killLostStatement } from '../../src/db/connection/kill.ts'
import { serverName } from '../../src/db/connection/server-name.ts'
import { PooledDatabase } from '../../src/db/database.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import type { Value } from '../../src/db/queries.ts'
import { OutcomeUnknown } from '../../src/shop/orders/exactly-once.ts'
import { unknownPlacement, placeOrder, resolveByKey } from '../../src/shop/orders/place-order.ts'
import { replacing, testDatabase } from '../support/database.ts'
import { failure, oneOrder } from './support/one-order.ts'
import { limits } from './support/operations.ts'
import { executesWith, packetProxy } from './support/packets.ts'

const database = testDatabase()
const shop = oneOrder(database)

function over(port: number): PooledDatabase {
  const target = { ...database.target, socket: undefined, host: '127.0.0.1', port }
  const pool = openPool('fair', { target, limits, options: { ...defaultPoolOptions, size: 1, maxOverflow: 0 } })
  onTestFinished(() => pool.close(0))
  return new PooledDatabase(pool)
}

describe('an order whose connection was lost', () => {
  it('is refused only when what was lost on the way can no longer come', async () => {
    await database.connection.execute('UPDATE products SET stock = 0, stock_received = 0')
    // The packet that holds the order is late: it arrives when its sender has long been told that there is no stock.
    const packet = executesWith(shop.request.key)
    const network = await packetProxy(inject('socket'), { direction: 'up', packet, how: 'hold' })
    onTestFinished(() => network.close())
    await expect(placeOrder(over(network.port), shop.request)).rejects.toMatchObject({ code: 'OUT_OF_STOCK' })
    expect(network.struck).toBe(true)
    await database.connection.execute('UPDATE products SET stock = 10, stock_received = 10')
    network.release()
    await sleep(300)
    expect([await shop.orders(), await shop.stock()]).toEqual([0, 10])
  })
})

describe('what a lost connection left running', () => {
  async function waitingForLock(): Promise<{ holder: Connection; waiting: Promise<unknown>; id: number }> {
    const [holder, waiter] = [await connect(database.target), await connect(database.target)]
    for (const one of [holder, waiter]) onTestFinished(() => one.close())
    const [{ id }] = (await waiter.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')) as [{ id: number }]
    await holder.execute('START TRANSACTION')
    await holder.rows('SELECT id FROM products FOR UPDATE')
    const waiting = waiter.execute('UPDATE products SET stock = 1').catch((reason: unknown) => reason)
    while ((await threads(id)) === 0) await sleep(5)
    return { holder, waiting, id }
  }
  const thisServer = async (): Promise<string> => {
    const [row] = await database.connection.rows<{ server: string }>(`SELECT ${serverName} AS server`)
    return row?.server ?? ''
  }
  /** The same host and port, another second of start. */
  const beforeItsRestart = async (): Promise<string> =>
    (await thisServer()).replace(/\d(?=\/[^/]*$)/, (digit) => String((Number(digit) + 1) % 10))
  const threads = async (id: number): Promise<number> =>
    (
      await database.connection.rows('SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ? AND INFO IS NOT NULL', [
        id,
      ])
    ).length

  it('is ended at the server, and waited for', async () => {
    const { waiting, id } = await waitingForLock()
    expect(await killLostStatement(database.connection, { threadId: id, server: await thisServer() })).toBe(true)
    expect(await threads(id)).toBe(0)
    expect(await waiting).toMatchObject({ code: 'CONNECTION_LOST', lost: { threadId: id } })
  })

  it('is left alone when the server has restarted since: its number is somebody else’s now', async () => {
    const { holder, waiting, id } = await waitingForLock()
    expect(await killLostStatement(database.connection, { threadId: id, server: await beforeItsRestart() })).toBe(false)
    expect(await threads(id)).toBe(1)
    await holder.execute('ROLLBACK')
    expect(await waiting).toMatchObject({ affectedRows: 1 })
  })

  it('is ended before the key is looked up for somebody who pressed Ctrl-C', async () => {
    const { waiting, id } = await waitingForLock()
    const unknown = new OutcomeUnknown(
      unknownPlacement(shop.request.key),
      [{ threadId: id, server: await thisServer() }],
      undefined,
    )
    expect(await resolveByKey(database.connection, shop.request, unknown)).toBeUndefined()
    expect(await waiting).toMatchObject({ code: 'CONNECTION_LOST' })
  })
})

describe('half an order, as KILL QUERY leaves it open between two statements of the block', () => {
  /** What the block has done until then. */
  async function halfAnOrder(): Promise<Connection> {
    const db = await connect(database.target)
    onTestFinished(() => db.close())
    await db.execute('START TRANSACTION')
    await db.execute('UPDATE products SET stock = stock - 4')
    await db.execute(
      'INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (?, 18, ?, "")',
      [shop.request.userId, shop.request.key],
    )
    return db
  }

  it('is not committed by the next order', async () => {
    await placeOrder(await halfAnOrder(), { ...shop.request, key: 'the next one' })
    expect([await shop.orders(), await shop.stock(), await shop.broken()]).toEqual([1, 6, []])
  })

  it('is not taken for an order', async () => {
    const db = await halfAnOrder()
    const refusal = failure('STATEMENT_TIMEOUT', 1317)
    let calls = 0
    const stopped = replacing(db, {
      prepared: <T>(sql: string, values: readonly Value[]) =>
        (calls += 1) === 1 ? Promise.reject<T[]>(refusal) : db.prepared<T>(sql, values),
    })
    await expect(placeOrder(stopped, shop.request)).rejects.toBe(refusal)
    expect([await shop.orders(), await shop.stock(), await shop.broken()]).toEqual([0, 10, []])
  })
})
