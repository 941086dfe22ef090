import type { Connection } from './connection.ts'
import { Lease } from './lease.ts'
import type { Pool, PoolFigures } from './pool.ts'
import { poolClosed, PoolCounters } from './pool-counters.ts'

/** The chapter's NullPool: a connection per use, opened when asked for and closed on return. */
export class DirectPool implements Pool {
  readonly #connect: () => Promise<Connection>
  readonly #counters = new PoolCounters()
  readonly #open = new Set<Connection>()
  readonly #farewells = new Set<Promise<void>>()
  #opening = 0
  #closed = false

  constructor(connect: () => Promise<Connection>) {
    this.#connect = connect
  }

  async acquire(): Promise<Lease> {
    if (this.#closed) throw poolClosed()
    const asked = performance.now()
    this.#opening += 1
    const connection = await this.#connect().finally(() => (this.#opening -= 1))
    this.#open.add(connection)
    this.#counters.connected(this.#open.size)
    const waitMs = performance.now() - asked
    this.#counters.granted(waitMs)
    return new Lease(connection, waitMs, () => this.retire(connection))
  }

  figures(): PoolFigures {
    return this.#counters.figures({ open: this.#open.size, idle: 0, opening: this.#opening, waiting: this.#opening })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const connection of this.#open) connection.destroy()
    await Promise.all(this.#farewells)
  }

  private retire(connection: Connection): void {
    this.#open.delete(connection)
    this.#counters.closed += 1
    const farewell = connection.close().finally(() => this.#farewells.delete(farewell))
    this.#farewells.add(farewell)
  }
}
