import { type PoolEntry, PoolEntries } from './entries.ts'
import { ConnectionLease } from './lease.ts'
import {
  type AcquireOptions,
  defaultGraceMs,
  type Lease,
  type Pool,
  type PooledConnection,
  type PoolStats,
} from './pool.ts'
import { poolClosed, PoolCounters, timeoutError, withdrawn } from './stats.ts'
import { Waiter } from './wait-queue.ts'

/**
 * The chapter's NullPool: one connection per use. `acquire` opens it, and `release` closes it. The only time-out is the
 * connect time-out, unless the caller gives one.
 */
export class DirectPool implements Pool {
  readonly #counters = new PoolCounters()
  readonly #entries: PoolEntries
  #closed = false

  constructor(connect: () => Promise<PooledConnection>) {
    this.#entries = new PoolEntries({ connect, counters: this.#counters, recycleMs: 0 })
  }

  async acquire({ signal, timeoutMs = Infinity }: AcquireOptions = {}): Promise<Lease> {
    if (this.#closed) throw poolClosed()
    if (signal?.aborted === true) throw withdrawn()
    const waiter = new Waiter<PoolEntry>(timeoutMs, { signal }, (why) =>
      waiter.reject(why === 'abort' ? withdrawn() : this.late(timeoutMs)),
    )
    this.#entries.open(
      (entry) => (waiter.isSettled ? this.#entries.evict(entry) : waiter.grant(entry)),
      (reason) => waiter.isSettled || waiter.reject(reason),
    )
    this.#counters.queued(this.#entries.opening)
    return this.grant(await waiter.granted, waiter.waitedMs)
  }

  stats(): PoolStats {
    const { size: open, opening, stopping } = this.#entries
    return this.#counters.snapshot({ open, idle: 0, opening, stopping, waiting: opening })
  }

  private late(timeoutMs: number): Error {
    this.#counters.timeouts += 1
    const options = { size: 0, maxOverflow: 0 }
    return timeoutError({ options, timeoutMs, now: this.stats(), cause: undefined })
  }

  resetPeaks(): void {
    this.#counters.resetPeaks(this.stats())
  }

  async close(graceMs: number = defaultGraceMs): Promise<void> {
    this.#closed = true
    await this.#entries.drain(graceMs)
  }

  /** Rejects if `close` was called while the connection was being opened. */
  private grant(entry: PoolEntry, waitMs: number): Lease {
    const release = (): void => {
      this.#entries.evict(entry)
      this.#counters.setInUse(this.#entries.size)
    }
    if (this.#closed) {
      release()
      throw poolClosed()
    }
    this.#counters.granted(waitMs)
    this.#counters.setInUse(this.#entries.size)
    return new ConnectionLease(entry.connection, waitMs, release)
  }
}
