import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool as Mysql2, PoolConnection } from 'mysql2/promise'
import { DbtoolError } from '../../errors.ts'
import { connect } from '../connection/connect.ts'
import { sideLimits } from '../connection/kill.ts'
import { mysql2Options } from '../connection/options.ts'
import { translate } from '../failures.ts'
import type { Change, Value } from '../queries.ts'
import type { Limits, Target } from '../target.ts'
import { ConnectionLease } from './lease.ts'
import {
  defaultGraceMs,
  type Lease,
  type Pool,
  type PooledConnection,
  type PoolStats,
  type PoolOptions,
} from './pool.ts'
import { poolClosed, PoolCounters } from './stats.ts'

/**
 * The pool of mysql2 with its own connections, behind the interface of dbtool's pools, for comparison. It has no
 * time-out for a caller that waits, and no overflow.
 */
export class Mysql2Pool implements Pool {
  /** After the first connection, the server that it has reached. */
  #target: Target
  readonly #limits: Limits
  readonly #options: PoolOptions
  readonly #counters = new PoolCounters()
  readonly #leased = new Set<Mysql2Connection>()
  #open = 0
  #waiting = 0
  #pool: Promise<Mysql2> | undefined
  #closed = false

  constructor(target: Target, limits: Limits, options: PoolOptions) {
    this.#target = target
    this.#limits = limits
    this.#options = options
  }

  async acquire(): Promise<Lease> {
    if (this.#closed) throw poolClosed()
    const startedAt = performance.now()
    this.#waiting += 1
    try {
      this.#pool ??= this.open()
      const pool = await this.#pool
      this.#counters.queued(this.#waiting)
      const raw = await pool.getConnection()
      const waitMs = performance.now() - startedAt
      this.#counters.granted(waitMs)
      const connection = new Mysql2Connection(raw, this.#target)
      this.#leased.add(connection)
      this.#counters.setInUse(this.#leased.size)
      return new ConnectionLease(connection, waitMs, () => {
        this.#leased.delete(connection)
        this.#counters.setInUse(this.#leased.size)
        if (connection.busy) connection.destroy()
        if (connection.usable) raw.release()
      })
    } catch (error) {
      throw this.isClosed() ? poolClosed() : translate(error, this.#target)
    } finally {
      this.#waiting -= 1
    }
  }

  stats(): PoolStats {
    return this.#counters.snapshot({
      open: this.#open,
      idle: this.#open - this.#leased.size,
      opening: 0,
      stopping: 0,
      waiting: this.#waiting,
    })
  }

  resetPeaks(): void {
    this.#counters.resetPeaks(this.stats())
  }

  async close(graceMs: number = defaultGraceMs): Promise<void> {
    this.#closed = true
    const pool = await this.#pool?.catch(() => undefined)
    if (pool === undefined) return
    this.#counters.closed += this.#open
    const ended = pool.end().catch(() => undefined)
    await Promise.race([ended, sleep(graceMs, undefined, { ref: false })])
    await Promise.all([...this.#leased].map((connection) => connection.stop()))
  }

  private isClosed(): boolean {
    return this.#closed
  }

  /** One connection of dbtool first, which finds out whether to encrypt, and reports a refused login in its words. */
  private async open(): Promise<Mysql2> {
    const { createPool } = await import('mysql2/promise')
    const first = await connect(this.#target, this.#limits)
    const { encrypted } = first
    this.#target = first.target
    await first.close()
    const { size, maxOverflow } = this.#options
    const pool = createPool({
      ...mysql2Options(this.#target, encrypted),
      connectionLimit: size + maxOverflow,
      maxIdle: size,
    })
    pool.on('connection', () => {
      this.#open += 1
      this.#counters.connected(this.#open)
    })
    return pool
  }
}

/** A connection of mysql2 for the statements of a load test. */
class Mysql2Connection implements PooledConnection {
  readonly mayHoldTransaction = false
  readonly inTransaction = false
  readonly sessionChanged = false
  readonly abandoned = false
  busy = false
  readonly cancelling = false
  usable = true
  /** mysql2 forgets the statement of a connection that is destroyed: its promise would stay pending. */
  #onDestroy = (): void => undefined
  readonly #destroyed = new Promise<never>((_, reject) => {
    this.#onDestroy = () => reject(new DbtoolError('CONNECTION_LOST', 'the connection was closed by this side'))
  })

  constructor(
    private readonly raw: PoolConnection,
    private readonly target: Target,
  ) {
    this.#destroyed.catch(() => undefined)
  }

  rows<T>(sql: string, values: readonly Value[] = []): Promise<T[]> {
    return this.run(() => this.raw.query(sql, [...values])) as Promise<T[]>
  }

  prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.run(() => this.raw.execute(sql, values as never[])) as Promise<T[]>
  }

  execute(sql: string, values: readonly Value[] = []): Promise<Change> {
    return this.run(() => this.raw.query(sql, [...values])) as Promise<Change>
  }

  rawRows<T>(): Promise<T[]> {
    return unsupported()
  }

  each(): Promise<void> {
    return unsupported()
  }

  eachCells(): Promise<boolean> {
    return unsupported()
  }

  bulk<T>(): Promise<T[]> {
    return unsupported()
  }

  destroy(): void {
    if (!this.usable) return
    this.usable = false
    this.raw.destroy()
    this.#onDestroy()
  }

  ping(): Promise<boolean> {
    return this.raw.ping().then(
      () => true,
      () => false,
    )
  }

  /** mysql2 does not reset a session on its release. */
  reset(): Promise<void> {
    return Promise.resolve()
  }

  whenLost(listener: () => void): void {
    this.raw.once('end', listener)
  }

  /** mysql2 cannot stop a statement: its connection is closed instead. */
  cancel(): Promise<void> {
    return this.stop()
  }

  close(): Promise<void> {
    return this.stop()
  }

  /** Closes the connection, and stops its statement at the server. */
  async stop(): Promise<void> {
    const { threadId } = this.raw
    const isRunning = this.busy && this.usable
    this.destroy()
    if (!isRunning) return
    const other = await connect(this.target, sideLimits).catch(() => undefined)
    await other?.execute(`KILL ${threadId}`).catch(() => undefined)
    await other?.close()
  }

  private async run(send: () => Promise<[unknown, unknown]>): Promise<unknown> {
    this.busy = true
    try {
      return (await Promise.race([send(), this.#destroyed]))[0]
    } catch (error) {
      throw translate(error, this.target)
    } finally {
      this.busy = false
    }
  }
}

const unsupported = (): Promise<never> =>
  Promise.reject(new DbtoolError('USAGE', 'the pool of mysql2 runs single statements only'))
