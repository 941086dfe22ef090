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
  readonly #members: PoolEntries
  readonly #idle: PoolEntry[] = []
  readonly #line = new WaitQueue<PoolEntry>()
  readonly #counters = new PoolCounters()
  #openFailure: unknown
  #reopenTimer: NodeJS.Timeout | undefined
  #closed = false

  constructor(connect: () => Promise<PooledConnection>, options: PoolOptions) {
    this.#options = options
    this.#members = new PoolEntries({ connect, counters: this.#counters, recycleMs: options.recycleMs })
  }

  async acquire(): Promise<Lease> {
    const asked = performance.now()
    const deadline = asked + this.#options.timeoutMs
    let turn: 'last' | 'first' = 'last'
    for (;;) {
      if (this.#closed) throw poolClosed()
      const member = this.takeIdle() ?? (await this.waitInLine(deadline, turn))
      if (await isAlive(member, this.#options.pingAfterIdleMs, deadline))
        return this.lend(member, performance.now() - asked)
      this.evict(member)
      turn = 'first'
    }
  }

  stats(): PoolStats {
    return this.#counters.snapshot({
      open: this.#members.size,
      idle: this.#idle.length,
      opening: this.#members.opening,
      waiting: this.#line.length,
    })
  }

  resetPeaks(): void {
    this.#counters.resetPeaks(this.stats())
  }

  async close(graceMs: number = defaultGraceMs): Promise<void> {
    this.#closed = true
    this.stopWaitingToReopen()
    this.#line.rejectAll(poolClosed())
    for (const member of this.#idle.splice(0)) this.#members.evict(member)
    await this.#members.drain(graceMs)
  }

  private takeIdle(): PoolEntry | undefined {
    for (;;) {
      const member = this.#idle.pop()
      this.countInUse()
      if (member === undefined || isFresh(member)) return member
      this.evict(member)
    }
  }

  private waitInLine(deadline: number, turn: 'last' | 'first'): Promise<PoolEntry> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<PoolEntry> = { resolve, reject, timer: undefined }
      waiter.timer = setTimeout(() => this.timeOut(waiter), timerMs(Math.max(0, deadline - performance.now())))
      this.#line.join(waiter, turn)
      this.#counters.queued(this.#line.length)
      this.openForWaiters()
    })
  }

  private timeOut(waiter: Waiter<PoolEntry>): void {
    const figures = this.stats()
    this.#line.leave(waiter)
    this.#counters.timeouts += 1
    waiter.reject(timeoutError(this.#options, figures, this.#openFailure))
  }

  /** As many at once as there are callers to serve, within size + overflow; after a failure, none for a moment. */
  private openForWaiters(): void {
    if (this.#closed || this.#reopenTimer !== undefined) return
    const { size, maxOverflow } = this.#options
    while (
      this.#members.opening < this.#line.length &&
      this.#members.size + this.#members.opening < size + maxOverflow
    ) {
      this.#members.open(
        (member) => this.opened(member),
        (reason) => this.openFailed(reason),
      )
    }
  }

  private opened(member: PoolEntry): void {
    this.#openFailure = undefined
    this.offer(member)
  }

  /**
   * With connections left, the callers wait for those and the opening is tried again; with none, there is nothing to
   * wait for.
   */
  private openFailed(reason: unknown): void {
    this.#openFailure = reason
    this.stopWaitingToReopen()
    if (this.#members.size + this.#members.opening === 0) this.#line.rejectAll(reason)
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

  private lend(member: PoolEntry, waitMs: number): Lease {
    this.#counters.granted(waitMs)
    return new Lease(member.connection, waitMs, () => this.takeBack(member))
  }

  /** Nobody inherits somebody else's transaction, nor a statement that still runs. */
  private takeBack(member: PoolEntry): void {
    const { connection } = member
    if (connection.busy) connection.destroy()
    if (!connection.usable || !connection.mayHoldTransaction) this.offer(member)
    else
      connection.execute('ROLLBACK').then(
        () => this.offer(member),
        () => this.evict(member),
      )
  }

  private offer(member: PoolEntry): void {
    member.idleSince = performance.now()
    if (this.#closed || !isFresh(member)) {
      this.evict(member)
      return
    }
    const waiter = this.#line.next()
    if (waiter !== undefined) waiter.resolve(member)
    else if (this.#idle.length < this.#options.size) this.#idle.push(member)
    else this.evict(member)
    this.countInUse()
  }

  private countInUse(): void {
    this.#counters.using(this.#members.size - this.#idle.length)
  }

  private evict(member: PoolEntry): void {
    this.#members.evict(member)
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
  join(waiter: Waiter<T>, turn: 'last' | 'first'): void {
    if (turn === 'last') this.#waiters.add(waiter)
    else this.#waiters = new Set([waiter, ...this.#waiters])
  }

  leave(waiter: Waiter<T>): void {
    clearTimeout(waiter.timer)
    this.#waiters.delete(waiter)
  }

  next(): Waiter<T> | undefined {
    for (const waiter of this.#waiters) {
      this.leave(waiter)
      return waiter
    }
    return undefined
  }

  rejectAll(error: unknown): void {
    for (let waiter = this.next(); waiter !== undefined; waiter = this.next()) waiter.reject(error)
  }
}
