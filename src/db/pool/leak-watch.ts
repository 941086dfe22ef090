import { channels, type LeakEvent } from '../diagnostics.ts'
import { timerMs } from '../target.ts'
import type { Lease, Pool } from './pool.ts'

/** Frames of the stack that are shown. */
const frames = 10

/** Reports leases that are held for longer than `afterMs`, once each, with the stack of the caller that took them. */
export class LeakWatch {
  readonly #pool: Pool
  readonly #afterMs: number
  /** Its callers are wanted. Another function may have taken its place in the pool, and call it. */
  readonly #acquire: Pool['acquire']
  readonly #timers = new Map<Lease, NodeJS.Timeout>()

  constructor(pool: Pool, afterMs: number) {
    this.#pool = pool
    // oxlint-disable-next-line typescript/unbound-method -- it only names a frame of the stack
    this.#acquire = pool.acquire
    this.#afterMs = afterMs
  }

  /** The stack of the caller of `acquire`. */
  stack(): string {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = frames
    const holder = { stack: '' }
    Error.captureStackTrace(holder, this.#acquire)
    Error.stackTraceLimit = limit
    return holder.stack.replace(/^[^\n]*\n/, '')
  }

  acquired(lease: Lease, stack: string): void {
    const startedAt = performance.now()
    const timer = setTimeout(() => this.report(performance.now() - startedAt, stack), timerMs(this.#afterMs))
    timer.unref()
    this.#timers.set(lease, timer)
  }

  released(lease: Lease): void {
    clearTimeout(this.#timers.get(lease))
    this.#timers.delete(lease)
  }

  close(): void {
    for (const lease of [...this.#timers.keys()]) this.released(lease)
  }

  /** To the subscribers of the channel; without any, as a warning of the process. */
  private report(heldMs: number, stack: string): void {
    const event: LeakEvent = { pool: this.#pool, heldMs, stack }
    if (channels.leak.hasSubscribers) channels.leak.publish(event)
    else
      process.emitWarning(`a lease is held for ${Math.round(heldMs)} ms; it was acquired here:\n${stack}`, {
        code: 'DBTOOL_LEAK',
      })
  }
}
