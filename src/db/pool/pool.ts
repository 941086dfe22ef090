import { DbtoolError } from '../../errors.ts'
import type { Change, Session, Value } from '../queries.ts'

/** What a pool needs of a connection besides what its holder does with it. */
export interface PooledConnection extends Session {
  /** False only when the server certainly has no transaction open here; after an error it may have. */
  readonly mayHoldTransaction: boolean
  /** True while a statement is running. */
  readonly busy: boolean
  /** Resolves to whether the server answered within `timeoutMs`; if not, the connection is gone. */
  ping(timeoutMs: number): Promise<boolean>
  /** Never rejects. */
  close(): Promise<void>
  /**
   * Destroys it, and has the server end what it still does here; what was running there is over then. Never rejects.
   */
  stop(): Promise<void>
}

/** The chapter's QueuePool, in its words; times in milliseconds. */
export interface PoolOptions {
  /** Connections that are kept open. */
  readonly size: number
  /** Connections opened on demand beyond `size`, and closed when they come back and nobody waits. */
  readonly maxOverflow: number
  /** How long `acquire` may take in all: queueing, connecting and validating. */
  readonly timeoutMs: number
  /** A connection older than this is replaced when it is next handed out or returned; zero keeps it for ever. */
  readonly recycleMs: number
  /** A connection that was idle for longer than this is pinged before it is handed out. */
  readonly pingAfterIdleMs: number
}

export const defaultPoolOptions: PoolOptions = {
  size: 5,
  maxOverflow: 10,
  timeoutMs: 30_000,
  recycleMs: 3_600_000,
  pingAfterIdleMs: 1_000,
}

/** How long `close` lets leases finish, unless it is told. */
export const defaultGraceMs = 5_000

/** A snapshot of a pool: the first five are gauges, the rest count from its creation. */
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
  /** The most connections that were open at once. */
  readonly peak: number
  /** The most callers that waited at once. */
  readonly queuePeak: number
  /** Sum and maximum of the time that successful callers waited, in milliseconds. */
  readonly waitMs: number
  readonly maxWaitMs: number
  /**
   * How long connections were in use, all together, in milliseconds: its growth over a time, divided by that time, is
   * how many were in use on average.
   */
  readonly inUseMs: number
}

/** All modes share this interface; which one it is, is chosen where the pool is made. */
export interface Pool {
  /**
   * Rejects with POOL_TIMEOUT at the deadline, POOL_CLOSED once `close` was called, or the reason why no connection can
   * be had.
   */
  acquire(): Promise<Lease>
  stats(): PoolStats
  /** From now on `peak` and `queuePeak` are those of what follows. */
  resetPeaks(): void
  /** Refuses newcomers, lets leases finish for up to `graceMs`, then cuts them. */
  close(graceMs?: number): Promise<void>
}

/** A pool lives as long as `work`; what runs on it after an interrupt is cut. */
export async function closing<T>(pool: Pool, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await pool.close(signal.aborted ? 0 : undefined)
  }
}

/** A lease lives inside `work`, and is returned whatever happens there. */
export async function withLease<T>(pool: Pool, work: (lease: Lease) => Promise<T>): Promise<T> {
  const lease = await pool.acquire()
  try {
    return await work(lease)
  } finally {
    lease.release()
  }
}

/**
 * A connection on loan. After `release` every use rejects or throws: a handle that somebody kept can neither read from
 * nor roll
 * back the transaction of the next holder.
 */
export class Lease implements Session {
  #connection: PooledConnection | undefined
  readonly #giveBack: () => void

  constructor(
    connection: PooledConnection,
    /** How long the holder waited for it, in milliseconds. */
    readonly waitMs: number,
    giveBack: () => void,
  ) {
    this.#connection = connection
    this.#giveBack = giveBack
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

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.connection().bulk<T>(sql, rows)
  }

  get inTransaction(): boolean {
    return this.connection().inTransaction
  }

  get usable(): boolean {
    return this.connection().usable
  }

  /** Nothing is left to destroy after `release`. */
  destroy(): void {
    this.#connection?.destroy()
  }

  /** Gives the connection back; a second call does nothing. */
  release(): void {
    if (this.#connection === undefined) return
    this.#connection = undefined
    this.#giveBack()
  }

  private connection(): PooledConnection {
    if (this.#connection === undefined)
      throw new DbtoolError('UNEXPECTED', 'a connection was used after it had been released')
    return this.#connection
  }
}
