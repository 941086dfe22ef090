import { osUserName } from '../context/os-user.ts'
import { DbtoolError, InvalidValue } from '../errors.ts'
import { quotedOrKind } from '../kind-of.ts'
import type { Author } from '../shop/logs.ts'
import type { NewAdjustment } from '../shop/orders/adjustments.ts'
import { OutcomeUnknown } from '../shop/orders/exactly-once.ts'
import { orderQueue } from '../shop/orders/order-queue.ts'
import { parseOrder } from '../shop/orders/parse-order.ts'
import { type OrderLine, type Placement, unknownPlacement } from '../shop/orders/place-order.ts'
import { placeInTransaction } from '../shop/orders/place-in-transaction.ts'
import type { Deadline } from '../shop/orders/queued-order.ts'
import { parseText } from '../shop/rules.ts'
import { quoteValue } from '../values.ts'
import { readText, UntypedReader } from '../shop/untyped.ts'
import { OpenTransaction } from '../db/pool/open-transaction.ts'
import type { Pool } from '../db/pool/pool.ts'
import { isPool, onShop, type PoolOrSession } from './on.ts'
import { openedFor } from './opened.ts'

/** An order to place. */
export interface NewOrder {
  /** Number of the user, as `dbtool users list` shows it. */
  readonly userId: number
  /** The order lines, with product numbers as `dbtool products list` shows them. Each product may occur once. */
  readonly lines: readonly OrderLine[]
  /**
   * Idempotency key: at most one order ever has it, however often it is placed. Without one, dbtool generates a random
   * key, so that a repeated call places a second order.
   */
  readonly key?: string | undefined
  /** Default `confirmed`. */
  readonly status?: 'confirmed' | 'pending' | undefined
  /** Amounts beside the lines: shipping, discounts and tax. */
  readonly adjustments?: readonly NewAdjustment[] | undefined
  /** Runs the whole order, then rolls it back. */
  readonly dryRun?: boolean | undefined
}

/** Options of {@link placeOrder}. */
export interface PlaceOptions {
  /** Withdraws an order that still waits. An order that was sent gets its answer. */
  readonly signal?: AbortSignal | undefined
  /**
   * One deadline for the complete call, in milliseconds: waiting, connecting, sending and every retry. The default is
   * the pool's `timeoutMs` and `statementTimeoutMs` together; there is none if either of them is without limit.
   */
  readonly timeoutMs?: number | undefined
  /**
   * The service that places the order, for the audit log: the name of its account or host, and of the operation. Never
   * a person, because the log outlives people. The default is the operating-system user and `library`.
   */
  readonly author?: { readonly [Name in keyof Author]?: Author[Name] | undefined } | undefined
}

/**
 * Places an order, completely or not at all. In one transaction and one round trip, it decrements the stock and writes
 * the order lines and one row of the audit log. Orders of the same pool that wait at the same time share a transaction;
 * each is still placed or refused for itself. After a lost connection, it finds the order by its key or places it.
 *
 * In a transaction, or on a lease with an open one, the order is part of it. A refusal then undoes only the order.
 *
 * Resolves to the id and the total of the order, and to whether the call placed it or it already existed. Rejects with
 * {@link OutOfStock}, or with a DbtoolError:
 * - BAD_INPUT: the order violates a rule. The error lists all faults, and nothing was sent.
 * - NOT_FOUND: there is no such user.
 * - KEY_CONFLICT: the key belongs to another order.
 * - OUTCOME_UNKNOWN: the connection died, or the deadline passed, after the order was sent.
 * - INTERRUPTED: `signal` withdrew the order before it was sent.
 * - POOL_TIMEOUT: the deadline passed before the order was sent.
 */
export function placeOrder(on: PoolOrSession, order: NewOrder, options: PlaceOptions = {}): Promise<Placement> {
  return onShop(on, async () => {
    const { signal, timeoutMs, author } = readOptions(options)
    const request = { ...parseOrder(order), author }
    if (!isPool(on)) {
      if (signal !== undefined || timeoutMs !== undefined) throw onlyOnPool()
      // Other statements of the transaction wait: a refusal would undo them, too.
      return on instanceof OpenTransaction
        ? on.inTurn((lease) => placeInTransaction(lease, request))
        : placeInTransaction(on, request)
    }
    const ms = timeoutMs ?? defaultTimeoutMs(on)
    const deadline = ms === Infinity ? undefined : deadlineOf(request.key, ms)
    return orderQueue(on).place(request, { signal, deadline })
  })
}

/** Giving up a statement in the middle of the transaction is up to its owner. */
const onlyOnPool = (): DbtoolError =>
  new DbtoolError('BAD_INPUT', 'placeOrder: signal and timeoutMs are for an order on a pool', {
    hint: 'on a lease, set the time limit of the whole transaction',
  })

function defaultTimeoutMs(pool: Pool): number {
  const opened = openedFor(pool)
  if (opened === undefined || opened.limits.statementTimeoutMs === 0) return Infinity
  return opened.acquireMs + opened.limits.statementTimeoutMs
}

interface ReadOptions extends Pick<PlaceOptions, 'signal' | 'timeoutMs'> {
  readonly author: Author
}

function readOptions(options: PlaceOptions): ReadOptions {
  const reader = new UntypedReader()
  const { signal, timeoutMs, author } = reader.object('the options', options, ['signal', 'timeoutMs', 'author'])
  const names = author === undefined ? {} : reader.object('author', author, ['osUser', 'command'])
  const read = {
    signal: reader.optional('signal', signal, readSignal),
    timeoutMs: reader.optional('timeoutMs', timeoutMs, readTimeout),
    author: {
      osUser: reader.optional('author.osUser', names.osUser, readText(parseName)) ?? osUserName(),
      command: reader.optional('author.command', names.command, readText(parseName)) ?? 'library',
    },
  }
  if (reader.faults.length > 0)
    throw new DbtoolError('BAD_INPUT', `placeOrder: ${reader.faults.join('; ')}`, { faults: reader.faults })
  return read
}

const parseName = parseText(100)

export function readSignal(value: unknown): AbortSignal {
  if (value instanceof AbortSignal) return value
  throw new InvalidValue('must be an AbortSignal')
}

function readTimeout(value: unknown): number {
  if (typeof value === 'number' && value > 0) return value
  throw new InvalidValue(`must be a number of milliseconds above 0, not ${quotedOrKind(value)}`)
}

/** An order that is already sent at the deadline has an unknown outcome: the server may still place it. */
const deadlineOf = (key: string, ms: number): Deadline => ({
  ms,
  error: (isSent) => (isSent ? new OutcomeUnknown(unanswered(key, ms), [], undefined) : notSent(ms)),
})

function unanswered(key: string, timeoutMs: number): ReturnType<typeof unknownPlacement> {
  return {
    ...unknownPlacement(key),
    message:
      `the order was sent, but not answered within ${timeoutMs} ms, so it may still be placed; ` +
      `its key is ${quoteValue(key)}`,
  }
}

const notSent = (timeoutMs: number): DbtoolError =>
  new DbtoolError('POOL_TIMEOUT', `the order was not sent within ${timeoutMs} ms, and is withdrawn`, {
    hint: 'no order was placed; try again, or give the pool more connections',
  })
