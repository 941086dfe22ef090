import type { Queries } from '../../db/queries.ts'
import type { OrderLine } from '../orders/place-order.ts'

interface LineThere {
  readonly user_id: number
  readonly total_amount: string
  readonly product_id: number
  readonly quantity: number
  readonly price: string
}

/**
 * The total of the order with this key, if it is just what is asked for, line by line and at these prices. Its digest
 * cannot tell where the
 * prices were left to the shop when it was placed and an exported file names them now.
 */
export async function totalIfSame(
  queries: Queries,
  key: string,
  userId: number,
  lines: readonly OrderLine[],
): Promise<string | undefined> {
  const there = await queries.rows<LineThere>(
    'SELECT o.user_id, o.total_amount, i.product_id, i.quantity, i.price FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.idempotency_key = ?',
    [key],
  )
  const asked = new Map(lines.map((line) => [line.productId, line]))
  const same = ({ user_id, product_id, quantity, price }: LineThere): boolean => {
    const line = asked.get(product_id)
    return user_id === userId && line?.quantity === quantity && line.price === price
  }
  return there.length === lines.length && there.every(same) ? there[0]?.total_amount : undefined
}
