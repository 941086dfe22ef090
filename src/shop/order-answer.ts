import { ruleOf } from '../db/retry-table.ts'
import { DatabaseError, type ConnectionIdentity } from '../db/failures.ts'
import { endAtServer } from '../db/kill.ts'
import type { Queries } from '../db/queries.ts'
import { persistently } from '../db/retry.ts'
import { DbtoolError } from '../errors.ts'
import { placeOrderSql } from './place-order.sql.ts'
import { shown } from './rules.ts'

/** What the server says of an order. */
export interface Answer {
  readonly outcome: 'placed' | 'existing' | 'short'
  readonly order_id: number | null
  readonly total_amount: string
  readonly digest: string | null
  readonly short: string | null
}

/** Nobody could be asked what became of the order; `lost` are the connections on which the server may still be at work for it. */
export class OutcomeUnknown extends DbtoolError {
  constructor(
    key: string,
    readonly lost: readonly ConnectionIdentity[],
    cause: unknown,
  ) {
    super('OUTCOME_UNKNOWN', `the connection was lost while the order was being placed, and the server cannot be asked; its key is ${shown(key)}`, {
      cause,
      hint: `the same command with --idempotency-key ${quotedForShell(key)} finds the order or places it, never twice`,
    })
  }
}

/** Ready to be pasted. */
export const quotedForShell = (text: string): string => (/^[\w.:@%+=/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

const isLostConnection = (error: unknown): boolean => error instanceof DbtoolError && error.code === 'CONNECTION_LOST'

interface Refusal {
  readonly refusal: unknown
}

/**
 * Asks for the order until the answer is certain. After a loss, what the server still does for us is ended before it is asked
 * again: a refusal must not be followed by an order that was under way. The key finds what was placed; what was not is placed now.
 */
export async function askUntilKnown(queries: Queries, key: string, parameter: string): Promise<Answer> {
  const lost: ConnectionIdentity[] = []
  let doubt = false
  let running = false
  const unknown = (cause: unknown): OutcomeUnknown => new OutcomeUnknown(key, [...lost], cause)
  const attempt = async (): Promise<Answer | Refusal> => {
    running = true
    try {
      await endAll(queries, lost)
      return await send(queries, parameter)
    } catch (error) {
      const rule = ruleOf(error)
      const connection = error instanceof DatabaseError ? error.lost : undefined
      if (connection !== undefined) lost.push(connection)
      // One that was lost while it was being opened had not been asked for anything yet.
      doubt ||= rule.order === 'unknown' && (connection !== undefined || !isLostConnection(error))
      if (rule.again !== 'no' || rule.transaction === 'not begun' || !(error instanceof DbtoolError)) throw error
      if (!doubt && rule.order === 'not placed') return { refusal: error }
      return (await answerOfKey(queries, key).catch((cause: unknown) => { throw unknown(cause) })) ?? { refusal: error }
    } finally {
      running = false
    }
  }
  const giveUp = (cause: unknown): unknown => (doubt || running ? unknown(cause) : cause)
  const certain = await persistently(attempt, { ...queries.persistence, kind: 'repeatable', giveUp })
  if ('refusal' in certain) throw certain.refusal
  return certain
}

/** Takes those that are over out of `lost`. */
async function endAll(queries: Queries, lost: ConnectionIdentity[]): Promise<void> {
  for (let [first] = lost; first !== undefined; [first] = lost) {
    await endAtServer(queries, first)
    lost.shift()
  }
}

async function send(queries: Queries, parameter: string): Promise<Answer> {
  const [answer] = await queries.prepared<Answer>(placeOrderSql, [parameter])
  if (answer === undefined) throw new DbtoolError('DEADLOCK', 'another order with the same key came and went')
  return answer
}

/** The order that a key belongs to, or undefined. Waits for one that has been written and is not yet committed. */
export async function answerOfKey(queries: Queries, key: string): Promise<(Answer & { order_id: number }) | undefined> {
  const sql = `SELECT 'existing' AS outcome, id AS order_id, total_amount, content_digest AS digest, NULL AS short
    FROM orders WHERE idempotency_key = ? LOCK IN SHARE MODE`
  // Where a block was stopped, this connection would still see what it has not committed.
  await queries.change('ROLLBACK')
  const [answer] = await queries.prepared<Answer & { order_id: number }>(sql, [key])
  return answer
}

/** For whoever was interrupted: what became of the order, once it is certain. Rejects with OUTCOME_UNKNOWN. */
export async function resolveByKey(queries: Queries, key: string, error: unknown): Promise<number | undefined> {
  const lost = error instanceof OutcomeUnknown ? [...error.lost] : []
  try {
    await endAll(queries, lost)
    return (await answerOfKey(queries, key))?.order_id
  } catch (cause) {
    throw new OutcomeUnknown(key, lost, cause)
  }
}
