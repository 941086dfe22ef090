import type { Lease } from './lease.ts'

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

export const defaultPoolOptions: PoolOptions = { size: 5, maxOverflow: 10, timeoutMs: 30_000, recycleMs: 3_600_000, pingAfterIdleMs: 1_000 }

/** A snapshot of a pool: the first five are gauges, the rest count from its creation. */
export interface PoolFigures {
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
}

/** All modes share this interface; which one it is, is chosen where the pool is made. */
export interface Pool {
  /** Rejects with POOL_TIMEOUT at the deadline, POOL_CLOSED after `close`, or the reason why no connection can be had. */
  acquire(): Promise<Lease>
  figures(): PoolFigures
  /** Refuses newcomers, lets leases finish for up to `graceMs`, then cuts them. */
  close(graceMs?: number): Promise<void>
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
