import { randomUUID } from 'node:crypto'
import { osUserName } from './context/os-user.ts'
import { openPool } from './db/pool/open.ts'
import type { Pool, PoolOptions } from './db/pool/pool.ts'
import { statementsOn, type Statements } from './db/pool/statements.ts'
import { type CreatePoolOptions, parsePoolOptions } from './library/pool-options.ts'
import type { Adjustment } from './shop/orders/adjustments.ts'
import { orderQueue } from './shop/orders/order-queue.ts'
import type { OrderLine, Placement } from './shop/orders/place-order.ts'
import { chapterWorkers } from './stress/plan.ts'
import type { StressResult } from './stress/result.ts'
import { stress as run } from './stress/stress.ts'
import { builtIn, onLease, performSql, type Iterate } from './stress/workload.ts'

export type {
  AcquireEvent,
  CloseEvent,
  ConnectEvent,
  LeakEvent,
  Outcome,
  QueryEvent,
  TimeoutEvent,
  WaitEvent,
} from './db/diagnostics.ts'
export { withLease, type Pool, type PoolStats, type PoolOptions } from './db/pool/pool.ts'
export type { AcquireOptions, CancellableSession, Row } from './db/pool/pool.ts'
export type { Statements, Transaction, TransactionOptions } from './db/pool/statements.ts'
export type { StatementOptions } from './db/queries.ts'
export type { CreatePoolOptions, Password, TlsObjects } from './library/pool-options.ts'
export { DbtoolError, type ErrorCode } from './errors.ts'
export type { Adjustment } from './shop/orders/adjustments.ts'
export { OutOfStock, type OrderLine, type Placement, type Shortage } from './shop/orders/place-order.ts'
export type { Lease } from './db/pool/pool.ts'
export type { StressResult } from './stress/result.ts'
export type { Iterate } from './stress/workload.ts'

/** A pool, with single statements and the options with which it was created. */
export type ShopPool = Pool & Statements & { readonly options: PoolOptions }

/**
 * Creates dbtool's fair pool, which serves callers in order of arrival. The pool opens a connection only when one is
 * needed, so a wrong host or password is an error of the first use. Close the pool, or the process does not end.
 *
 * @param given A URL, or options.
 * @throws DbtoolError BAD_CONFIG with all faults of the options.
 */
export function createPool(given: string | CreatePoolOptions): ShopPool {
  const { target, limits, options } = parsePoolOptions(given)
  const pool = openPool('fair', { target, limits, options })
  return Object.assign(pool, { options }, statementsOn(pool, options))
}

export { transactionOn as transaction } from './db/pool/statements.ts'

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
  readonly key?: string
  /** Default `confirmed`. */
  readonly status?: 'confirmed' | 'pending'
  /** Amounts beside the lines: shipping, discounts and tax. */
  readonly adjustments?: readonly Adjustment[]
  /** Runs the whole order, then rolls it back. */
  readonly dryRun?: boolean
}

export interface PlaceOptions {
  /** Withdraws an order that still waits. An order that was sent gets its answer. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Places an order, completely or not at all. In one transaction and one round trip, it decrements the stock and writes
 * the order lines and one row of the audit log. Orders of the same pool that wait at the same time share a transaction;
 * each is still placed or refused for itself. After a lost connection, it finds the order by its key or places it.
 *
 * Resolves to the id and the total of the order, and to whether the call placed it or it already existed. Rejects with
 * {@link OutOfStock}, or with a DbtoolError:
 * - NOT_FOUND: there is no such user.
 * - KEY_CONFLICT: the key belongs to another order.
 * - OUTCOME_UNKNOWN: the connection died, and the server could not be asked again.
 * - INTERRUPTED: `signal` withdrew the order before it was sent.
 */
export function placeOrder(
  pool: Pool,
  { userId, lines, adjustments, key = randomUUID(), status = 'confirmed', dryRun = false }: NewOrder,
  { signal }: PlaceOptions = {},
): Promise<Placement> {
  const author = { osUser: osUserName(), command: 'library' }
  return orderQueue(pool).place({ userId, lines, adjustments, key, status, author, dryRun }, { signal })
}

/**
 * Options of {@link stress}: a closed loop, in which each worker starts its next iteration as soon as the last one has
 * ended. Times are in milliseconds.
 */
export interface StressOptions {
  /** Number of workers; default 50. */
  readonly workers?: number
  /** Iterations of each worker; default 1 without `durationMs`. */
  readonly iterations?: number
  /** Duration of the measurement, instead of `iterations`. */
  readonly durationMs?: number
  /** Duration of the load before the measurement; default 0. */
  readonly warmupMs?: number
  /** A statement, or a function that receives a lease; default `SELECT SLEEP(0.1)`. */
  readonly work?: string | Iterate
  /** Ends the run early. */
  readonly signal?: AbortSignal
}

/**
 * Runs a load test on a pool. Resolves to a result with the names of `dbtool pool stress --json`. Failed iterations are
 * counted in `errors` and do not reject.
 */
export function stress(pool: ShopPool, options: StressOptions = {}): Promise<StressResult> {
  const {
    workers = chapterWorkers,
    iterations = 1,
    durationMs,
    warmupMs = 0,
    work = builtIn.sleep,
    signal = new AbortController().signal,
  } = options
  const until = durationMs === undefined ? { iterations } : { durationMs }
  const perform = typeof work === 'string' ? performSql(work) : onLease(work)
  return run(
    { mode: 'fair', pool, options: pool.options },
    perform,
    { load: { loop: 'closed', workers }, until, warmupMs, rampMs: 0 },
    signal,
  )
}
