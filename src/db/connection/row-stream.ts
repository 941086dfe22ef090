import type { Readable } from 'node:stream'
import { cancelled } from './connection-errors.ts'

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

/** The reading of one result: hands rows over to their reader, and knows how long it took and why it failed. */
export class Reading<B> {
  ms = 0
  failure: { readonly error: unknown } | undefined
  readonly #onRows: (rows: B) => Promise<void>
  readonly #inTime: (next: Promise<B | undefined>) => Promise<B | undefined>
  #batches: Batches<B> | undefined
  #next: Promise<B | undefined> | undefined
  #isLeft = false
  #leave = (): void => undefined

  /** `inTime` settles as the next rows do, or rejects when they take too long. */
  constructor(onRows: (rows: B) => Promise<void>, inTime: (next: Promise<B | undefined>) => Promise<B | undefined>) {
    this.#onRows = onRows
    this.#inTime = inTime
  }

  /** True while rows are on their way. */
  get isOpen(): boolean {
    return this.#batches?.isOpen === true
  }

  /** Resolves after the last row, or when the reader is left. Rejects with the error of the connector. */
  readAll(batches: Batches<B>): Promise<void> {
    this.#batches = batches
    return new Promise((resolve, reject) => {
      this.#leave = resolve
      this.eachBatch(batches).then(resolve, reject)
    })
  }

  /** The reader gets no further rows. Resolves when those on their way have arrived. */
  async leave(): Promise<void> {
    this.#isLeft = true
    this.#leave()
    await this.#next
    let rows: unknown
    do rows = await this.#batches?.next()
    while (rows !== undefined)
  }

  private async eachBatch(batches: Batches<B>): Promise<void> {
    while (!this.#isLeft) {
      this.#next = batches.next()
      const rows = await this.#inTime(this.#next)
      if (rows === undefined) return
      await this.give(rows)
    }
  }

  private async give(rows: B): Promise<void> {
    const started = performance.now()
    try {
      await this.#onRows(rows)
    } catch (error) {
      this.failure = { error }
      // Whatever the reader failed with, it is no error of the statement.
      throw cancelled()
    } finally {
      this.ms += performance.now() - started
    }
  }
}
