import { randomUUID } from 'node:crypto'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { Author } from '../../src/shop/logs.ts'
import type { Iterate } from '../../src/stress/workload.ts'

export interface OrdersOptions {
  /** Different products in an order. */
  readonly lines: number
  /** Orders draw on so many products, those with the lowest ids: few of them are wanted by all. */
  readonly products: number
}

/** Orders as work, in plain data. */
export interface OrdersWork {
  readonly lines: number
  readonly userIds: readonly number[]
  readonly productIds: readonly number[]
  readonly author: Author
}

const mostUsers = 1_000

/**
 * Real orders in the shop that is there: they take stock, and stay. Rejects with NOT_FOUND where nobody is there to buy
 * or not enough to be bought.
 */
export async function ordersWork(ctx: Context, { lines, products }: OrdersOptions): Promise<OrdersWork> {
  const ids = (sql: string, most: number): Promise<number[]> =>
    ctx.shop(async (db) => (await db.rows<{ id: number }>(sql, [most])).map(({ id }) => id))
  const [userIds, productIds] = [
    await ids('SELECT id FROM users ORDER BY id LIMIT ?', mostUsers),
    await ids('SELECT id FROM products WHERE is_active AND stock > 0 ORDER BY id LIMIT ?', products),
  ]
  if (userIds.length === 0 || productIds.length < lines) {
    throw new DbtoolError(
      'NOT_FOUND',
      `orders of ${lines} lines need a user and ${lines} products in stock; there are ${userIds.length} and ${productIds.length}`,
      { hint: 'make a shop to play with: dbtool db seed' },
    )
  }
  return { lines, userIds, productIds, author: ctx.author() }
}

export async function iterateOrders({ lines, userIds, productIds, author }: OrdersWork): Promise<Iterate> {
  const { placeOrder } = await import('../../src/shop/orders/place-order.ts')
  const one = (from: readonly number[]): number => from[Math.floor(Math.random() * from.length)] ?? 0
  return (lease) => {
    const chosen = new Set<number>()
    while (chosen.size < lines) chosen.add(one(productIds))
    return placeOrder(lease, {
      userId: one(userIds),
      lines: [...chosen].map((productId) => ({ productId, quantity: 1 })),
      key: `stress:${randomUUID()}`,
      status: 'confirmed',
      author,
      end: 'COMMIT',
    })
  }
}
