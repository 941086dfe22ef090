import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../../errors.ts'
import { connect } from '../connection/connect.ts'
import { Connection } from '../connection/connection.ts'
import { driver, type DriverPool } from '../connection/driver.ts'
import { connectorPoolOptions } from '../connection/options.ts'
import { translate } from '../failures.ts'
import type { Limits, Target } from '../target.ts'
import { ConnectionLease } from './lease.ts'
import { type AcquireOptions, defaultGraceMs, type Lease, type Pool, type PoolStats, type PoolOptions } from './pool.ts'
import { poolClosed, PoolCounters, timeoutError, timeoutHint, withdrawn } from './stats.ts'
import { Waiter } from './wait-queue.ts'

/**
 * The connector's own pool behind the interface of dbtool's pools, for comparison. docs/pool.md explains why it is not
 * the default.
 */
export class ConnectorPool implements Pool {
  #pool: DriverPool | undefined
  #opening: Promise<DriverPool> | undefined
  #closed = false
  #encrypted = false
  readonly #options: PoolOptions
  /** After the first connection, the server that it has reached. */
  #target: Target
  readonly #limits: Limits
  readonly #counters = new PoolCounters()
  readonly #leased = new Set<Connection>()

  constructor(target: Target, limits: Limits, options: PoolOptions) {
    this.#target = target
    this.#limits = limits
    this.#options = options
  }

  /** The connector cannot withdraw a caller: the connection that comes for one goes back at once. */
  async acquire({ signal, timeoutMs }: AcquireOptions = {}): Promise<Lease> {
    if (signal?.aborted === true) throw withdrawn()
    const coming = this.acquireFromConnector()
    if (signal === undefined && timeoutMs === undefined) return coming
    const limitMs = timeoutMs ?? Infinity
    const waiter = new Waiter<Lease>(limitMs, { signal }, (why) => {
      coming.then((late) => late.release()).catch(() => undefined)
      waiter.reject(why === 'abort' ? withdrawn() : this.late(limitMs))
    })
    coming.then(
      (lease) => waiter.isSettled || waiter.grant(lease),
      (reason: unknown) => waiter.isSettled || waiter.reject(reason),
    )
    return waiter.granted
  }

  private late(timeoutMs: number): DbtoolError {
    this.#counters.timeouts += 1
    return timeoutError({
      options: this.#options,
      timeoutMs,
      now: this.stats(),
      cause: undefined,
      target: this.#target,
    })
  }

  private async acquireFromConnector(): Promise<Lease> {
    const startedAt = performance.now()
    try {
      const pool = await this.opened()
      const coming = pool.getConnection()
      this.#counters.queued(pool.taskQueueSize())
      const raw = await coming
      const waitMs = performance.now() - startedAt
      this.#counters.granted(waitMs)
      const connection = new Connection({
        raw,
        target: this.#target,
        limits: this.#limits,
        encrypted: this.#encrypted,
        cut: () => raw.destroy(),
      })
      this.#leased.add(connection)
      this.#counters.setInUse(this.#leased.size)
      return new ConnectionLease(connection, waitMs, () => {
        this.#leased.delete(connection)
        this.#counters.setInUse(this.#leased.size)
        void raw.release().catch(() => undefined)
      })
    } catch (error) {
      throw this.failure(error)
    }
  }

  stats(): PoolStats {
    const pool = this.#pool
    return this.#counters.snapshot({
      open: pool?.totalConnections() ?? 0,
      idle: pool?.idleConnections() ?? 0,
      opening: 0,
      stopping: 0,
      waiting: pool?.taskQueueSize() ?? 0,
    })
  }

  resetPeaks(): void {
    this.#counters.resetPeaks(this.stats())
  }

  async close(graceMs: number = defaultGraceMs): Promise<void> {
    this.#closed = true
    const pool = this.#pool
    if (pool === undefined) return
    this.#counters.closed += pool.totalConnections()
    const ended = pool.end().catch(() => undefined)
    await Promise.race([ended, sleep(graceMs, undefined, { ref: false })])
    // The connector itself would destroy them only after ten seconds.
    for (const connection of this.#leased) connection.destroy()
  }

  /** A failure to open is that of the callers who wait for it; the next caller opens again. */
  private opened(): Promise<DriverPool> {
    if (this.#closed) throw poolClosed()
    this.#opening ??= this.open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  /** One connection first: the connector cannot look itself whether to encrypt, and reports a wrong password late. */
  private async open(): Promise<DriverPool> {
    const { size, maxOverflow, timeoutMs } = this.#options
    const first = await connect(this.#target, this.#limits)
    this.#encrypted = first.encrypted
    this.#target = first.target
    await first.close()
    if (this.#closed) throw poolClosed()
    const pool = driver().createPool({
      ...connectorPoolOptions(this.#target, this.#limits, first.encrypted),
      connectionLimit: size + maxOverflow,
      minimumIdle: size,
      acquireTimeout: timeoutMs,
    })
    pool.on('connection', () => this.#counters.connected(pool.totalConnections()))
    this.#pool = pool
    return pool
  }

  private failure(error: unknown): unknown {
    const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0
    if (closedErrors.has(errno)) return poolClosed()
    const translated = translate(error, this.#target)
    if (errno !== timeoutErrno) return translated
    this.#counters.timeouts += 1
    return new DbtoolError('POOL_TIMEOUT', translated.message, { cause: error, hint: timeoutHint(this.#target) })
  }
}

const timeoutErrno = 45028
const closedErrors = new Set([45027, 45035, 45037])
