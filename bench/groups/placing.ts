import { randomUUID } from 'node:crypto'
import { PooledDatabase } from '../../src/db/database.ts'
import type { Target } from '../../src/db/target.ts'
import { OrderQueue } from '../../src/shop/orders/order-queue.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import type { Bench } from '../bench.ts'
import type { Trial } from '../core/results.ts'
import { withPool } from '../pool.ts'
import { author, makeDatabase, fillShop, verify, withoutOrders, type ShopSize } from '../shop.ts'

/** The function that places an order for itself. A test passes a wrong one to see that the bench detects it. */
export type Place = typeof placeOrder

export interface Load {
  readonly connections: number
  readonly seconds: number
  /** The number of lines per order. */
  readonly lines: number
  /** The number of different products that all orders choose from. */
  readonly products: number
  /** The default is the queue: orders that wait at the same time share a transaction. */
  readonly place?: Place
}

export const ordersDatabase = 'bench_orders'

/** Creates a shop with `usersOfShop` users and without orders. */
export async function ordersShop({ server }: Bench, { products }: Pick<ShopSize, 'products'>): Promise<Target> {
  await makeDatabase(server, ordersDatabase)
  await server.connection(ordersDatabase, (connection) => fillShop(connection, { users: usersOfShop, products }))
  return server.target(ordersDatabase)
}

/**
 * Orders per second from a shop without orders, with one worker per connection. Verifies the result; rejects with
 * WrongRun.
 */
export async function placing({ server, signal }: Bench, target: Target, load: Load): Promise<Trial> {
  await server.connection(ordersDatabase, withoutOrders)
  const tally = new Tally()
  const started = performance.now()
  // The time includes opening the connections, as it does for the peers.
  await withPool({ target, signal, size: load.connections, maxOverflow: 0 }, async (pool) => {
    const db = new PooledDatabase(pool)
    const queue = new OrderQueue(db)
    const place: Place = load.place ?? ((_db, order) => queue.place(order))
    const until = started + load.seconds * 1_000
    const work = async (): Promise<void> => {
      while (performance.now() < until && !signal.aborted) await tally.count(() => place(db, someOrder(load)))
    }
    await Promise.all(Array.from({ length: load.connections }, work))
    tally.seconds = (performance.now() - started) / 1_000
  })
  await server.connection(ordersDatabase, (connection) => verify(connection, 'orders', tally.placed))
  return tally.trial()
}

class Tally {
  placed = 0
  seconds = 0
  #failed = 0
  #reason: Error | undefined

  async count(place: () => Promise<unknown>): Promise<void> {
    try {
      await place()
      this.placed += 1
    } catch (error) {
      this.#failed += 1
      this.#reason = error as Error
    }
  }

  trial(): Trial {
    if (this.placed === 0) throw this.#reason ?? new Error('no order was placed')
    return { value: this.placed / this.seconds, failed: this.#failed }
  }
}

export const usersOfShop = 1_000

export function someOrder({ lines, products }: Pick<Load, 'lines' | 'products'>): Parameters<Place>[1] {
  const chosen = new Set<number>()
  while (chosen.size < lines) chosen.add(1 + Math.floor(Math.random() * products))
  const userId = 1 + Math.floor(Math.random() * usersOfShop)
  return {
    userId,
    lines: [...chosen].map((productId) => ({ productId, quantity: 1 })),
    key: randomUUID(),
    status: 'confirmed',
    author,
  }
}
