import { randomUUID } from 'node:crypto'
import type { Session } from '../src/db/queries.ts'
import { transaction } from '../src/db/transaction.ts'
import { DbtoolError } from '../src/errors.ts'
import { percentile } from './core/statistics.ts'

/** The orders of another program on the same products: how many, how often it was the victim of a deadlock, its p99. */
export interface ForeignFigures {
  readonly placed: number
  readonly deadlocks: number
  readonly p99: number
}

/**
 * A program that places orders of three lines as the chapter writes them by hand, one at a time: one statement for each
 * step, lines first and stock second, and again after a deadlock. Ends when `stop` aborts.
 */
export async function foreignProgram(session: Session, users: number, stop: AbortSignal): Promise<ForeignFigures> {
  const latencies: number[] = []
  let deadlocks = 0
  let began = performance.now()
  while (!stop.aborted) {
    try {
      await placeByHand(session, 1 + Math.floor(Math.random() * users))
      latencies.push(performance.now() - began)
      began = performance.now()
    } catch (error) {
      if (!(error instanceof DbtoolError) || error.code !== 'DEADLOCK') throw error
      deadlocks += 1
    }
  }
  return { placed: latencies.length, deadlocks, p99: percentile(latencies, 0.99) }
}

/** The steps of the chapter, and what keeps the invariants of the shop. */
async function placeByHand(session: Session, userId: number): Promise<void> {
  await transaction(session, async (tx) => {
    const { insertId } = await tx.execute(
      `INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest)
        VALUES (?, 30.00, 'pending', ?, '')`,
      [userId, randomUUID()],
    )
    for (const productId of [1, 2, 3]) {
      await tx.execute('INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (?, ?, 1, 10.00)', [
        insertId,
        productId,
      ])
      await tx.execute(
        `UPDATE products
          SET stock = stock - 1, units_sold = units_sold + 1, times_ordered = times_ordered + 1,
            revenue = revenue + 10.00
          WHERE id = ? AND stock >= 1`,
        [productId],
      )
    }
    await tx.execute("UPDATE orders SET status = 'confirmed' WHERE id = ?", [insertId])
  })
}
