import type { CallOptions, Change, StatementOptions, Value } from '../queries.ts'
import { withRetries, type RetryOptions } from '../retry.ts'
import { transaction } from '../transaction.ts'
import { checkFunction, checkOptions, checkPool, checkStatement, untilGivenUp } from './arguments.ts'
import { ConnectionLease } from './lease.ts'
import { OpenTransaction } from './open-transaction.ts'
import { type AcquireOptions, type CancellableSession, type Lease, type Pool, type Row, withLease } from './pool.ts'
import { streamRows } from './stream-rows.ts'
import { forCaller } from '../for-caller.ts'
import { onAbort } from '../on-abort.ts'

/** Single statements, each on a connection of the pool. */
export interface Statements {
  /**
   * Runs a statement and resolves to its rows. `timeoutMs` is one limit for the acquire wait and the statement. After
   * it, and after `signal`, the promise rejects at once, and the statement is stopped at the server.
   */
  query<T = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<T[]>
  /** Runs a statement that changes data. */
  execute(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Change>
  /**
   * The rows of a SELECT, for `for await`, in constant memory: the server sends on when the reader reads on. Leaving
   * the loop early, and `signal`, stop the statement at the server.
   */
  stream<T = Row>(
    sql: string,
    values?: readonly Value[],
    options?: Pick<StatementOptions, 'signal'>,
  ): AsyncGenerator<T, void, undefined>
}

export function statementsOn(pool: Pool, { timeoutMs: longestWaitMs }: { readonly timeoutMs: number }): Statements {
  const once = async <T>(
    { signal, timeoutMs }: StatementOptions,
    work: (session: CancellableSession, options: CallOptions) => Promise<T>,
  ): Promise<T> => {
    if (timeoutMs === undefined) return withLease(pool, (lease) => work(unchecked(lease), { signal }), { signal })
    const deadline = performance.now() + timeoutMs
    const left = (lease: Lease): Promise<T> =>
      work(unchecked(lease), { signal, timeoutMs: Math.max(1, deadline - performance.now()), wholeMs: timeoutMs })
    return withLease(pool, left, { signal, timeoutMs: Math.min(longestWaitMs, timeoutMs) })
  }
  return {
    async query<T>(sql: string, values: readonly Value[] = [], options: StatementOptions = {}) {
      checkStatement(sql, values)
      checkOptions(options, untilGivenUp)
      return once(options, (session, own) => session.rows<T>(sql, values, own))
    },
    async execute(sql, values = [], options = {}) {
      checkStatement(sql, values)
      checkOptions(options, untilGivenUp)
      return once(options, (session, own) => session.execute(sql, values, own))
    },
    stream(sql, values = [], options = {}) {
      checkStatement(sql, values)
      checkOptions(options, ['signal'])
      return streamRows(pool, sql, values, options.signal)
    },
  }
}

/** A lease checks its statements, and these were checked before the wait for it. */
const unchecked = (lease: Lease): CancellableSession => (lease instanceof ConnectionLease ? lease.unchecked : lease)

/** {@link withLease}, for a caller whose arguments nobody has checked. */
export async function leaseOn<T>(
  pool: Pool,
  work: (lease: Lease) => Promise<T>,
  options: AcquireOptions = {},
): Promise<T> {
  checkPool(pool)
  checkFunction('the work of withLease', work)
  checkOptions(options, untilGivenUp)
  return withLease(pool, work, options)
}

/** The statements of a transaction. */
export type Transaction = Omit<CancellableSession, 'destroy' | 'usable' | 'inTransaction'>

/** Options of `transaction`: when to give up, and when to run the work again. */
export interface TransactionOptions extends RetryOptions {
  /** Stops the running statement and rolls back; rejects with INTERRUPTED. A COMMIT that was sent gets its answer. */
  readonly signal?: AbortSignal | undefined
  /** True for work that may run twice with the effect of once. It is also retried after a connection died at COMMIT. */
  readonly repeatable?: boolean | undefined
}

/**
 * Runs `work` between START TRANSACTION and COMMIT. After a deadlock, or a connection that was lost before COMMIT, runs
 * it again from its start, as the retry table says. Rejects with its last error, or with OUTCOME_UNKNOWN if the
 * connection died at COMMIT.
 */
export async function transactionOn<T>(
  pool: Pool,
  work: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  checkPool(pool)
  checkFunction('the work of a transaction', work)
  checkOptions(options, ['signal', 'repeatable', 'patienceMs', 'onRetry', 'lostBefore'])
  const { signal, repeatable = false, ...retrying } = options
  const attempt = (lease: Lease): Promise<T> =>
    transaction(lease, async (): Promise<T> => {
      const stopListening = onAbort(signal, () => void lease.cancel())
      try {
        const tx = new OpenTransaction(lease, signal)
        return await tx.during(() => work(tx))
      } finally {
        stopListening()
      }
    })
  const kind = repeatable ? 'repeatable' : 'transaction'
  try {
    return await withRetries(() => withLease(pool, attempt, { signal }), { ...retrying, signal, kind })
  } catch (error) {
    throw forCaller(error, signal)
  }
}
