import type { PoolEntry } from './entries.ts'

/**
 * The idle connections of a pool, from the longest idle time to the shortest. They are reused last in, first out, so
 * that few of them stay warm. `onExpired` receives each connection that reaches the idle time-out.
 */
export class IdleEntries {
  readonly #entries: PoolEntry[] = []
  readonly #timeoutMs: number
  readonly #onExpired: (entry: PoolEntry) => void
  #timer: NodeJS.Timeout | undefined

  /** A time-out of zero is none. */
  constructor(timeoutMs: number, onExpired: (entry: PoolEntry) => void) {
    this.#timeoutMs = timeoutMs
    this.#onExpired = onExpired
  }

  get length(): number {
    return this.#entries.length
  }

  push(entry: PoolEntry): void {
    this.#entries.push(entry)
    if (this.#timeoutMs > 0 && this.#timer === undefined) this.watch(this.#timeoutMs)
  }

  /** Takes out the entry that was used last. */
  pop(): PoolEntry | undefined {
    return this.#entries.pop()
  }

  /** Takes an entry out. Returns false if it is not idle. */
  remove(entry: PoolEntry): boolean {
    const at = this.#entries.indexOf(entry)
    if (at >= 0) this.#entries.splice(at, 1)
    return at >= 0
  }

  /** Takes out the entries that have been idle since before `time`. */
  takeSilentSince(time: number): PoolEntry[] {
    return this.takeUntil(({ idleSince }) => idleSince >= time)
  }

  /** Takes out the entries whose connection was closed. */
  takeClosed(): PoolEntry[] {
    const closed = this.#entries.filter(({ connection }) => !connection.usable)
    for (const entry of closed) this.remove(entry)
    return closed
  }

  /** Takes out all entries, for the last time. */
  close(): PoolEntry[] {
    clearTimeout(this.#timer)
    return this.takeUntil(() => false)
  }

  /** Takes out the first entries, up to one that stays. */
  private takeUntil(stays: (entry: PoolEntry) => boolean): PoolEntry[] {
    const first = this.#entries.findIndex(stays)
    return this.#entries.splice(0, first < 0 ? this.#entries.length : first)
  }

  /** Looks again when the next entry will have been idle for too long. */
  private watch(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      const now = performance.now()
      const expired = this.takeUntil(({ idleSince }) => now - idleSince < this.#timeoutMs)
      for (const entry of expired) this.#onExpired(entry)
      const [oldest] = this.#entries
      if (oldest !== undefined) this.watch(this.#timeoutMs - (now - oldest.idleSince))
    }, Math.ceil(afterMs))
    this.#timer.unref()
  }
}
