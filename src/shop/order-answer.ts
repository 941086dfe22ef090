import type { Queries } from '../db/queries.ts'
import { DbtoolError } from '../errors.ts'
import { certainly, resolved, type Riddle } from './orders/exactly-once.ts'
import { placeOrderStatement, type OrderParameters } from './orders/place-order.sql.ts'
import { shown } from './rules.ts'
import { quotedForShell } from '../values.ts'

/** What the server says of an order. */
export interface Answer {
  readonly outcome: 'placed' | 'existing' | 'short'
  readonly order_id: number | null
  readonly total_amount: string
  readonly digest: string | null
  readonly short: string | null
}

type Existing = Answer & { readonly order_id: number }

/** When nobody can be asked what became of the order with this key. */
export function orderRiddle(key: string): Riddle {
  return {
    message: `the connection was lost while the order was being placed, and the server cannot be asked; its key is ${shown(key)}`,
    hint: `the same command with --idempotency-key ${quotedForShell(key)} finds the order or places it, never twice`,
  }
}

/** Asks for the order until the answer is certain: its key finds what was placed, and what was not is placed now. */
export async function askUntilKnown(queries: Queries, order: OrderParameters): Promise<Answer> {
  const { key } = order
  const { answer } = await certainly<Answer>(queries, {
    send: () => send(queries, order),
    find: () => orderOfKey(queries, key),
    riddle: orderRiddle(key),
  })
  return answer
}

/** What refused the order was over when it was looked at. */
interface Passed {
  readonly outcome: 'again'
}

async function send(queries: Queries, order: OrderParameters): Promise<Answer> {
  const { sql, values } = placeOrderStatement(order)
  const [answer] = await queries.prepared<Answer | Passed>(sql, values).catch((error: unknown) => {
    throw error instanceof DbtoolError && error.code === 'DUPLICATE'
      ? passed('another order with the same key came and went', error)
      : error
  })
  if (answer === undefined || answer.outcome === 'again') throw passed('what was short came back')
  return answer
}

const passed = (what: string, cause?: unknown): DbtoolError => new DbtoolError('DEADLOCK', what, { cause })

async function orderOfKey(queries: Queries, key: string): Promise<Existing | undefined> {
  const sql = `SELECT 'existing' AS outcome, id AS order_id, total_amount, content_digest AS digest, NULL AS short
    FROM orders WHERE idempotency_key = ? LOCK IN SHARE MODE`
  const [answer] = await queries.prepared<Existing>(sql, [key])
  return answer
}

/** For whoever was interrupted by `error`: the order of this key, once it is certain. Rejects with OutcomeUnknown. */
export async function resolveByKey(queries: Queries, key: string, error: unknown): Promise<number | undefined> {
  return (await resolved(queries, { find: () => orderOfKey(queries, key), riddle: orderRiddle(key) }, error))?.order_id
}
