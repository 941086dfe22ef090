import type { Pool as Tarn } from 'tarn'
import { DbtoolError, messageOf } from '../../errors.ts'
import type { Target } from '../target.ts'
import { ConnectionLease } from './lease.ts'
import {
  defaultGraceMs,
  type Lease,
  type Pool,
  type PooledConnection,
  type PoolStats,
  type PoolOptions,
} from './pool.ts'
import { poolClosed, PoolCounters, timeoutHint } from './stats.ts'

/**
 * The pool of Knex (the package tarn) behind the interface of dbtool's pools, for comparison. Its connections are
 * dbtool's own.
 */
export class TarnPool implements Pool {
  readonly #connect: () => Promise<PooledConnection>
  readonly #options: PoolOptions
  readonly #target: Target
  readonly #counters = new PoolCounters()
  readonly #connections = new Set<PooledConnection>()
  #tarn: Promise<Tarn<PooledConnection>> | undefined
  #opened: Tarn<PooledConnection> | undefined
  #closed = false

  constructor(connect: () => Promise<PooledConnection>, options: PoolOptions, target: Target) {
    this.#target = target
    this.#connect = connect
    this.#options = options
  }

  async acquire(): Promise<Lease> {
    if (this.#closed) throw poolClosed()
    const startedAt = performance.now()
    this.#tarn ??= this.open()
    const tarn = await this.#tarn
    const coming = tarn.acquire()
    this.#counters.queued(tarn.numPendingAcquires())
    const connection = await coming.promise.catch((error: unknown) => {
      throw this.failure(error)
    })
    const waitMs = performance.now() - startedAt
    this.#counters.granted(waitMs)
    this.#counters.setInUse(tarn.numUsed())
    return new ConnectionLease(connection, waitMs, () => {
      if (connection.busy) connection.destroy()
      tarn.release(connection)
      this.#counters.setInUse(tarn.numUsed())
    })
  }

  stats(): PoolStats {
    const tarn = this.#opened
    return this.#counters.snapshot({
      open: this.#connections.size,
      idle: tarn?.numFree() ?? 0,
      opening: tarn?.numPendingCreates() ?? 0,
      stopping: 0,
      waiting: tarn?.numPendingAcquires() ?? 0,
    })
  }

  resetPeaks(): void {
    this.#counters.resetPeaks(this.stats())
  }

  async close(graceMs: number = defaultGraceMs): Promise<void> {
    this.#closed = true
    const tarn = this.#opened
    if (tarn === undefined) return
    const cut = setTimeout(() => {
      for (const connection of this.#connections) void connection.stop()
    }, graceMs)
    await tarn.destroy().catch(() => undefined)
    clearTimeout(cut)
  }

  private async open(): Promise<Tarn<PooledConnection>> {
    const { Pool: TarnClass } = await import('tarn')
    const { size, maxOverflow, timeoutMs } = this.#options
    this.#opened = new TarnClass<PooledConnection>({
      create: () => this.create(),
      destroy: (connection) => this.destroy(connection),
      validate: (connection) => connection.usable,
      min: size,
      max: size + maxOverflow,
      acquireTimeoutMillis: timeoutMs,
      // As Knex sets it: a caller gets the reason why no connection can be opened.
      propagateCreateError: true,
    })
    return this.#opened
  }

  private async create(): Promise<PooledConnection> {
    const connection = await this.#connect()
    this.#connections.add(connection)
    this.#counters.connected(this.#connections.size)
    return connection
  }

  private async destroy(connection: PooledConnection): Promise<void> {
    this.#connections.delete(connection)
    this.#counters.closed += 1
    await connection.close()
  }

  private failure(error: unknown): unknown {
    if (error instanceof DbtoolError) return error
    if (this.#closed) return poolClosed()
    this.#counters.timeouts += 1
    return new DbtoolError('POOL_TIMEOUT', messageOf(error), { cause: error, hint: timeoutHint(this.#target) })
  }
}
