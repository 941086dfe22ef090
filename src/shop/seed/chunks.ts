import { setImmediate as turn } from 'node:timers/promises'
import { DbtoolError } from '../../errors.ts'

/** Yields lists of at most `size` items, lazily; the last one may be shorter. */
export function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = []
  for (const item of items) {
    if (chunk.push(item) < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Yields to the event loop, so that the network and the keyboard are served. Rejects with INTERRUPTED after Ctrl-C. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await turn()
  if (signal.aborted) throw new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed')
}
