import { DbtoolError } from '../errors.ts'
import { Connection } from './connection.ts'
import { driverOptions } from './connect.ts'
import { driver, type DriverPool } from './driver.ts'
import { translate } from './failures.ts'
import { Lease } from './lease.ts'
import type { Pool, PoolFigures, PoolOptions } from './pool.ts'
import { PoolCounters } from './pool-counters.ts'
import type { Limits, Target } from './target.ts'

/** The connector's own pool behind our interface, to be compared with ours; docs/pool.md says why it is not the default. */
export class ConnectorPool implements Pool {
  readonly #pool: DriverPool
  readonly #target: Target
  readonly #limits: Limits
  readonly #counters = new PoolCounters()

  constructor(target: Target, limits: Limits, options: PoolOptions) {
    this.#target = target
    this.#limits = limits
    this.#pool = driver.createPool({
      ...driverOptions(target, limits, target.ssl.mode !== 'disabled' && target.ssl.mode !== 'preferred'),
      ...(target.socket === undefined ? {} : { socketPath: target.socket }),
      connectionLimit: options.size + options.maxOverflow,
      minimumIdle: options.size,
      acquireTimeout: options.timeoutMs,
    })
    this.#pool.on('connection', () => this.#counters.connected(this.#pool.totalConnections()))
  }

  async acquire(): Promise<Lease> {
    const asked = performance.now()
    this.#counters.queued(this.#pool.taskQueueSize())
    try {
      const raw = await this.#pool.getConnection()
      const waitMs = performance.now() - asked
      this.#counters.granted(waitMs)
      const connection = new Connection({ raw, target: this.#target, limits: this.#limits, cut: () => raw.destroy() })
      return new Lease(connection, waitMs, () => void raw.release().catch(() => undefined))
    } catch (error) {
      throw this.failure(error)
    }
  }

  figures(): PoolFigures {
    const pool = this.#pool
    return this.#counters.figures({ open: pool.totalConnections(), idle: pool.idleConnections(), opening: 0, waiting: pool.taskQueueSize() })
  }

  async close(): Promise<void> {
    this.#counters.closed += this.#pool.totalConnections()
    await this.#pool.end().catch(() => undefined)
  }

  private failure(error: unknown): unknown {
    const timedOut = error instanceof Error && 'errno' in error && error.errno === connectorPoolTimeout
    if (!timedOut) return translate(error, this.#target)
    this.#counters.timeouts += 1
    return new DbtoolError('POOL_TIMEOUT', error.message.replace(/^\(conn[^)]*\)\s*/, '').split('\n')[0] ?? '', { cause: error })
  }
}

const connectorPoolTimeout = 45028
