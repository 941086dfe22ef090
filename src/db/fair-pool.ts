import type { Connection } from './connection.ts'
import { Lease } from './lease.ts'
import type { Pool, PoolFigures, PoolOptions } from './pool.ts'
import { poolClosed, PoolCounters, timeoutError } from './pool-counters.ts'
import { WaitingLine, type Waiter } from './waiting-line.ts'

/** An open connection and what the pool must remember of it. Times are those of performance.now(). */
interface Member {
  readonly connection: Connection
  readonly expiresAt: number
  idleSince: number
}

const reopenAfterMs = 200
const recycleJitter = 0.1
const drainMs = 5_000

/**
 * Callers are served strictly in the order in which they came: a returned connection goes straight to whoever has
 * waited longest, so that nobody starves. Idle connections are reused last in, first out, which keeps few of them warm.
 */
export class FairPool implements Pool {
  readonly #connect: () => Promise<Connection>
  readonly #options: PoolOptions
  readonly #idle: Member[] = []
  readonly #members = new Set<Member>()
  readonly #line = new WaitingLine<Member>()
  readonly #counters = new PoolCounters()
  #opening = 0
  #openFailure: unknown
  #reopenTimer: NodeJS.Timeout | undefined
  #closed = false
  #drained: (() => void) | undefined

  constructor(connect: () => Promise<Connection>, options: PoolOptions) {
    this.#connect = connect
    this.#options = options
  }

  async acquire(): Promise<Lease> {
    const asked = performance.now()
    const deadline = asked + this.#options.timeoutMs
    let turn: 'last' | 'first' = 'last'
    for (;;) {
      if (this.#closed) throw poolClosed()
      const member = this.takeIdle() ?? (await this.waitInLine(deadline, turn))
      if (await this.isAlive(member, deadline)) return this.lend(member, performance.now() - asked)
      this.retire(member)
      turn = 'first'
    }
  }

  figures(): PoolFigures {
    return this.#counters.figures({ open: this.#members.size, idle: this.#idle.length, opening: this.#opening, waiting: this.#line.length })
  }

  async close(graceMs: number = drainMs): Promise<void> {
    this.#closed = true
    clearTimeout(this.#reopenTimer)
    this.#line.rejectAll(poolClosed())
    for (const member of this.#idle.splice(0)) this.retire(member)
    if (this.#members.size + this.#opening > 0) await this.drain(graceMs)
    for (const member of this.#members) member.connection.destroy()
    await Promise.all(this.#closing)
  }

  /** Connections that are saying good-bye; `close` waits for them. */
  readonly #closing = new Set<Promise<void>>()

  private drain(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      this.#drained = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private takeIdle(): Member | undefined {
    for (;;) {
      const member = this.#idle.pop()
      if (member === undefined || this.isFresh(member)) return member
      this.retire(member)
    }
  }

  private isFresh(member: Member): boolean {
    return member.connection.usable && performance.now() < member.expiresAt
  }

  /** Validation is part of the caller's deadline; a connection that was just in use needs none. */
  private async isAlive(member: Member, deadline: number): Promise<boolean> {
    const now = performance.now()
    if (now - member.idleSince < this.#options.pingAfterIdleMs) return true
    return member.connection.ping(Math.max(1, deadline - now))
  }

  private waitInLine(deadline: number, turn: 'last' | 'first'): Promise<Member> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Member> = { resolve, reject, timer: undefined }
      waiter.timer = setTimeout(() => this.timeOut(waiter), Math.max(0, deadline - performance.now()))
      this.#line.join(waiter, turn)
      this.#counters.queued(this.#line.length)
      this.openForWaiters()
    })
  }

  private timeOut(waiter: Waiter<Member>): void {
    const figures = this.figures()
    this.#line.leave(waiter)
    this.#counters.timeouts += 1
    waiter.reject(timeoutError(this.#options, figures, this.#openFailure))
  }

  /** As many at once as there are callers to serve, within size + overflow. */
  private openForWaiters(): void {
    const capacity = this.#options.size + this.#options.maxOverflow
    while (!this.#closed && this.#opening < this.#line.length && this.#members.size + this.#opening < capacity) {
      this.#opening += 1
      this.#connect().then(
        (connection) => this.opened(connection),
        (error: unknown) => this.openFailed(error),
      )
    }
  }

  private opened(connection: Connection): void {
    this.#opening -= 1
    this.#openFailure = undefined
    const { recycleMs } = this.#options
    const lifeMs = recycleMs === 0 ? Infinity : recycleMs * (1 - Math.random() * recycleJitter)
    const member = { connection, expiresAt: performance.now() + lifeMs, idleSince: performance.now() }
    this.#members.add(member)
    this.#counters.connected(this.#members.size)
    this.offer(member)
  }

  /** With connections left, the callers wait for those and the opening is tried again; with none, there is nothing to wait for. */
  private openFailed(error: unknown): void {
    this.#opening -= 1
    this.#openFailure = error
    if (this.#closed) this.signalDrained()
    else if (this.#members.size + this.#opening === 0) this.#line.rejectAll(error)
    else this.#reopenTimer ??= setTimeout(() => this.reopen(), reopenAfterMs)
  }

  private reopen(): void {
    this.#reopenTimer = undefined
    this.openForWaiters()
  }

  private lend(member: Member, waitMs: number): Lease {
    this.#counters.granted(waitMs)
    return new Lease(member.connection, waitMs, () => this.takeBack(member))
  }

  /** Nobody inherits somebody else's transaction. */
  private takeBack(member: Member): void {
    if (!member.connection.usable || !member.connection.inTransaction) this.offer(member)
    else
      member.connection.change('ROLLBACK').then(
        () => this.offer(member),
        () => this.retire(member),
      )
  }

  private offer(member: Member): void {
    member.idleSince = performance.now()
    if (this.#closed || !this.isFresh(member)) {
      this.retire(member)
      return
    }
    const waiter = this.#line.next()
    if (waiter !== undefined) waiter.resolve(member)
    else if (this.#idle.length < this.#options.size) this.#idle.push(member)
    else this.retire(member)
  }

  private retire(member: Member): void {
    if (!this.#members.delete(member)) return
    this.#counters.closed += 1
    const farewell = member.connection.close().finally(() => this.#closing.delete(farewell))
    this.#closing.add(farewell)
    this.openForWaiters()
    if (this.#closed) this.signalDrained()
  }

  private signalDrained(): void {
    if (this.#members.size + this.#opening === 0) this.#drained?.()
  }
}
