import { timerMs } from '../target.ts'
import type { AcquireOptions } from './pool.ts'
import { onAbort } from '../on-abort.ts'

/** A caller of `acquire`, until it has a connection or an error. */
export class Waiter<T> {
  readonly startedAt = performance.now()
  readonly granted: Promise<T>
  readonly #stopListening: () => void
  #timer: NodeJS.Timeout | undefined
  #resolve!: (granted: T) => void
  #reject!: (error: unknown) => void
  #isSettled = false

  constructor(
    readonly timeoutMs: number,
    { signal }: Pick<AcquireOptions, 'signal'>,
    /** Called at the time-out, or when the caller has withdrawn. */
    private readonly onEnd: (why: 'timeout' | 'abort') => void,
  ) {
    this.granted = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#timer = setTimeout(() => this.onEnd('timeout'), timerMs(timeoutMs))
    this.#stopListening = onAbort(signal, () => this.onEnd('abort'))
  }

  get isSettled(): boolean {
    return this.#isSettled
  }

  get waitedMs(): number {
    return performance.now() - this.startedAt
  }

  grant(granted: T): void {
    this.complete()
    this.#resolve(granted)
  }

  reject(error: unknown): void {
    this.complete()
    this.#reject(error)
  }

  private complete(): void {
    this.#isSettled = true
    clearTimeout(this.#timer)
    this.#stopListening()
  }
}

/**
 * A queue of waiters, first in, first out. Removing one from the middle takes constant time, because a Set keeps the
 * order of insertion.
 */
export class WaitQueue<T> {
  #waiters = new Set<Waiter<T>>()

  get length(): number {
    return this.#waiters.size
  }

  /** Takes `front` for a waiter that was already served once, with a connection that turned out to be dead. */
  enqueue(waiter: Waiter<T>, place: 'back' | 'front'): void {
    if (place === 'back') this.#waiters.add(waiter)
    else this.#waiters = new Set([waiter, ...this.#waiters])
  }

  remove(waiter: Waiter<T>): void {
    this.#waiters.delete(waiter)
  }

  dequeue(): Waiter<T> | undefined {
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter)
      return waiter
    }
    return undefined
  }

  rejectAll(error: unknown): void {
    for (let waiter = this.dequeue(); waiter !== undefined; waiter = this.dequeue()) waiter.reject(error)
  }
}
