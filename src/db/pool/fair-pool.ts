import { type AcquireEvent, channels, outcomeOf, type TimeoutEvent, type WaitEvent } from '../diagnostics.ts'
import type { Target } from '../target.ts'
import { forCaller } from '../for-caller.ts'
import { checkOptions, untilGivenUp } from './arguments.ts'
import { isAlive, isFresh, type PoolEntry, PoolEntries } from './entries.ts'
import { IdleEntries } from './idle-entries.ts'
import { ConnectionLease } from './lease.ts'
import { LeakWatch } from './leak-watch.ts'
import {
  type AcquireOptions,
  defaultGraceMs,
  type Lease,
  type Pool,
  type PooledConnection,
  type PoolStats,
  type PoolOptions,
} from './pool.ts'
import { poolClosed, PoolCounters, timeoutError, withdrawn } from './stats.ts'
import { Waiter, WaitQueue } from './wait-queue.ts'

/** Pause after a connection could not be opened. */
const reopenAfterMs = 200

/**
 * Serves callers strictly in order of arrival, so that no waiter starves: a released connection goes directly to the
 * head of the wait queue. At most size + overflow statements run at the server: the place of a connection is free only
 * when its statement has ended.
 */
export class FairPool implements Pool {
  lostAt: number | undefined
  readonly #options: PoolOptions
  readonly #target: Pick<Target, 'inCode'> | undefined
  readonly #entries: PoolEntries
  readonly #idle: IdleEntries
  readonly #queue = new WaitQueue<PoolEntry>()
  readonly #counters = new PoolCounters()
  readonly #leaks: LeakWatch | undefined
  #openFailure: unknown
  #reopenTimer: NodeJS.Timeout | undefined
  #closed = false

  /** `target` chooses the words of errors. */
  constructor(
    connect: (signal: AbortSignal) => Promise<PooledConnection>,
    options: PoolOptions,
    target?: Pick<Target, 'inCode'>,
  ) {
    this.#options = options
    this.#target = target
    this.#leaks = options.leakAfterMs > 0 ? new LeakWatch(this, options.leakAfterMs) : undefined
    this.#idle = new IdleEntries(options.idleTimeoutMs, (entry) => this.evict(entry))
    this.#entries = new PoolEntries({
      connect,
      counters: this.#counters,
      recycleMs: options.recycleMs,
      onLost: (entry) => this.lost(entry),
      onStopped: () => this.openForWaiters(),
    })
  }

  async acquire(options: AcquireOptions = {}): Promise<Lease> {
    checkOptions(options, untilGivenUp)
    const { signal, timeoutMs = this.#options.timeoutMs } = options
    // The caller's stack is gone after the first await.
    const stack = this.#leaks?.stack()
    if (this.#closed) throw this.refused(poolClosed())
    if (signal?.aborted === true) throw forCaller(this.refused(withdrawn()), signal)
    const entry = this.takeIdle()
    if (entry !== undefined && !this.mustPing(entry)) return this.grant(entry, 0, stack)
    const waiter = new Waiter<PoolEntry>(timeoutMs, { signal }, (why) => this.giveUp(waiter, why))
    this.serve(waiter, entry, 'back')
    try {
      return this.grant(await waiter.granted, waiter.waitedMs, stack)
    } catch (error) {
      this.report(waiter.waitedMs, error)
      throw forCaller(error, signal)
    }
  }

  stats(): PoolStats {
    return this.#counters.snapshot({
      open: this.#entries.size,
      idle: this.#idle.length,
      opening: this.#entries.opening,
      stopping: this.#entries.stopping,
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
    this.#entries.stopOpening(poolClosed())
    for (const entry of this.#idle.close()) this.#entries.evict(entry)
    await this.#entries.drain(graceMs)
    this.#leaks?.close()
  }

  /** Evicts the idle connections that were closed on this side: their server was left. */
  evictClosed(): void {
    this.lostAt = performance.now()
    for (const entry of this.#idle.takeClosed()) this.evict(entry)
  }

  private takeIdle(): PoolEntry | undefined {
    for (;;) {
      const entry = this.#idle.pop()
      this.countInUse()
      if (entry === undefined || isFresh(entry)) return entry
      this.evict(entry)
    }
  }

  private mustPing({ idleSince }: PoolEntry): boolean {
    return performance.now() - idleSince >= this.#options.pingAfterIdleMs
  }

  /** Gives a waiter an idle connection, or a place in the queue. */
  private serve(waiter: Waiter<PoolEntry>, entry: PoolEntry | undefined, place: 'back' | 'front'): void {
    if (entry === undefined) this.enqueue(waiter, place)
    else if (this.mustPing(entry)) void this.validate(entry, waiter)
    else waiter.grant(entry)
  }

  /** The ping has its own time limit: a caller that cannot wait for it proves nothing about the connection. */
  private async validate(entry: PoolEntry, waiter: Waiter<PoolEntry>): Promise<void> {
    const askedAt = performance.now()
    const alive = await isAlive(entry)
    if (!alive) this.evictWith(entry, askedAt)
    if (alive && !waiter.isSettled && !this.#closed) {
      waiter.grant(entry)
      return
    }
    if (alive) this.offer(entry)
    if (this.#closed && !waiter.isSettled) waiter.reject(poolClosed())
    if (!waiter.isSettled) this.serve(waiter, this.takeIdle(), 'front')
  }

  /**
   * Evicts a dead connection, and with it the idle ones that have been silent since it was asked. The cause is probably
   * the same.
   */
  private evictWith(dead: PoolEntry, askedAt: number): void {
    for (const entry of [dead, ...this.#idle.takeSilentSince(askedAt)]) this.#entries.evict(entry)
    this.countInUse()
    this.openForWaiters()
  }

  private enqueue(waiter: Waiter<PoolEntry>, place: 'back' | 'front'): void {
    this.#queue.enqueue(waiter, place)
    this.#counters.queued(this.#queue.length)
    if (channels.wait.hasSubscribers)
      channels.wait.publish({ pool: this, waiting: this.#queue.length } satisfies WaitEvent)
    this.openForWaiters()
  }

  private giveUp(waiter: Waiter<PoolEntry>, why: 'timeout' | 'abort'): void {
    const now = this.stats()
    this.#queue.remove(waiter)
    if (why === 'abort') {
      waiter.reject(withdrawn())
      return
    }
    this.#counters.timeouts += 1
    const { timeoutMs, waitedMs } = waiter
    if (channels.timeout.hasSubscribers) {
      const { inUse, waiting } = now
      channels.timeout.publish({ pool: this, durationMs: waitedMs, inUse, waiting } satisfies TimeoutEvent)
    }
    const [options, target] = [this.#options, this.#target]
    waiter.reject(timeoutError({ options, timeoutMs, now, cause: this.#openFailure, target }))
  }

  /**
   * Opens connections up to the number of waiters, within size + overflow. After a failure, opens none for
   * `reopenAfterMs`.
   */
  private openForWaiters(): void {
    if (this.#closed || this.#reopenTimer !== undefined) return
    const { size, maxOverflow } = this.#options
    while (this.#entries.opening < this.#queue.length && this.#entries.places < size + maxOverflow) {
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
    if (this.#entries.places === 0) this.#queue.rejectAll(reason)
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

  private grant(entry: PoolEntry, waitMs: number, stack: string | undefined): Lease {
    this.#counters.granted(waitMs)
    this.report(waitMs)
    const lease: Lease = new ConnectionLease(entry.connection, waitMs, () => {
      this.#leaks?.released(lease)
      this.released(entry)
    })
    if (stack !== undefined) this.#leaks?.acquired(lease, stack)
    return lease
  }

  private refused(error: Error): Error {
    this.report(0, error)
    return error
  }

  private report(durationMs: number, error?: unknown): void {
    if (!channels.acquire.hasSubscribers) return
    channels.acquire.publish({ pool: this, durationMs, outcome: outcomeOf(error) } satisfies AcquireEvent)
  }

  /** The next borrower inherits neither a transaction nor a changed session, and no running statement. */
  private released(entry: PoolEntry): void {
    const { connection } = entry
    // Its place stays taken meanwhile.
    if (connection.cancelling) void connection.cancel().then(() => this.released(entry))
    else if (connection.busy || !connection.usable) this.evict(entry)
    else if (connection.sessionChanged) this.restore(entry, connection.reset())
    else if (connection.mayHoldTransaction) this.restore(entry, connection.execute('ROLLBACK'))
    else this.offer(entry)
  }

  private restore(entry: PoolEntry, restored: Promise<unknown>): void {
    restored.then(
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
    if (waiter !== undefined) waiter.grant(entry)
    else if (this.#idle.length < this.#options.size) this.#idle.push(entry)
    else this.evict(entry)
    this.countInUse()
  }

  /** A connection in use stays with its borrower, who gets the error. */
  private lost(entry: PoolEntry): void {
    if (!this.#idle.remove(entry)) return
    this.lostAt = performance.now()
    this.evict(entry)
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
