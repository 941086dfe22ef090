import { type PoolEntry, PoolEntries } from './entries.ts'
import { defaultGraceMs, Lease, type Pool, type PooledConnection, type PoolStats } from './pool.ts'
import { poolClosed, PoolCounters } from './stats.ts'

/**
 * The chapter's NullPool: one connection per use. `acquire` opens it, and `release` closes it. The only time-out is the
 * connect time-out.
 */
export class DirectPool implements Pool {
  readonly #counters = new PoolCounters()
  readonly #entries: PoolEntries
  #closed = false

  constructor(connect: () => Promise<PooledConnection>) {
    this.#entries = new PoolEntries({ connect, counters: this.#counters, recycleMs: 0 })
  }

  async acquire(): Promise<Lease> {
    if (this.#closed) throw poolClosed()
    const startedAt = performance.now()
    const entry = await new Promise<PoolEntry>((resolve, reject) => {
      this.#entries.open(resolve, reject)
      this.#counters.queued(this.#entries.opening)
    })
    return this.grant(entry, performance.now() - startedAt)
  }

  stats(): PoolStats {
    const { size: open, opening } = this.#entries
    return this.#counters.snapshot({ open, idle: 0, opening, waiting: opening })
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
    return new Lease(entry.connection, waitMs, release)
  }
}
