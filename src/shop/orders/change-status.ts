import { largestInt } from '../../values.ts'
import { outOfRange } from '../../db/error-numbers.ts'
import { currentRows, isGaleraNode } from '../../db/cluster/sync-wait.ts'
import { DatabaseError } from '../../db/failures.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { resolveOutcome, OutcomeUnknown, resolved, type UnknownOutcomeInfo } from './exactly-once.ts'
import type { Author } from '../logs.ts'
import { moveOrderSql } from './change-status.sql.ts'
import { leadsTo, moves, movesFrom, type Move } from './status.ts'
import { unknownOrder } from './orders.ts'
import type { OrderStatus } from '../rules.ts'

export interface MoveRequest {
  readonly orderId: number
  readonly move: Move
  readonly author: Author
  /** Runs the complete change, then rolls it back. */
  readonly dryRun?: boolean
}

type Answer =
  | { readonly outcome: 'moved' | 'illegal'; readonly status: OrderStatus }
  | { readonly outcome: 'missing'; readonly status: null }

/**
 * Moves one order to its next status; cancelling returns its stock, once. Rejects with NOT_FOUND, or with
 * ILLEGAL_STATUS when its status does not allow the move. Rejects with OUTCOME_UNKNOWN when the connection was lost and
 * the outcome cannot be determined.
 *
 * No move leads back to an earlier status, so the block may be sent again after a lost connection. A move that was
 * already made is then illegal.
 */
export async function moveOrder(queries: Queries, request: MoveRequest): Promise<void> {
  const { orderId, move, author, dryRun = false } = request
  const parameter = JSON.stringify({
    order_id: orderId,
    from: moves[move].from,
    to: moves[move].to,
    end: dryRun ? 'ROLLBACK' : 'COMMIT',
    os_user: author.osUser,
    command: author.command,
  })
  const operation = {
    execute: () => send(queries, parameter, orderId),
    lookup: () => movedOrder(queries, request),
    unknown: unknownStatusChange(request),
  }
  const { answer, maybeApplied } = await resolveOutcome<Answer>(queries, operation).catch((error: unknown) => {
    throw explained(error, request)
  })
  if (answer.outcome === 'missing') throw unknownOrder(`order ${orderId}`)
  if (answer.outcome === 'moved' || (maybeApplied && answer.status === moves[move].to)) return
  const refusal = illegal(request, answer.status)
  throw maybeApplied && leadsTo(moves[move].to, answer.status)
    ? new OutcomeUnknown(unknownStatusChange(request), [], refusal)
    : refusal
}

async function send(queries: Queries, parameter: string, orderId: number): Promise<Answer> {
  const [answer] = await queries.prepared<Answer>(moveOrderSql, [parameter])
  if (answer === undefined) throw new DbtoolError('UNEXPECTED', 'the server returned no outcome for the order')
  // A node that lags behind its cluster may not have the order yet, or not its last change.
  if (answer.outcome !== 'moved' && (await isGaleraNode(queries))) {
    const current = (await currentStatus(queries, orderId)) ?? null
    if (current !== answer.status) throw new DbtoolError('DEADLOCK', 'the order was changed on another node meanwhile')
  }
  return answer
}

function illegal({ orderId, move: wanted }: MoveRequest, status: OrderStatus): DbtoolError {
  const { to } = moves[wanted]
  const next = movesFrom(status)
  const now = status === to ? `is already ${status}` : `is ${status} and cannot be ${to}`
  const then = next.length === 0 ? 'that is final' : `it can be ${next.map((move) => moves[move].to).join(' or ')}`
  return new DbtoolError('ILLEGAL_STATUS', `order ${orderId} ${now}; ${then}`, {
    hint:
      next.length === 0
        ? `look at it: dbtool orders get ${orderId}`
        : `use: ${next.map((move) => `dbtool orders ${move} ${orderId}`).join(', or ')}`,
  })
}

type Moving = Pick<MoveRequest, 'orderId' | 'move'>

export function unknownStatusChange({ orderId, move }: Moving): UnknownOutcomeInfo {
  return {
    message:
      `the connection was lost while order ${orderId} was being ${moves[move].to}; ` +
      'the change may or may not have been applied',
    hint: `look at it: dbtool orders get ${orderId}`,
  }
}

function explained(error: unknown, { orderId, move }: MoveRequest): unknown {
  if (!(error instanceof DatabaseError) || error.errno !== outOfRange) return error
  return new DbtoolError(
    'CONSTRAINT',
    `order ${orderId} cannot be ${moves[move].to}: the stock of one of its products would exceed ${largestInt}`,
    { cause: error, hint: 'nothing was changed; reduce its stock with: dbtool products restock' },
  )
}

async function movedOrder(queries: Queries, { orderId, move }: Moving): Promise<Answer | undefined> {
  const { to } = moves[move]
  return (await currentStatus(queries, orderId)) === to ? { outcome: 'moved', status: to } : undefined
}

/** Resolves to the status of the order, undefined if it does not exist. Waits for changes that are not committed. */
async function currentStatus(queries: Queries, orderId: number): Promise<OrderStatus | undefined> {
  const sql = 'SELECT status FROM orders WHERE id = ? LOCK IN SHARE MODE'
  return (await currentRows<{ status: OrderStatus }>(queries, sql, [orderId]))[0]?.status
}

/**
 * After `error` interrupted a move: resolves to whether the order has the new status. Rejects with OutcomeUnknown while
 * that cannot be determined.
 */
export async function resolveMove(queries: Queries, moving: Moving, error: unknown): Promise<boolean> {
  return (
    (await resolved(
      queries,
      { lookup: () => movedOrder(queries, moving), unknown: unknownStatusChange(moving) },
      error,
    )) !== undefined
  )
}
