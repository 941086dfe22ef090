import type { Readable } from 'node:stream'

const batchRows = 1_000

/** The rows of a running SELECT, in batches of any size. */
export interface Batches<B> {
  /** False after the last row, or after an error of the server. */
  readonly isOpen: boolean
  /** Resolves to the next rows, or to undefined at the end. Rejects with the error of the connector. */
  next(): Promise<B | undefined>
}

/**
 * The rows of a running SELECT, as the server sends them. The connector reads on only when its buffer is empty, so a
 * slow reader slows the server down.
 */
export class RowStream implements Batches<unknown[]> {
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

  get isOpen(): boolean {
    return this.#isOpen
  }

  async next(): Promise<unknown[] | undefined> {
    for (;;) {
      const rows = this.buffered()
      if (rows.length > 0) return rows
      if (this.#failure !== undefined) throw this.#failure.error
      if (!this.#isOpen) return undefined
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
export class Reader<B> {
  ms = 0
  failure: { readonly error: unknown } | undefined
  readonly #onRows: (rows: B) => Promise<void>

  constructor(onRows: (rows: B) => Promise<void>) {
    this.#onRows = onRows
  }

  async read(rows: B): Promise<void> {
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
