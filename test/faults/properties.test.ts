import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { checkInvariants } from '../../src/shop/invariants.ts'
import { toCents } from '../../src/shop/orders/money.ts'
import { insertProduct } from '../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../src/shop/users/users.ts'
import { DbtoolError } from '../../src/errors.ts'
import { testDatabase } from '../support/database.ts'
import { secondsOf, seedOf } from './support/chance.ts'
import {
  anythingThatHappens,
  author,
  productCount,
  restock,
  tryToPlace,
  type Model,
  type Real,
  type WantedLines,
} from './support/model.ts'

const connectionCount = 3
const runs = secondsOf(process.env) === undefined ? 25 : 300
// fast-check prints seed and path of a failure, and the shortest sequence that it can find.
const parameters = { seed: seedOf(process.env), numRuns: runs }

describe('whatever happens in whatever sequence', { timeout: 900_000 }, () => {
  const database = testDatabase()
  const sessions: Connection[] = []
  let userId = 0
  let count = 0

  beforeAll(async () => {
    userId = (
      await insertUser(database.connection, author, {
        username: 'anybody',
        email: 'anybody@example.com',
        passwordHash: noLogin,
      })
    ).id
    for (let number = 0; number < connectionCount; number += 1) sessions.push(await connect(database.target))
  })
  afterAll(() => Promise.all(sessions.map((session) => session.close())))

  async function freshShop(): Promise<{ real: Real; model: Model }> {
    count += 1
    const products = Array.from({ length: productCount }, (_, at) => ({ stock: 3 * at + 4, cents: 105 * (at + 1) }))
    const productIds: number[] = []
    for (const { stock, cents } of products)
      productIds.push(
        (
          await insertProduct(database.connection, author, {
            name: `P${count}`,
            price: (cents / 100).toFixed(2),
            stock,
          })
        ).id,
      )
    return { real: { userId, productIds, prefix: `run${count}` }, model: { products, orders: new Map() } }
  }

  const stocks = async ({ productIds }: Real): Promise<number[]> =>
    (
      await database.connection.rows<{ stock: number }>(
        'SELECT stock FROM products WHERE id IN (?, ?, ?) ORDER BY id',
        productIds,
      )
    ).map(({ stock }) => stock)
  const totals = ({ prefix }: Real): Promise<{ id: number; total: string }[]> =>
    database.connection.rows('SELECT id, total_amount AS total FROM orders WHERE idempotency_key LIKE ? ORDER BY id', [
      `${prefix}-%`,
    ])
  const sound = async (): Promise<void> =>
    expect((await checkInvariants(database.connection)).filter(({ ok }) => !ok)).toEqual([])

  it('sequentially on several connections: answers, stock and totals match a simple model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anythingThatHappens(connectionCount), { minLength: 1, maxLength: 20 }), async (all) => {
        const { real, model } = await freshShop()
        for (const action of all) await action.run(sessions[action.connection]!, real, model)
        expect(await stocks(real)).toEqual(model.products.map(({ stock }) => stock))
        expect(await totals(real)).toEqual(
          [...model.orders.values()]
            .map(({ orderId: id, totalAmount: total }) => ({ id, total }))
            .sort((a, b) => a.id - b.id),
        )
        await sound()
      }),
      parameters,
    )
  })

  const lines = fc.uniqueArray(fc.record({ at: fc.nat(productCount - 1), quantity: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    selector: ({ at }) => at,
  })
  const requests = fc.array(
    fc.oneof(
      fc.record({ key: fc.nat(8), lines }),
      fc.record({ at: fc.nat(productCount - 1), units: fc.integer({ min: -3, max: 6 }) }),
    ),
    { maxLength: 8 },
  )

  it('all at once: a key is one order, and stock is what there was, what came and what was sold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(requests, requests, requests), async (queues) => {
        const { real, model } = await freshShop()
        const placed = new Map<number, { key: number; lines: WantedLines; total: string }>()
        const received = model.products.map(({ stock }) => stock)
        await Promise.all(
          queues.map(async (queue, connection) => {
            for (const request of queue) {
              if ('units' in request) {
                const changed = await restock(sessions[connection]!, real.productIds[request.at]!, request.units)
                received[request.at]! += changed * request.units
              } else {
                const answer = await tryToPlace(sessions[connection]!, real, request.key, request.lines)
                if (answer instanceof DbtoolError) expect(['OUT_OF_STOCK', 'KEY_CONFLICT']).toContain(answer.code)
                else if (answer.outcome === 'placed')
                  placed.set(answer.orderId, { ...request, total: answer.totalAmount })
              }
            }
          }),
        )
        const sold = model.products.map((_product, at) =>
          [...placed.values()]
            .flatMap((order) => order.lines)
            .reduce((sum, line) => sum + (line.at === at ? line.quantity : 0), 0),
        )
        expect(await stocks(real)).toEqual(received.map((units, at) => units - sold[at]!))
        expect(new Set([...placed.values()].map(({ key }) => key)).size).toBe(placed.size)
        expect(await totals(real)).toEqual(
          [...placed].map(([id, { total }]) => ({ id, total })).sort((a, b) => a.id - b.id),
        )
        for (const order of placed.values()) {
          expect(toCents(order.total)).toBe(
            order.lines.reduce((sum, { at, quantity }) => sum + BigInt(quantity * model.products[at]!.cents), 0n),
          )
        }
        await sound()
      }),
      parameters,
    )
  })
})
