import type { PooledConnection } from './pool.ts'
import type { PoolCounters } from './stats.ts'
import { timerMs } from '../target.ts'

/** An open connection with its expiry and the start of its idle time, both on the clock of performance.now(). */
export interface PoolEntry {
  readonly connection: PooledConnection
  readonly expiresAt: number
  idleSince: number
}

export interface PoolEntriesOptions {
  readonly connect: () => Promise<PooledConnection>
  readonly counters: PoolCounters
  /** The maximum age of a connection in milliseconds; zero means no limit. */
  readonly recycleMs: number
}

/** Jitter, so that connections that were opened together are not all replaced together. */
const recycleJitter = 0.1

/**
 * Time limit for the answer to a ping, even if the caller would wait longer. After it, the connection counts as dead.
 */
const pingMs = 2_000

/** True while the connection is usable and has not expired. */
export function isFresh({ connection, expiresAt }: PoolEntry): boolean {
  return connection.usable && performance.now() < expiresAt
}

/**
 * Validates a connection with a ping, unless it has been idle for less than `pingAfterIdleMs`. Validation counts
 * towards the `deadline` of the caller, on the clock of performance.now().
 */
export async function isAlive(
  { connection, idleSince }: PoolEntry,
  pingAfterIdleMs: number,
  deadline: number,
): Promise<boolean> {
  const now = performance.now()
  if (now - idleSince < pingAfterIdleMs) return true
  return connection.ping(Math.max(1, Math.min(pingMs, deadline - now)))
}

/** The entries of a pool: opens, counts, evicts and drains connections. */
export class PoolEntries {
  readonly #options: PoolEntriesOptions
  readonly #entries = new Set<PoolEntry>()
  readonly #closing = new Set<Promise<void>>()
  readonly #drained = new Set<() => void>()
  #opening = 0

  constructor(options: PoolEntriesOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  get opening(): number {
    return this.#opening
  }

  /**
   * Opens a connection and calls `opened` or `failed`, in the same tick in which the counters change. A new entry
   * therefore has its owner before anything else can see it.
   */
  open(opened: (entry: PoolEntry) => void, failed: (reason: unknown) => void): void {
    this.#opening += 1
    this.#options.connect().then(
      (connection) => {
        this.#opening -= 1
        opened(this.add(connection))
      },
      (reason: unknown) => {
        this.#opening -= 1
        failed(reason)
        this.notifyDrained()
      },
    )
  }

  /** Removes an entry and closes its connection. A second call does nothing. */
  evict(entry: PoolEntry): void {
    this.remove(entry, (connection) => connection.close())
  }

  /**
   * Waits up to `graceMs` milliseconds until no connection is open or opening, then stops the others. The pool must not
   * open any more.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.#entries.size + this.#opening > 0) await this.waitUntilDrained(graceMs)
    for (const entry of this.#entries) this.remove(entry, (connection) => connection.stop())
    await Promise.all(this.#closing)
  }

  private remove(entry: PoolEntry, end: (connection: PooledConnection) => Promise<void>): void {
    if (!this.#entries.delete(entry)) return
    this.#options.counters.closed += 1
    const closing = end(entry.connection).finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
    this.notifyDrained()
  }

  private add(connection: PooledConnection): PoolEntry {
    const { counters, recycleMs } = this.#options
    const now = performance.now()
    const lifeMs = recycleMs === 0 ? Infinity : recycleMs * (1 - Math.random() * recycleJitter)
    const entry = { connection, expiresAt: now + lifeMs, idleSince: now }
    this.#entries.add(entry)
    counters.connected(this.#entries.size)
    return entry
  }

  private waitUntilDrained(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#drained.delete(done)
        resolve()
      }
      const timer = setTimeout(done, timerMs(graceMs))
      this.#drained.add(done)
    })
  }

  private notifyDrained(): void {
    if (this.#entries.size + this.#opening === 0) for (const done of this.#drained) done()
  }
}
