import { timerMs } from '../target.ts'
import { isAlive, isFresh, type PoolEntry, PoolEntries } from './entries.ts'
import { defaultGraceMs, Lease, type Pool, type PooledConnection, type PoolStats, type PoolOptions } from './pool.ts'
import { poolClosed, PoolCounters, timeoutError } from './stats.ts'

/** Pause after a connection could not be opened. */
const reopenAfterMs = 200

/**
 * Serves callers strictly in order of arrival, so that no waiter starves: a released connection goes directly to the
 * head of the wait queue. Idle connections are reused last in, first out, so that few of them stay warm.
 */
export class FairPool implements Pool {
  readonly #options: PoolOptions
  readonly #entries: PoolEntries
  readonly #idle: PoolEntry[] = []
  readonly #queue = new WaitQueue<PoolEntry>()
  readonly #counters = new PoolCounters()
  #openFailure: unknown
  #reopenTimer: NodeJS.Timeout | undefined
  #closed = false

  constructor(connect: () => Promise<PooledConnection>, options: PoolOptions) {
    this.#options = options
    this.#entries = new PoolEntries({ connect, counters: this.#counters, recycleMs: options.recycleMs })
  }

  async acquire(): Promise<Lease> {
    const startedAt = performance.now()
    const deadline = startedAt + this.#options.timeoutMs
    let place: 'back' | 'front' = 'back'
    for (;;) {
      if (this.#closed) throw poolClosed()
      const entry = this.takeIdle() ?? (await this.enqueue(deadline, place))
      if (await isAlive(entry, this.#options.pingAfterIdleMs, deadline))
        return this.grant(entry, performance.now() - startedAt)
      this.evict(entry)
      place = 'front'
    }
  }

  stats(): PoolStats {
    return this.#counters.snapshot({
      open: this.#entries.size,
      idle: this.#idle.length,
      opening: this.#entries.opening,
      waiting: this.#queue.length,
    })
  }

  resetPeaks(): void {
    this.#counters.resetPeaks(this.stats())
  }

  async close(graceMs: number = defaultGraceMs): Promise<void> {
    this.#closed = true
    this.stopWaitingToReopen()
    this.#queue.rejectAll(poolClosed())
    for (const entry of this.#idle.splice(0)) this.#entries.evict(entry)
    await this.#entries.drain(graceMs)
  }

  private takeIdle(): PoolEntry | undefined {
    for (;;) {
      const entry = this.#idle.pop()
      this.countInUse()
      if (entry === undefined || isFresh(entry)) return entry
      this.evict(entry)
    }
  }

  private enqueue(deadline: number, place: 'back' | 'front'): Promise<PoolEntry> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<PoolEntry> = { resolve, reject, timer: undefined }
      waiter.timer = setTimeout(() => this.timeOut(waiter), timerMs(Math.max(0, deadline - performance.now())))
      this.#queue.enqueue(waiter, place)
      this.#counters.queued(this.#queue.length)
      this.openForWaiters()
    })
  }

  private timeOut(waiter: Waiter<PoolEntry>): void {
    const stats = this.stats()
    this.#queue.remove(waiter)
    this.#counters.timeouts += 1
    waiter.reject(timeoutError(this.#options, stats, this.#openFailure))
  }

  /**
   * Opens connections up to the number of waiters, within size + overflow. After a failure, opens none for
   * `reopenAfterMs`.
   */
  private openForWaiters(): void {
    if (this.#closed || this.#reopenTimer !== undefined) return
    const { size, maxOverflow } = this.#options
    while (
      this.#entries.opening < this.#queue.length &&
      this.#entries.size + this.#entries.opening < size + maxOverflow
    ) {
      this.#entries.open(
        (entry) => this.opened(entry),
        (reason) => this.openFailed(reason),
      )
    }
  }

  private opened(entry: PoolEntry): void {
    this.#openFailure = undefined
    this.offer(entry)
  }

  /**
   * While the pool has other connections, the waiters wait for those, and opening is retried. Without any, the waiters
   * are rejected with `reason`, because no connection can become free.
   */
  private openFailed(reason: unknown): void {
    this.#openFailure = reason
    this.stopWaitingToReopen()
    if (this.#entries.size + this.#entries.opening === 0) this.#queue.rejectAll(reason)
    else if (!this.#closed) this.#reopenTimer = setTimeout(() => this.reopen(), reopenAfterMs)
  }

  private reopen(): void {
    this.stopWaitingToReopen()
    this.openForWaiters()
  }

  private stopWaitingToReopen(): void {
    clearTimeout(this.#reopenTimer)
    this.#reopenTimer = undefined
  }

  private grant(entry: PoolEntry, waitMs: number): Lease {
    this.#counters.granted(waitMs)
    return new Lease(entry.connection, waitMs, () => this.released(entry))
  }

  /** Rolls back an open transaction and destroys a busy connection, so that the next borrower inherits neither. */
  private released(entry: PoolEntry): void {
    const { connection } = entry
    if (connection.busy) connection.destroy()
    if (!connection.usable || !connection.mayHoldTransaction) this.offer(entry)
    else
      connection.execute('ROLLBACK').then(
        () => this.offer(entry),
        () => this.evict(entry),
      )
  }

  /** Gives an entry to the next waiter, or makes it idle. Evicts it if it is stale or overflow. */
  private offer(entry: PoolEntry): void {
    entry.idleSince = performance.now()
    if (this.#closed || !isFresh(entry)) {
      this.evict(entry)
      return
    }
    const waiter = this.#queue.dequeue()
    if (waiter !== undefined) waiter.resolve(entry)
    else if (this.#idle.length < this.#options.size) this.#idle.push(entry)
    else this.evict(entry)
    this.countInUse()
  }

  private countInUse(): void {
    this.#counters.setInUse(this.#entries.size - this.#idle.length)
  }

  private evict(entry: PoolEntry): void {
    this.#entries.evict(entry)
    this.countInUse()
    this.openForWaiters()
  }
}

interface Waiter<T> {
  readonly resolve: (granted: T) => void
  readonly reject: (error: unknown) => void
  timer: NodeJS.Timeout | undefined
}

/**
 * A queue of waiters, first in, first out. Removing one from the middle takes constant time, because a Set keeps the
 * order of insertion.
 */
class WaitQueue<T> {
  #waiters = new Set<Waiter<T>>()

  get length(): number {
    return this.#waiters.size
  }

  /** Takes `front` for a waiter that was already served once, with a connection that turned out to be dead. */
  enqueue(waiter: Waiter<T>, place: 'back' | 'front'): void {
    if (place === 'back') this.#waiters.add(waiter)
    else this.#waiters = new Set([waiter, ...this.#waiters])
  }

  remove(waiter: Waiter<T>): void {
    clearTimeout(waiter.timer)
    this.#waiters.delete(waiter)
  }

  dequeue(): Waiter<T> | undefined {
    for (const waiter of this.#waiters) {
      this.remove(waiter)
      return waiter
    }
    return undefined
  }

  rejectAll(error: unknown): void {
    for (let waiter = this.dequeue(); waiter !== undefined; waiter = this.dequeue()) waiter.reject(error)
  }
}
