import type { Readable } from 'node:stream'
import type { OnRows } from '../queries.ts'

const batchRows = 1_000

/**
 * The rows of a running SELECT, as the server sends them. The connector reads on only when its buffer is empty, so a
 * slow reader slows the server down.
 */
export class RowStream {
  readonly #rows: Readable
  #isOpen = true
  #failure: { readonly error: unknown } | undefined
  #wake = (): void => undefined

  constructor(rows: Readable) {
    this.#rows = rows
    rows
      .on('readable', () => this.#wake())
      .on('end', () => this.over())
      .on('error', (error: unknown) => this.over({ error }))
  }

  /** False after the last row, or after an error of the server. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Resolves to the next rows, or to none at the end. Rejects with the error of the connector. */
  async next(): Promise<unknown[]> {
    for (;;) {
      const rows = this.buffered()
      if (rows.length > 0) return rows
      if (this.#failure !== undefined) throw this.#failure.error
      if (!this.#isOpen) return []
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  private buffered(): unknown[] {
    const rows: unknown[] = []
    while (rows.length < batchRows) {
      const row: unknown = this.#rows.read()
      if (row === null) break
      rows.push(row)
    }
    return rows
  }

  private over(failure?: { readonly error: unknown }): void {
    this.#isOpen = false
    this.#failure ??= failure
    this.#wake()
  }
}

/** Hands rows over to their reader, and knows how long it took and why it failed. */
export class Reader<T> {
  ms = 0
  failure: { readonly error: unknown } | undefined
  readonly #onRows: OnRows<T>

  constructor(onRows: OnRows<T>) {
    this.#onRows = onRows
  }

  async read(rows: T[]): Promise<void> {
    const started = performance.now()
    try {
      await this.#onRows(rows)
    } catch (error) {
      this.failure = { error }
      throw error
    } finally {
      this.ms += performance.now() - started
    }
  }
}
