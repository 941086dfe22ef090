import fc, { type Arbitrary } from 'fast-check'
import { expect } from 'vitest'
import type { Queries } from '../../../src/db/queries.ts'
import { transaction } from '../../../src/db/transaction.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { writeLog } from '../../../src/shop/logs.ts'
import { fromCents } from '../../../src/shop/orders/money.ts'
import { moveOrder } from '../../../src/shop/orders/change-status.ts'
import { OutOfStock, placeOrder, type Placement } from '../../../src/shop/orders/place-order.ts'

export const author = { osUser: 'tester', command: 'model' }
export const productCount = 3

/** The shop as it should be: a few lines that anybody can check by reading. */
export interface Model {
  readonly products: { stock: number; cents: number }[]
  readonly orders: Map<
    string,
    { readonly content: string; readonly orderId: number; readonly totalAmount: string; cancelled: boolean }
  >
}

/** The same shop in the database. */
export interface Real {
  readonly userId: number
  readonly productIds: readonly number[]
  /** Makes the keys of one run different from those of all others. */
  readonly prefix: string
}

/**
 * An action of a client. `run` compares the answer with the model. To add one, add it to the
 * table.
 */
interface Kind<V> {
  readonly values: Arbitrary<V>
  run(session: Connection, real: Real, model: Model, value: V): Promise<void>
}

const kind = <V>(declared: Kind<V>): Kind<V> => declared
const product = fc.nat(productCount - 1)

const place = kind({
  values: fc.record({
    key: fc.nat(5),
    lines: fc.uniqueArray(fc.record({ at: product, quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: productCount,
      selector: ({ at }) => at,
    }),
  }),
  async run(session, real, model, { key, lines }) {
    const answer = await tryToPlace(session, real, key, lines)
    const sorted = [...lines].sort((a, b) => a.at - b.at)
    const content = JSON.stringify(sorted)
    const before = model.orders.get(`${key}`)
    if (before !== undefined) {
      expect(answer).toMatchObject(
        before.content === content
          ? { outcome: 'existing', orderId: before.orderId, totalAmount: before.totalAmount }
          : { code: 'KEY_CONFLICT' },
      )
      return
    }
    const short = sorted.filter(({ at, quantity }) => (model.products[at]?.stock ?? 0) < quantity)
    if (short.length > 0) {
      expect(answer).toBeInstanceOf(OutOfStock)
      expect(
        (answer as OutOfStock).shortages.map(({ product_id, wanted, stock }) => [product_id, wanted, stock]),
      ).toEqual(short.map(({ at, quantity }) => [real.productIds[at], quantity, model.products[at]?.stock]))
      return
    }
    const cents = sorted.reduce(
      (sum, { at, quantity }) => sum + BigInt(quantity * (model.products[at]?.cents ?? 0)),
      0n,
    )
    expect(answer).toMatchObject({ outcome: 'placed', totalAmount: fromCents(cents) })
    const { orderId, totalAmount } = answer as Placement
    model.orders.set(`${key}`, { content, orderId, totalAmount, cancelled: false })
    for (const { at, quantity } of sorted) model.products[at]!.stock -= quantity
  },
})

export type WantedLines = readonly { readonly at: number; readonly quantity: number }[]

/** The placement, or the error that refused it. */
export function tryToPlace(
  queries: Queries,
  { userId, productIds, prefix }: Real,
  key: number,
  lines: WantedLines,
): Promise<Placement | DbtoolError> {
  const wanted = lines.map(({ at, quantity }) => ({ productId: productIds[at] ?? 0, quantity }))
  return placeOrder(queries, {
    userId,
    lines: wanted,
    key: `${prefix}-${key}`,
    status: 'confirmed',
    author,
  }).catch((error: unknown) => {
    if (error instanceof DbtoolError) return error
    throw error
  })
}

const cancel = kind({
  values: fc.nat(5),
  async run(session, _real, model, key) {
    const order = model.orders.get(`${key}`)
    if (order === undefined) return
    const answer = await moveOrder(session, { orderId: order.orderId, move: 'cancel', author }).catch(
      (error: unknown) => error,
    )
    if (order.cancelled) {
      expect(answer).toMatchObject({ code: 'ILLEGAL_STATUS' })
      return
    }
    expect(answer).toBeUndefined()
    order.cancelled = true
    for (const { at, quantity } of JSON.parse(order.content) as WantedLines) model.products[at]!.stock += quantity
  },
})

const changeStock = kind({
  values: fc.record({ at: product, units: fc.integer({ min: -8, max: 8 }) }),
  async run(session, real, model, { at, units }) {
    const one = model.products[at]!
    const fits = one.stock + units >= 0
    expect(await restock(session, real.productIds[at] ?? 0, units)).toBe(fits ? 1 : 0)
    if (fits) one.stock += units
  },
})

/** How many products it changed: none when the stock is too small. */
export function restock(session: Connection, productId: number, units: number): Promise<number> {
  return transaction(session, async (tx) => {
    const { affectedRows } = await tx.execute(
      'UPDATE products SET stock = stock + ?, stock_received = stock_received + ? WHERE id = ? AND stock + ? >= 0',
      [units, units, productId, units],
    )
    await writeLog(tx, author, { entity: 'products', entityId: productId, message: `restocked by ${units}` })
    return affectedRows
  })
}

const changePrice = kind({
  values: fc.record({ at: product, cents: fc.nat(9_999) }),
  async run(session, real, model, { at, cents }) {
    await session.execute('UPDATE products SET price = ? WHERE id = ?', [
      fromCents(BigInt(cents)),
      real.productIds[at] ?? 0,
    ])
    model.products[at]!.cents = cents
  },
})

/**
 * One thing that happens on one of several connections. Printed as what it is when fast-check shows a counterexample.
 */
export interface Happening {
  readonly connection: number
  run(session: Connection, real: Real, model: Model): Promise<void>
}

function happenings<V>(name: string, one: Kind<V>, connections: number): Arbitrary<Happening> {
  return fc.tuple(fc.nat(connections - 1), one.values).map(([connection, value]) => ({
    connection,
    run: (session: Connection, real: Real, model: Model) => one.run(session, real, model, value),
    toString: () => `${name} ${JSON.stringify(value)} on connection ${connection}`,
  }))
}

export const anythingThatHappens = (connections: number): Arbitrary<Happening> =>
  fc.oneof(
    { weight: 5, arbitrary: happenings('place', place, connections) },
    { weight: 2, arbitrary: happenings('cancel', cancel, connections) },
    { weight: 2, arbitrary: happenings('restock', changeStock, connections) },
    { weight: 1, arbitrary: happenings('price', changePrice, connections) },
  )
