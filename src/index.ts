import { openPool } from './db/pool/open.ts'
import type { Pool, PoolOptions } from './db/pool/pool.ts'
import { statementsOn, type Statements } from './db/pool/statements.ts'
import { remember } from './library/opened.ts'
import type { CreatePoolOptions } from './library/create-pool-options.ts'
import { parsePoolOptions } from './library/pool-options.ts'
import { readingAfter } from './library/read-after.ts'
import { checkStress } from './library/stress-options.ts'
import { chapterWorkers } from './stress/plan.ts'
import type { StressResult } from './stress/result.ts'
import { stress as run } from './stress/stress.ts'
import { builtIn, onLease, performSql, type Iterate } from './stress/workload.ts'

export type { Cells, OnCells } from './cells.ts'
export type {
  AcquireEvent,
  CloseEvent,
  ConnectEvent,
  FailoverEvent,
  LeakEvent,
  Outcome,
  QueryEvent,
  TimeoutEvent,
  WaitEvent,
} from './db/diagnostics.ts'
export { DatabaseError, type ConnectionIdentity, type DatabaseErrorDetails } from './db/failures.ts'
export type { Step } from './db/migrations/migrate.ts'
export type { Failover } from './db/pool/chosen-server.ts'
export type { ForeignPool, OwnMode, PoolMode } from './db/pool/modes.ts'
export type { AcquireOptions, CancellableSession, Lease, Pool, PoolOptions, PoolStats, Row } from './db/pool/pool.ts'
export type { Statements, Transaction, TransactionOptions } from './db/pool/statements.ts'
export {
  Secret,
  type Change,
  type OnRows,
  type Queries,
  type Session,
  type StatementOptions,
  type Value,
} from './db/queries.ts'
export type { Retry, RetryOptions } from './db/retry.ts'
export type { Limits, SslMode, TargetRole, TlsVersion } from './db/target.ts'
export { DbtoolError, type ErrorCode, type ErrorDetails } from './errors.ts'
export { migrate } from './library/migrate.ts'
export type { PoolOrSession } from './library/on.ts'
export type { CreatePoolOptions, Password, TlsObjects } from './library/create-pool-options.ts'
export { placeOrder, type NewOrder, type PlaceOptions } from './library/place.ts'
export {
  getOrder,
  getProduct,
  listOrders,
  listOrdersWithItems,
  listProducts,
  type OrderListOptions,
  type PageOptions,
  type ProductListOptions,
} from './library/read.ts'
export type { Author } from './shop/logs.ts'
export type { Adjustment, AdjustmentKind, AdjustmentSums, NewAdjustment } from './shop/orders/adjustments.ts'
export { OutcomeUnknown, type UnknownOutcomeInfo } from './shop/orders/exactly-once.ts'
export type { Order, OrderHead, OrderItem } from './shop/orders/orders.ts'
export { OutOfStock, type OrderLine, type Placement, type Shortage } from './shop/orders/place-order.ts'
export type { Product } from './shop/products/products.ts'
export type { OrderStatus } from './shop/rules.ts'
export type { Percentiles } from './stress/histogram.ts'
export type { HostFigures, RecordedFailover } from './stress/host-record.ts'
export type { Load } from './stress/plan.ts'
export type { ErrorCount } from './stress/recorder.ts'
export type { Fairness, StatementFigures, StressResult } from './stress/result.ts'
export type { Shard } from './stress/shard.ts'
export type { Check, CheckName, Validity } from './stress/validity.ts'
export type { Iterate } from './stress/workload.ts'

/**
 * A pool, with single statements and the options with which it was created. `await using` closes it at the end of its
 * block.
 */
export type ShopPool = Pool & Statements & AsyncDisposable & { readonly options: PoolOptions }

/**
 * Creates dbtool's fair pool, which serves callers in order of arrival. The pool opens a connection only when one is
 * needed, so a wrong host or password is an error of the first use. Close the pool, or the process does not end.
 *
 * @param given A URL, or options.
 * @throws DbtoolError BAD_CONFIG with all faults of the options.
 */
export function createPool(given: string | CreatePoolOptions): ShopPool {
  const { target, limits, options, readAfter } = parsePoolOptions(given)
  const readers = openPool('fair', { target, limits, options })
  const opened = readAfter === undefined ? readers : readingAfter(readers, readAfter)
  const pool = Object.assign(opened, { options }, statementsOn(opened, options))
  return remember(pool, { target, limits, acquireMs: options.timeoutMs })
}

export { leaseOn as withLease, transactionOn as transaction } from './db/pool/statements.ts'

/**
 * Options of {@link stress}: a closed loop, in which each worker starts its next iteration as soon as the last one has
 * ended. Times are in milliseconds.
 */
export interface StressOptions {
  /** Number of workers; default 50. */
  readonly workers?: number | undefined
  /** Iterations of each worker; default 1. */
  readonly iterations?: number | undefined
  /** Duration of the measurement, instead of `iterations`. */
  readonly durationMs?: number | undefined
  /** Duration of the load before the measurement; default 0. */
  readonly warmupMs?: number | undefined
  /** A statement, or a function that receives a lease; default `SELECT SLEEP(0.1)`. */
  readonly work?: string | Iterate | undefined
  /** Ends the run early. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a load test on a pool. Resolves to a result with the names of `dbtool pool stress --json`. Failed iterations are
 * counted in `errors` and do not reject.
 */
export async function stress(pool: ShopPool, options: StressOptions = {}): Promise<StressResult> {
  checkStress(pool, options)
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
