import { timerMs } from '../target.ts'
import type { PooledConnection } from './pool.ts'
import type { PoolCounters } from './stats.ts'

/** An open connection with its expiry and the start of its idle time, both on the clock of performance.now(). */
export interface PoolEntry {
  readonly connection: PooledConnection
  readonly expiresAt: number
  /** The time that opening it took, which is several round trips. */
  readonly openMs: number
  idleSince: number
}

export interface PoolEntriesOptions {
  /** Gives up when `signal` is aborted. */
  readonly connect: (signal: AbortSignal) => Promise<PooledConnection>
  readonly counters: PoolCounters
  /** The maximum age of a connection in milliseconds; zero means no limit. */
  readonly recycleMs: number
  /** A connection was lost, also while nobody used it. */
  readonly onLost?: (entry: PoolEntry) => void
  /** The server has stopped a statement, and its place is free. */
  readonly onStopped?: () => void
}

/** Jitter, so that connections that were opened together are not all replaced together. */
const recycleJitter = 0.1

/**
 * Time limit for the answer to a ping, even if the caller would wait longer. After it, the connection counts as dead.
 * To open one takes several round trips; where that takes long, a ping may take longer too.
 */
const shortestPingMs = 250
const longestPingMs = 2_000
const pingsToOpen = 4

/** True while the connection is usable and has not expired. */
export function isFresh({ connection, expiresAt }: PoolEntry): boolean {
  return connection.usable && performance.now() < expiresAt
}

/** Resolves to true if the server answers on this connection in time. */
export function isAlive({ connection, openMs }: PoolEntry): Promise<boolean> {
  return connection.ping(Math.min(longestPingMs, Math.max(shortestPingMs, openMs * pingsToOpen)))
}

/** The entries of a pool: opens, counts, evicts and drains connections. */
export class PoolEntries {
  readonly #options: PoolEntriesOptions
  readonly #entries = new Set<PoolEntry>()
  readonly #closing = new Set<Promise<void>>()
  readonly #drained = new Set<() => void>()
  readonly #giveUpOpening = new AbortController()
  readonly #giveUpStopping = new AbortController()
  #opening = 0
  #stopping = 0

  constructor(options: PoolEntriesOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  get opening(): number {
    return this.#opening
  }

  get stopping(): number {
    return this.#stopping
  }

  /** The places that are taken: by connections that are open or opening, and by statements that still run. */
  get places(): number {
    return this.#entries.size + this.#opening + this.#stopping
  }

  /**
   * Opens a connection and calls `opened` or `failed`, in the same tick in which the counters change. A new entry
   * therefore has its owner before anything else can see it.
   */
  open(opened: (entry: PoolEntry) => void, failed: (reason: unknown) => void): void {
    this.#opening += 1
    const startedAt = performance.now()
    this.#options.connect(this.#giveUpOpening.signal).then(
      (connection) => {
        this.#opening -= 1
        opened(this.add(connection, performance.now() - startedAt))
      },
      (reason: unknown) => {
        this.#opening -= 1
        this.#options.counters.openFailures += 1
        failed(reason)
        this.notifyDrained()
      },
    )
  }

  /**
   * Removes an entry and closes its connection. If the server may still be running one of its statements, stops that
   * first, and keeps the place until then. A second call does nothing.
   */
  evict(entry: PoolEntry): void {
    if (!this.#entries.has(entry)) return
    const { connection } = entry
    if (!connection.busy && !connection.abandoned) {
      this.remove(entry, connection.close())
      return
    }
    this.#stopping += 1
    const stopped = connection.stop(this.#giveUpStopping.signal).finally(() => {
      this.#stopping -= 1
      this.#options.onStopped?.()
      this.notifyDrained()
    })
    this.remove(entry, stopped)
  }

  /** Gives up the connections that are opening: nobody waits for them. `reason` is their error. */
  stopOpening(reason: Error): void {
    this.#giveUpOpening.abort(reason)
  }

  /**
   * Waits up to `graceMs` milliseconds until no connection is open or opening, then stops the others. The pool must not
   * open any more.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.places > 0) await this.waitUntilDrained(graceMs)
    this.#giveUpStopping.abort()
    for (const entry of this.#entries) this.remove(entry, entry.connection.stop())
    await Promise.all(this.#closing)
  }

  private remove(entry: PoolEntry, ended: Promise<void>): void {
    this.#entries.delete(entry)
    this.#options.counters.closed += 1
    const closing = ended.finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
    this.notifyDrained()
  }

  private add(connection: PooledConnection, openMs: number): PoolEntry {
    const { counters, recycleMs, onLost } = this.#options
    const now = performance.now()
    const lifeMs = recycleMs === 0 ? Infinity : recycleMs * (1 - Math.random() * recycleJitter)
    const entry = { connection, expiresAt: now + lifeMs, openMs, idleSince: now }
    this.#entries.add(entry)
    counters.connected(this.#entries.size)
    connection.whenLost(() => onLost?.(entry))
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
    if (this.places === 0) for (const done of this.#drained) done()
  }
}
