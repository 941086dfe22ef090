import { type PoolEntry, PoolEntries } from './entries.ts'
import { defaultGraceMs, Lease, type Pool, type PooledConnection, type PoolStats } from './pool.ts'
import { poolClosed, PoolCounters } from './stats.ts'

/**
 * The chapter's NullPool: a connection per use, opened when asked for and closed on return. Its only time-out is that
 * of connecting.
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
    const asked = performance.now()
    const entry = await new Promise<PoolEntry>((resolve, reject) => {
      this.#entries.open(resolve, reject)
      this.#counters.queued(this.#entries.opening)
    })
    return this.lend(entry, performance.now() - asked)
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

  /** The pool may have been closed while the connection was opened. */
  private lend(entry: PoolEntry, waitMs: number): Lease {
    const giveBack = (): void => {
      this.#entries.evict(entry)
      this.#counters.using(this.#entries.size)
    }
    if (this.#closed) {
      giveBack()
      throw poolClosed()
    }
    this.#counters.granted(waitMs)
    this.#counters.using(this.#entries.size)
    return new Lease(entry.connection, waitMs, giveBack)
  }
}
