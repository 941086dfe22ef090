import type { OnCells } from '../../cells.ts'
import { DbtoolError } from '../../errors.ts'
import type { Change, OnRows, StatementOptions, Value } from '../queries.ts'
import type { CancellableSession, Lease, Row } from './pool.ts'

/** The statements of a lease, until its signal: from then on, each of them rejects, and none is sent. */
export class InterruptibleTransaction implements Omit<CancellableSession, 'destroy' | 'usable'> {
  constructor(
    private readonly lease: Lease,
    private readonly signal: AbortSignal,
  ) {}

  get inTransaction(): boolean {
    return this.lease.inTransaction
  }

  async rows<T = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<T[]> {
    return this.open().rows<T>(sql, values, options)
  }

  async execute(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Change> {
    return this.open().execute(sql, values, options)
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.open().prepared<T>(sql, values)
  }

  async rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.open().rawRows<T>(sql, values)
  }

  async each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void> {
    return this.open().each<T>(sql, values, onRows)
  }

  async eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean> {
    return this.open().eachCells(sql, values, onCells)
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.open().bulk<T>(sql, rows)
  }

  cancel(): Promise<void> {
    return this.lease.cancel()
  }

  private open(): Lease {
    if (this.signal.aborted) throw transactionWithdrawn()
    return this.lease
  }
}

export function transactionWithdrawn(): DbtoolError {
  return new DbtoolError('INTERRUPTED', 'the transaction was withdrawn: it has been rolled back')
}
