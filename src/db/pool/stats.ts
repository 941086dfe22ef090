import { DbtoolError } from '../../errors.ts'
import type { PoolStats, PoolOptions } from './pool.ts'

/** The counters of a pool. A snapshot combines them with the pool's current gauges. */
export class PoolCounters {
  acquired = 0
  timeouts = 0
  opened = 0
  closed = 0
  peak = 0
  queuePeak = 0
  waitMs = 0
  maxWaitMs = 0
  #inUse = 0
  #inUseMs = 0
  #inUseSince = performance.now()

  granted(waitMs: number): void {
    this.acquired += 1
    this.waitMs += waitMs
    this.maxWaitMs = Math.max(this.maxWaitMs, waitMs)
  }

  connected(open: number): void {
    this.opened += 1
    this.peak = Math.max(this.peak, open)
  }

  queued(waiting: number): void {
    this.queuePeak = Math.max(this.queuePeak, waiting)
  }

  /** Sets the number of connections in use from now on. */
  setInUse(inUse: number): void {
    if (inUse === this.#inUse) return
    this.#inUseMs = this.inUseMs()
    this.#inUseSince = performance.now()
    this.#inUse = inUse
  }

  resetPeaks({ open, waiting }: Pick<PoolStats, 'open' | 'waiting'>): void {
    this.peak = open
    this.queuePeak = waiting
  }

  snapshot(gauges: Pick<PoolStats, 'open' | 'idle' | 'opening' | 'waiting'>): PoolStats {
    const { acquired, timeouts, opened, closed, peak, queuePeak, waitMs, maxWaitMs } = this
    return {
      ...gauges,
      inUse: gauges.open - gauges.idle,
      acquired,
      timeouts,
      opened,
      closed,
      peak,
      queuePeak,
      waitMs,
      maxWaitMs,
      inUseMs: this.inUseMs(),
    }
  }

  private inUseMs(): number {
    return this.#inUseMs + this.#inUse * (performance.now() - this.#inUseSince)
  }
}

export const timeoutHint = 'raise --pool-size or --pool-timeout, or hold connections for a shorter time'

/**
 * The error of an acquire wait that was too long. Its message has the gauges, so that the reader can tell a pool that
 * is too small from a silent server.
 */
export function timeoutError(
  options: Pick<PoolOptions, 'size' | 'maxOverflow' | 'timeoutMs'>,
  now: PoolStats,
  cause: unknown,
): DbtoolError {
  const state = `${now.inUse} in use, ${now.idle} idle, ${now.opening} opening, ${now.waiting} waiting`
  // If opening a connection failed, the hint of that failure applies: a larger pool might make it worse.
  const hint = cause instanceof DbtoolError && cause.hint !== undefined ? cause.hint : timeoutHint
  const because = cause instanceof Error ? `; opening another connection failed: ${cause.message}` : ''
  return new DbtoolError(
    'POOL_TIMEOUT',
    `no connection within ${options.timeoutMs} ms from a pool of ${options.size} + ${options.maxOverflow}: ` +
      state +
      because,
    { cause, hint },
  )
}

export function poolClosed(): DbtoolError {
  return new DbtoolError('POOL_CLOSED', 'the connection pool is closed')
}
