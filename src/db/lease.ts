import { DbtoolError } from '../errors.ts'
import type { PooledConnection } from './pool/pool.ts'
import type { Change, Session, Value } from './queries.ts'

/**
 * A connection on loan. After `release` every use rejects or throws: a handle that somebody kept can neither read from
 * nor roll
 * back the transaction of the next holder.
 */
export class Lease implements Session {
  #connection: PooledConnection | undefined
  readonly #giveBack: () => void

  constructor(
    connection: PooledConnection,
    /** How long the holder waited for it, in milliseconds. */
    readonly waitMs: number,
    giveBack: () => void,
  ) {
    this.#connection = connection
    this.#giveBack = giveBack
  }

  async rows<T>(sql: string, values?: readonly Value[]): Promise<T[]> {
    return this.connection().rows<T>(sql, values)
  }

  async change(sql: string, values?: readonly Value[]): Promise<Change> {
    return this.connection().change(sql, values)
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.connection().prepared<T>(sql, values)
  }

  async plainRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.connection().plainRows<T>(sql, values)
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.connection().bulk<T>(sql, rows)
  }

  get inTransaction(): boolean {
    return this.connection().inTransaction
  }

  get usable(): boolean {
    return this.connection().usable
  }

  /** Nothing is left to destroy after `release`. */
  destroy(): void {
    this.#connection?.destroy()
  }

  /** Gives the connection back; a second call does nothing. */
  release(): void {
    if (this.#connection === undefined) return
    this.#connection = undefined
    this.#giveBack()
  }

  private connection(): PooledConnection {
    if (this.#connection === undefined)
      throw new DbtoolError('UNEXPECTED', 'a connection was used after it had been released')
    return this.#connection
  }
}
