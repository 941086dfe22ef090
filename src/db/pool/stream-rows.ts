import { DbtoolError } from '../../errors.ts'
import type { Value } from '../queries.ts'
import type { Pool, Row } from './pool.ts'
import { forCaller } from '../for-caller.ts'
import { onAbort } from '../on-abort.ts'

/** The rows of a SELECT on a connection of the pool, one after another. Nothing is acquired before the first read. */
export async function* streamRows<T = Row>(
  pool: Pool,
  sql: string,
  values: readonly Value[],
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  const lease = await pool.acquire({ signal })
  const cancelled = new DbtoolError('INTERRUPTED', 'the statement was cancelled')
  const throwIfCancelled = (): void => {
    if (signal?.aborted === true) throw cancelled
  }
  const batches = new Handover<T>()
  const read = async (): Promise<void> => {
    try {
      throwIfCancelled()
      await lease.each<T>(sql, values, (rows) => batches.give(rows))
      batches.end()
    } catch (error) {
      batches.end({ error })
    } finally {
      lease.release()
    }
  }
  const reading = read()
  const stopListening = onAbort(signal, () => {
    batches.end({ error: cancelled })
    batches.leave()
    // The statement ends now, even if its reader asks for the next row much later.
    void lease.cancel()
  })
  try {
    for (let rows = await batches.next(); rows !== undefined; rows = await batches.next())
      for (const row of rows) {
        yield row
        throwIfCancelled()
      }
    await reading
  } catch (error) {
    throw forCaller(error, signal)
  } finally {
    stopListening()
    batches.leave()
  }
}

/** The reader wants no further rows. */
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
  leave(): void {
    this.end()
    this.#onLeft?.(new Left())
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
