import { setImmediate as turn } from 'node:timers/promises'
import { DbtoolError } from '../../errors.ts'

/** Lists of at most `size`, made when they are asked for; the last one is shorter. */
export function* chunks<T>(things: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = []
  for (const thing of things) {
    if (chunk.push(thing) < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Lets the network and the keyboard have their turn. Rejects with INTERRUPTED after Ctrl-C. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await turn()
  if (signal.aborted) throw new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed')
}
