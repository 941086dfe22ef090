import type { PooledConnection } from './pool.ts'
import type { PoolCounters } from './stats.ts'
import { timerMs } from '../target.ts'

/** An open connection and what its pool must remember of it. Times are those of performance.now(). */
export interface PoolEntry {
  readonly connection: PooledConnection
  readonly expiresAt: number
  idleSince: number
}

export interface PoolEntriesOptions {
  readonly connect: () => Promise<PooledConnection>
  readonly counters: PoolCounters
  /** The longest life of a connection, in milliseconds; zero is for ever. */
  readonly recycleMs: number
}

/** Connections that were opened together shall not all be replaced together. */
const recycleJitter = 0.1

/** A connection that does not answer a ping for this long is dead, however patient its caller is. */
const pingMs = 2_000

export function isFresh({ connection, expiresAt }: PoolEntry): boolean {
  return connection.usable && performance.now() < expiresAt
}

/** Validation is part of the caller's deadline (of performance.now()); a connection that was just in use needs none. */
export async function isAlive(
  { connection, idleSince }: PoolEntry,
  pingAfterIdleMs: number,
  deadline: number,
): Promise<boolean> {
  const now = performance.now()
  if (now - idleSince < pingAfterIdleMs) return true
  return connection.ping(Math.max(1, Math.min(pingMs, deadline - now)))
}

/** The connections of a pool, from their opening to their good-bye. */
export class PoolEntries {
  readonly #parts: PoolEntriesOptions
  readonly #entries = new Set<PoolEntry>()
  readonly #closing = new Set<Promise<void>>()
  readonly #drained = new Set<() => void>()
  #opening = 0

  constructor(parts: PoolEntriesOptions) {
    this.#parts = parts
  }

  get size(): number {
    return this.#entries.size
  }

  get opening(): number {
    return this.#opening
  }

  /** Calls one of the two, in the same tick in which the figures change: what is opened already has its owner then. */
  open(opened: (entry: PoolEntry) => void, failed: (reason: unknown) => void): void {
    this.#opening += 1
    this.#parts.connect().then(
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

  /** Says good-bye to it; a second time does nothing. */
  evict(entry: PoolEntry): void {
    this.remove(entry, (connection) => connection.close())
  }

  /** Waits up to `graceMs` until none is open or opening, then cuts what still is. The pool must not add any more. */
  async drain(graceMs: number): Promise<void> {
    if (this.#entries.size + this.#opening > 0) await this.empty(graceMs)
    for (const entry of this.#entries) this.remove(entry, (connection) => connection.stop())
    await Promise.all(this.#closing)
  }

  private remove(entry: PoolEntry, how: (connection: PooledConnection) => Promise<void>): void {
    if (!this.#entries.delete(entry)) return
    this.#parts.counters.closed += 1
    const closing = how(entry.connection).finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
    this.notifyDrained()
  }

  private add(connection: PooledConnection): PoolEntry {
    const { counters, recycleMs } = this.#parts
    const now = performance.now()
    const lifeMs = recycleMs === 0 ? Infinity : recycleMs * (1 - Math.random() * recycleJitter)
    const entry = { connection, expiresAt: now + lifeMs, idleSince: now }
    this.#entries.add(entry)
    counters.connected(this.#entries.size)
    return entry
  }

  private empty(graceMs: number): Promise<void> {
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
