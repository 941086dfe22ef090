import { DbtoolError } from '../../errors.ts'
import type { Target } from '../target.ts'
import type { PoolStats, PoolOptions } from './pool.ts'

type Gauges = Pick<PoolStats, 'open' | 'idle' | 'opening' | 'stopping' | 'waiting'>

/** The counters of a pool. A snapshot combines them with the pool's current gauges. */
export class PoolCounters {
  acquired = 0
  timeouts = 0
  opened = 0
  openFailures = 0
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

  snapshot(gauges: Gauges): PoolStats {
    const { acquired, timeouts, opened, openFailures, closed, peak, queuePeak, waitMs, maxWaitMs } = this
    return {
      ...gauges,
      inUse: gauges.open - gauges.idle,
      acquired,
      timeouts,
      opened,
      openFailures,
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

/** The hint for a pool that was too small for its callers. */
export function timeoutHint({ inCode }: Pick<Target, 'inCode'> = {}): string {
  const settings = inCode === true ? 'size or timeoutMs of the pool' : '--pool-size or --pool-timeout'
  return `raise ${settings}, or hold connections for a shorter time`
}

/** An acquire wait that was too long. */
export interface LateAcquire {
  readonly options: Pick<PoolOptions, 'size' | 'maxOverflow'>
  readonly timeoutMs: number
  readonly now: PoolStats
  /** Why no further connection could be opened. */
  readonly cause: unknown
  readonly target?: Pick<Target, 'inCode'> | undefined
}

/**
 * The error of an acquire wait that was too long. Its message has the gauges, so that the reader can tell a pool that
 * is too small from a silent server.
 */
export function timeoutError({ options, timeoutMs, now, cause, target }: LateAcquire): DbtoolError {
  const stopping = now.stopping === 0 ? '' : `, ${now.stopping} stopping`
  const state = `${now.inUse} in use, ${now.idle} idle, ${now.opening} opening${stopping}, ${now.waiting} waiting`
  // If opening a connection failed, the hint of that failure applies: a larger pool might make it worse.
  const hint = cause instanceof DbtoolError && cause.hint !== undefined ? cause.hint : timeoutHint(target)
  const because = cause instanceof Error ? `; opening another connection failed: ${cause.message}` : ''
  return new DbtoolError(
    'POOL_TIMEOUT',
    `no connection within ${timeoutMs} ms from a pool of ${options.size} + ${options.maxOverflow}: ${state}${because}`,
    { cause, hint },
  )
}

export function poolClosed(): DbtoolError {
  return new DbtoolError('POOL_CLOSED', 'the connection pool is closed')
}

export function withdrawn(): DbtoolError {
  return new DbtoolError('INTERRUPTED', 'the caller no longer waits for a connection')
}
