import type { OnCells } from '../../cells.ts'
import { DbtoolError } from '../../errors.ts'
import type { Change, Session, OnRows, Value } from '../queries.ts'

/** A connection as a pool uses it; its borrower sees only {@link Session}. */
export interface PooledConnection extends Session {
  /** False only if this connection certainly has no open transaction. After an error it may have one. */
  readonly mayHoldTransaction: boolean
  /** True while a statement is running. */
  readonly busy: boolean
  /** Resolves to true if the server answered within `timeoutMs` milliseconds; otherwise the connection is destroyed. */
  ping(timeoutMs: number): Promise<boolean>
  /** Closes the connection. Never rejects. */
  close(): Promise<void>
  /** Destroys the connection, kills its statement at the server, and resolves when that has ended. Never rejects. */
  stop(): Promise<void>
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
}

export const defaultPoolOptions: PoolOptions = {
  size: 5,
  maxOverflow: 10,
  timeoutMs: 30_000,
  recycleMs: 3_600_000,
  pingAfterIdleMs: 1_000,
}

/** Default time that `close` gives leases to finish, in milliseconds. */
export const defaultGraceMs = 5_000

/** A snapshot of a pool. The first five values are gauges; the others count from its creation. */
export interface PoolStats {
  readonly open: number
  readonly idle: number
  readonly inUse: number
  readonly opening: number
  readonly waiting: number
  readonly acquired: number
  readonly timeouts: number
  readonly opened: number
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

/** A pool of connections to one target. All pool modes share this interface. */
export interface Pool {
  /**
   * Resolves to a lease on a connection. Rejects with POOL_TIMEOUT after `timeoutMs`, with POOL_CLOSED after `close`,
   * or with the reason why no connection can be opened.
   */
  acquire(): Promise<Lease>
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

/** Acquires a lease, runs `work` with it and always releases it. Rejects as `acquire` or `work` does. */
export async function withLease<T>(pool: Pool, work: (lease: Lease) => Promise<T>): Promise<T> {
  const lease = await pool.acquire()
  try {
    return await work(lease)
  } finally {
    lease.release()
  }
}

/**
 * The right to use one connection of the pool until it is released. After `release`, every use rejects or throws: a
 * stale lease can neither read from nor roll back the transaction of the next borrower.
 */
export class Lease implements Session {
  #connection: PooledConnection | undefined
  readonly #onRelease: () => void

  constructor(
    connection: PooledConnection,
    /** The acquire wait, in milliseconds. */
    readonly waitMs: number,
    onRelease: () => void,
  ) {
    this.#connection = connection
    this.#onRelease = onRelease
  }

  async rows<T>(sql: string, values?: readonly Value[]): Promise<T[]> {
    return this.connection().rows<T>(sql, values)
  }

  async execute(sql: string, values?: readonly Value[]): Promise<Change> {
    return this.connection().execute(sql, values)
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.connection().prepared<T>(sql, values)
  }

  async rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.connection().rawRows<T>(sql, values)
  }

  async each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void> {
    return this.connection().each<T>(sql, values, onRows)
  }

  async eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean> {
    return this.connection().eachCells(sql, values, onCells)
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.connection().bulk<T>(sql, rows)
  }

  get inTransaction(): boolean {
    return this.connection().inTransaction
  }

  get usable(): boolean {
    return this.connection().usable
  }

  /** Destroys the connection. Does nothing after `release`. */
  destroy(): void {
    this.#connection?.destroy()
  }

  /** Returns the connection to the pool. A second call does nothing. */
  release(): void {
    if (this.#connection === undefined) return
    this.#connection = undefined
    this.#onRelease()
  }

  private connection(): PooledConnection {
    if (this.#connection === undefined) throw new DbtoolError('UNEXPECTED', 'a lease was used after its release')
    return this.#connection
  }
}
