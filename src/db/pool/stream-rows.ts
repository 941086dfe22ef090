import { DbtoolError } from '../../errors.ts'
import type { Value } from '../queries.ts'
import type { Pool, Row } from './pool.ts'
import { onAbort } from '../on-abort.ts'

/** The rows of a SELECT on a connection of the pool, one after another. Nothing is acquired before the first read. */
export async function* streamRows<T = Row>(
  pool: Pool,
  sql: string,
  values: readonly Value[],
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  const lease = await pool.acquire({ signal })
  const batches = new Handover<T>()
  const reading = lease
    .each<T>(sql, values, (rows) => batches.give(rows))
    .then(
      () => batches.end(),
      (error: unknown) => batches.end({ error }),
    )
    .finally(() => lease.release())
  const cancelled = new DbtoolError('INTERRUPTED', 'the statement was cancelled')
  const abort = (): void => {
    batches.end({ error: cancelled })
    batches.leave()
    // The statement ends now, even if its reader asks for the next row much later.
    lease.destroy()
  }
  const throwIfCancelled = (): void => {
    if (signal?.aborted === true) throw cancelled
  }
  const stopListening = onAbort(signal, abort)
  try {
    throwIfCancelled()
    for (let rows = await batches.next(); rows !== undefined; rows = await batches.next())
      for (const row of rows) {
        yield row
        throwIfCancelled()
      }
    await reading
  } finally {
    stopListening()
    // After the last row, the lease is released already, and this does nothing.
    if (!batches.leave()) lease.destroy()
  }
}

/** The reader wants no further rows. A statement that has ended by then keeps its connection. */
class Left extends Error {}

/** Hands batches from a writer to a reader, one at a time: the writer waits until the reader wants the next one. */
class Handover<T> {
  #rows: T[] | undefined
  #end: { readonly error?: unknown } | undefined
  #onTaken = (): void => undefined
  #onLeft: ((reason: Left) => void) | undefined
  #onGiven = (): void => undefined

  give(rows: T[]): Promise<void> {
    this.#rows = rows
    this.#onGiven()
    return new Promise((resolve, reject) => {
      this.#onTaken = resolve
      this.#onLeft = reject
    })
  }

  /** Rejects the batch that the reader has, if it has one. The writer then gives no further one. */
  leave(): boolean {
    const onLeft = this.#onLeft
    this.end()
    onLeft?.(new Left())
    return onLeft !== undefined
  }

  /** No batch follows; the first call counts. */
  end(end: { readonly error?: unknown } = {}): void {
    this.#end ??= end
    this.#onGiven()
  }

  /** Resolves to the next batch, undefined after the last one. Rejects with the error of the end. */
  async next(): Promise<T[] | undefined> {
    this.#onLeft = undefined
    this.#onTaken()
    while (this.#rows === undefined && this.#end === undefined)
      await new Promise<void>((resolve) => (this.#onGiven = resolve))
    if (this.#end !== undefined && 'error' in this.#end) throw this.#end.error
    const rows = this.#rows
    this.#rows = undefined
    return rows
  }
}
