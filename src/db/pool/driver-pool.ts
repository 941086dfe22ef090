import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../../errors.ts'
import { driverOptions } from '../connection/connect.ts'
import { Connection } from '../connection/connection.ts'
import { driver, type DriverPool } from '../connection/driver.ts'
import { translate } from '../failures.ts'
import type { Limits, Target } from '../target.ts'
import { defaultGraceMs, Lease, type Pool, type PoolStats, type PoolOptions } from './pool.ts'
import { poolClosed, PoolCounters, timeoutHint } from './stats.ts'

/**
 * The connector's own pool behind the interface of dbtool's pools, for comparison. docs/pool.md explains why it is not
 * the default.
 */
export class ConnectorPool implements Pool {
  readonly #pool: DriverPool
  readonly #target: Target
  readonly #limits: Limits
  readonly #counters = new PoolCounters()
  readonly #leased = new Set<Connection>()

  constructor(target: Target, limits: Limits, options: PoolOptions) {
    this.#target = target
    this.#limits = limits
    this.#pool = driver().createPool({
      ...driverOptions(target, limits, target.ssl.mode !== 'disabled' && target.ssl.mode !== 'preferred'),
      ...(target.socket === undefined ? {} : { socketPath: target.socket }),
      connectionLimit: options.size + options.maxOverflow,
      minimumIdle: options.size,
      acquireTimeout: options.timeoutMs,
    })
    this.#pool.on('connection', () => this.#counters.connected(this.#pool.totalConnections()))
  }

  async acquire(): Promise<Lease> {
    const startedAt = performance.now()
    try {
      const acquiring = this.#pool.getConnection()
      this.#counters.queued(this.#pool.taskQueueSize())
      const raw = await acquiring
      const waitMs = performance.now() - startedAt
      this.#counters.granted(waitMs)
      const connection = new Connection({ raw, target: this.#target, limits: this.#limits, cut: () => raw.destroy() })
      this.#leased.add(connection)
      this.#counters.setInUse(this.#leased.size)
      return new Lease(connection, waitMs, () => {
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
      open: pool.totalConnections(),
      idle: pool.idleConnections(),
      opening: 0,
      waiting: pool.taskQueueSize(),
    })
  }

  resetPeaks(): void {
    this.#counters.resetPeaks(this.stats())
  }

  async close(graceMs: number = defaultGraceMs): Promise<void> {
    this.#counters.closed += this.#pool.totalConnections()
    const ended = this.#pool.end().catch(() => undefined)
    await Promise.race([ended, sleep(graceMs, undefined, { ref: false })])
    // The connector itself would destroy them only after ten seconds.
    for (const connection of this.#leased) connection.destroy()
  }

  private failure(error: unknown): unknown {
    const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0
    if (closedErrors.has(errno)) return poolClosed()
    const translated = translate(error, this.#target)
    if (errno !== timeoutErrno) return translated
    this.#counters.timeouts += 1
    return new DbtoolError('POOL_TIMEOUT', translated.message, { cause: error, hint: timeoutHint })
  }
}

const timeoutErrno = 45028
const closedErrors = new Set([45027, 45035, 45037])
