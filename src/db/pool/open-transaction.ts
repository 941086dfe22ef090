import type { OnCells } from '../../cells.ts'
import { DbtoolError } from '../../errors.ts'
import type { Change, OnRows, StatementOptions, Value } from '../queries.ts'
import { forCaller } from '../for-caller.ts'
import { endedEarly } from '../transaction.ts'
import { checkReader } from './arguments.ts'
import type { CancellableSession, Lease, Row } from './pool.ts'

/**
 * The statements of a transaction, one after another. None is sent after the signal, or after the transaction has
 * ended: it would take effect at once, outside the transaction.
 */
export class OpenTransaction implements Omit<CancellableSession, 'destroy' | 'usable'> {
  readonly #lease: Lease
  readonly #signal: AbortSignal | undefined
  /** The last statement that was accepted. Never rejects. */
  #last: Promise<unknown> = Promise.resolve()
  /** True while a reader has rows of a statement, which therefore still runs. */
  #isReading = false
  /** The error with which the server has ended the transaction. */
  #endedBy: { readonly error: unknown } | undefined
  #isOver = false

  constructor(lease: Lease, signal: AbortSignal | undefined) {
    this.#lease = lease
    this.#signal = signal
  }

  get inTransaction(): boolean {
    return this.#lease.inTransaction
  }

  /**
   * Runs `work`, and waits for its statements. Rejects if COMMIT would not be part of the transaction any more. Later
   * statements are refused: some may have been waiting when `work` failed.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      await this.inTurn(() => Promise.resolve())
      return result
    } finally {
      this.#isOver = true
    }
  }

  /** Throws unless a further statement, or COMMIT, would still be part of the transaction. */
  private assertOpen(): void {
    if (this.#isOver) throw over()
    if (this.#signal?.aborted === true) throw transactionWithdrawn()
    if (this.#lease.inTransaction) return
    // The work may have caught that error. The retry table knows what to do with it.
    throw this.#endedBy === undefined ? endedEarly() : this.#endedBy.error
  }

  /** Runs `work` on the connection alone, after all earlier statements, and before all later ones. */
  async inTurn<T>(work: (lease: Lease) => Promise<T>): Promise<T> {
    if (this.#isReading) throw nested()
    const turn = this.#last.then(() => this.run(work))
    this.#last = turn.catch(() => undefined)
    try {
      return await turn
    } catch (error) {
      throw forCaller(error, this.#signal)
    }
  }

  async rows<T = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<T[]> {
    return this.inTurn((lease) => lease.rows<T>(sql, values, options))
  }

  async execute(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Change> {
    return this.inTurn((lease) => lease.execute(sql, values, options))
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.inTurn((lease) => lease.prepared<T>(sql, values))
  }

  async rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.inTurn((lease) => lease.rawRows<T>(sql, values))
  }

  async each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void> {
    checkReader(onRows)
    return this.inTurn((lease) => lease.each<T>(sql, values, (rows) => this.reading(() => onRows(rows))))
  }

  async eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean> {
    checkReader(onCells)
    return this.inTurn((lease) => lease.eachCells(sql, values, (cells) => this.reading(() => onCells(cells))))
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.inTurn((lease) => lease.bulk<T>(sql, rows))
  }

  cancel(): Promise<void> {
    return this.#lease.cancel()
  }

  private async run<T>(work: (lease: Lease) => Promise<T>): Promise<T> {
    this.assertOpen()
    try {
      return await work(this.#lease)
    } catch (error) {
      if (!this.#lease.inTransaction) this.#endedBy ??= { error }
      throw error
    }
  }

  private async reading(read: () => Promise<void>): Promise<void> {
    this.#isReading = true
    try {
      await read()
    } finally {
      this.#isReading = false
    }
  }
}

function transactionWithdrawn(): DbtoolError {
  return new DbtoolError('INTERRUPTED', 'the transaction was withdrawn: it has been rolled back')
}

const over = (): DbtoolError =>
  new DbtoolError('USAGE', 'the transaction is over, so a statement of it was not sent', {
    hint: 'await every statement inside the transaction',
  })

/** It would wait for the end of the rows, and their reader for it. */
const nested = (): DbtoolError =>
  new DbtoolError(
    'USAGE',
    'the connection of a transaction runs one statement at a time, and its rows are being read',
    {
      hint: 'read all rows first, or read them on another connection',
    },
  )
