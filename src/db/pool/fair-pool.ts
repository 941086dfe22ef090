import { timerMs } from '../target.ts'
import { isAlive, isFresh, type PoolEntry, PoolEntries } from './entries.ts'
import { defaultGraceMs, Lease, type Pool, type PooledConnection, type PoolStats, type PoolOptions } from './pool.ts'
import { poolClosed, PoolCounters, timeoutError } from './stats.ts'

const reopenAfterMs = 200

/**
 * Callers are served strictly in the order in which they came: a returned connection goes straight to whoever has
 * waited longest, so that nobody starves. Idle connections are reused last in, first out, which keeps few of them warm.
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
    const asked = performance.now()
    const deadline = asked + this.#options.timeoutMs
    let turn: 'last' | 'first' = 'last'
    for (;;) {
      if (this.#closed) throw poolClosed()
      const entry = this.takeIdle() ?? (await this.enqueue(deadline, turn))
      if (await isAlive(entry, this.#options.pingAfterIdleMs, deadline))
        return this.lend(entry, performance.now() - asked)
      this.evict(entry)
      turn = 'first'
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

  private enqueue(deadline: number, turn: 'last' | 'first'): Promise<PoolEntry> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<PoolEntry> = { resolve, reject, timer: undefined }
      waiter.timer = setTimeout(() => this.timeOut(waiter), timerMs(Math.max(0, deadline - performance.now())))
      this.#queue.enqueue(waiter, turn)
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

  /** As many at once as there are callers to serve, within size + overflow; after a failure, none for a moment. */
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
   * With connections left, the callers wait for those and the opening is tried again; with none, there is nothing to
   * wait for.
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

  private lend(entry: PoolEntry, waitMs: number): Lease {
    this.#counters.granted(waitMs)
    return new Lease(entry.connection, waitMs, () => this.reclaim(entry))
  }

  /** Nobody inherits somebody else's transaction, nor a statement that still runs. */
  private reclaim(entry: PoolEntry): void {
    const { connection } = entry
    if (connection.busy) connection.destroy()
    if (!connection.usable || !connection.mayHoldTransaction) this.offer(entry)
    else
      connection.execute('ROLLBACK').then(
        () => this.offer(entry),
        () => this.evict(entry),
      )
  }

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
    this.#counters.using(this.#entries.size - this.#idle.length)
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

/** First in, first out; leaving from the middle costs nothing, because a Set remembers the order of insertion. */
class WaitQueue<T> {
  #waiters = new Set<Waiter<T>>()

  get length(): number {
    return this.#waiters.size
  }

  /** `first` is for whoever was already served once, with a connection that turned out to be dead. */
  enqueue(waiter: Waiter<T>, turn: 'last' | 'first'): void {
    if (turn === 'last') this.#waiters.add(waiter)
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
