import { DatabaseError } from './failures.ts'

/**
 * Runs `work` on all items, or on halves of them as often as a statement would be too large. Concatenates the results.
 * Until that statement, `work` must change nothing that a repetition would not.
 */
export async function inParts<T, R>(items: readonly T[], work: (items: readonly T[]) => Promise<R[]>): Promise<R[]> {
  try {
    return await work(items)
  } catch (error) {
    if (items.length < 2 || !(error instanceof DatabaseError) || error.code !== 'TOO_LARGE') throw error
    const half = Math.ceil(items.length / 2)
    const first = await inParts(items.slice(0, half), work)
    return [...first, ...(await inParts(items.slice(half), work))]
  }
}
