import type { Change, Session, StatementOptions, Value } from '../queries.ts'
import { isOfThisServer } from '../retry-table.ts'

/** A row, by the names of its columns. */
export type Row = Record<string, unknown>

/** The statements of a connection that can be given up. */
export interface CancellableSession extends Session {
  rows<T = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<T[]>
  execute(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Change>
  /** Stops the running statements at the server. They reject with INTERRUPTED; the transaction stays open. */
  cancel(): Promise<void>
}

/** A connection as a pool uses it; its borrower sees only {@link Lease}. */
export interface PooledConnection extends CancellableSession {
  /** False only if this connection certainly has no open transaction. After an error it may have one. */
  readonly mayHoldTransaction: boolean
  /** True if a statement may have changed the session, or taken locks that outlast it. */
  readonly sessionChanged: boolean
  /** True while a statement is running, or is stopped. */
  readonly busy: boolean
  /** True while a statement that was given up is stopped at the server; `cancel` waits for that. */
  readonly cancelling: boolean
  /** True if this side has given up a statement that the server may still be running. */
  readonly abandoned: boolean
  /** Resolves to true if the server answered within `timeoutMs` milliseconds; otherwise the connection is destroyed. */
  ping(timeoutMs: number): Promise<boolean>
  /** Ends the transaction, and restores the session of a new connection. */
  reset(): Promise<void>
  /** Calls `listener` when the connection has been lost or closed. */
  whenLost(listener: () => void): void
  /** Closes the connection. Never rejects. */
  close(): Promise<void>
  /**
   * Destroys the connection, kills its statement at the server, and resolves when that has ended. A server that does
   * not answer is waited for until `patience` is aborted; without it, for some seconds. Never rejects.
   */
  stop(patience?: AbortSignal): Promise<void>
}

/** Options with the names of the chapter's QueuePool. Times are in milliseconds. */
export interface PoolOptions {
  /** Number of connections that the pool keeps open. */
  readonly size: number
  /** Number of connections beyond `size`, opened on demand and closed on release if the wait queue is empty. */
  readonly maxOverflow: number
  /** Time limit for the whole acquire wait: queueing, connecting and validating. */
  readonly timeoutMs: number
  /** Maximum age of a connection. An older one is evicted at its next acquire or release; zero means no limit. */
  readonly recycleMs: number
  /** A connection that has been idle for at least this long is pinged before it is handed out. */
  readonly pingAfterIdleMs: number
  /** A connection that has been idle for this long is closed; zero means no limit. */
  readonly idleTimeoutMs: number
  /** A lease that is held for this long is reported, with the stack of its caller; zero means never. */
  readonly leakAfterMs: number
}

export const defaultPoolOptions: PoolOptions = {
  size: 5,
  maxOverflow: 10,
  timeoutMs: 30_000,
  recycleMs: 3_600_000,
  pingAfterIdleMs: 1_000,
  idleTimeoutMs: 0,
  leakAfterMs: 0,
}

/** Default time that `close` gives leases to finish, in milliseconds. */
export const defaultGraceMs = 5_000

/** A snapshot of a pool. The first six values are gauges; the others count from its creation. */
export interface PoolStats {
  /** Connections that are open: idle ones and those in use. */
  readonly open: number
  readonly idle: number
  readonly inUse: number
  readonly opening: number
  /** Connections that are closed on this side, while the server still stops their statements. */
  readonly stopping: number
  /** Callers that wait for a connection. */
  readonly waiting: number
  /** Callers that have got a connection. */
  readonly acquired: number
  /** Callers that have waited for too long (POOL_TIMEOUT). */
  readonly timeouts: number
  readonly opened: number
  /** Attempts to open a connection that failed. */
  readonly openFailures: number
  readonly closed: number
  /** Maximum number of connections that were open at the same time. */
  readonly peak: number
  /** Maximum length of the wait queue. */
  readonly queuePeak: number
  /** Sum of the acquire waits of successful callers, in milliseconds. */
  readonly waitMs: number
  /** Maximum acquire wait of a successful caller, in milliseconds. */
  readonly maxWaitMs: number
  /**
   * Sum of the times that connections were in use, in milliseconds. Its growth during a period, divided by that period,
   * is the average number of connections in use.
   */
  readonly inUseMs: number
}

/**
 * The right to use one connection of the pool until it is released. After `release`, every use rejects or throws: a
 * stale lease can neither read from nor roll back the transaction of the next borrower.
 */
export interface Lease extends CancellableSession {
  /** The acquire wait, in milliseconds. */
  readonly waitMs: number
  /** Destroys the connection. Does nothing after `release`. */
  destroy(): void
  /** Returns the connection to the pool. A second call does nothing. */
  release(): void
}

/** When to give up waiting for a connection. */
export interface AcquireOptions {
  /** Withdraws the caller from the wait queue; `acquire` rejects with INTERRUPTED. */
  readonly signal?: AbortSignal | undefined
  /** Time limit of this acquire wait, in place of that of the pool. */
  readonly timeoutMs?: number | undefined
}

/** A pool of connections to one target. All pool modes share this interface. */
export interface Pool {
  /** When an idle connection was last lost, as a time of `performance.now()`. Undefined if that was not noticed. */
  readonly lostAt?: number | undefined
  /**
   * Resolves to a lease on a connection. Rejects with POOL_TIMEOUT after `timeoutMs`, with POOL_CLOSED after `close`,
   * with INTERRUPTED after `signal`, or with the reason why no connection can be opened.
   */
  acquire(options?: AcquireOptions): Promise<Lease>
  /** Returns the gauges and counters of this moment. */
  stats(): PoolStats
  /** Restarts `peak` and `queuePeak` from the current values. */
  resetPeaks(): void
  /** Rejects new callers and waiters, lets leases finish for up to `graceMs` milliseconds (5000), then cuts them. */
  close(graceMs?: number): Promise<void>
}

/** Runs `work` and closes the pool afterwards. After an interrupt, running statements are cut at once. */
export async function closing<T>(pool: Pool, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await pool.close(signal.aborted ? 0 : undefined)
  }
}

/**
 * Acquires a lease, runs `work` with it and always releases it. Rejects as `acquire` or `work` does. The connection is
 * closed after an error that another server may not give.
 */
export async function withLease<T>(
  pool: Pool,
  work: (lease: Lease) => Promise<T>,
  options?: AcquireOptions,
): Promise<T> {
  const lease = await pool.acquire(options)
  try {
    return await work(lease)
  } catch (error) {
    if (isOfThisServer(error)) lease.destroy()
    throw error
  } finally {
    lease.release()
  }
}

/** Time limit for a lease that only makes the work faster, in milliseconds. */
const spareMs = 500

/** As {@link withLease}, but runs `work` without a lease if the pool or the server has no connection to spare. */
export async function withSpareLease<T>(pool: Pool, work: (lease: Lease | undefined) => Promise<T>): Promise<T> {
  const spare = await pool.acquire({ timeoutMs: spareMs }).catch(() => undefined)
  try {
    return await work(spare)
  } finally {
    spare?.release()
  }
}
