import type { OnCells } from '../../cells.ts'
import { DbtoolError } from '../../errors.ts'
import type { Change, OnRows, StatementOptions, Value } from '../queries.ts'
import { checkOptions, checkReader, checkRows, checkStatement, untilGivenUp } from './arguments.ts'
import type { CancellableSession, Lease, PooledConnection, Row } from './pool.ts'

/** A lease on a connection of the pool. */
export class ConnectionLease implements Lease {
  #connection: PooledConnection | undefined
  readonly #onRelease: () => void

  constructor(
    connection: PooledConnection,
    readonly waitMs: number,
    onRelease: () => void,
  ) {
    this.#connection = connection
    this.#onRelease = onRelease
  }

  async rows<T = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<T[]> {
    return this.connectionFor(sql, values, options).rows<T>(sql, values, options)
  }

  async execute(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Change> {
    return this.connectionFor(sql, values, options).execute(sql, values, options)
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.connectionFor(sql, values).prepared<T>(sql, values)
  }

  async rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.connectionFor(sql, values).rawRows<T>(sql, values)
  }

  async each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void> {
    checkReader(onRows)
    return this.connectionFor(sql, values).each<T>(sql, values, onRows)
  }

  async eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean> {
    checkReader(onCells)
    return this.connectionFor(sql, values).eachCells(sql, values, onCells)
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    checkRows(rows)
    return this.connectionFor(sql).bulk<T>(sql, rows)
  }

  async cancel(): Promise<void> {
    await this.#connection?.cancel()
  }

  /** The connection, for statements that were checked already. */
  get unchecked(): CancellableSession {
    return this.connection()
  }

  get inTransaction(): boolean {
    return this.connection().inTransaction
  }

  get usable(): boolean {
    return this.connection().usable
  }

  destroy(): void {
    this.#connection?.destroy()
  }

  release(): void {
    if (this.#connection === undefined) return
    this.#connection = undefined
    this.#onRelease()
  }

  private connectionFor(sql: string, values?: readonly Value[], options: StatementOptions = {}): PooledConnection {
    checkStatement(sql, values)
    checkOptions(options, untilGivenUp)
    return this.connection()
  }

  private connection(): PooledConnection {
    if (this.#connection === undefined) throw new DbtoolError('USAGE', 'a lease was used after its release')
    return this.#connection
  }
}
