import type { SourceRecord } from '../../files/record.ts'

/** MariaDB makes a join of an IN with 1,000 values or more. */
const chunkRows = 900
const chunkCharacters = 1_000_000

/** Records by the hundred, fewer of long ones: what is in the memory does not depend on the file. */
export async function* inChunks(records: AsyncIterable<SourceRecord>): AsyncGenerator<SourceRecord[], void, undefined> {
  let chunk: SourceRecord[] = []
  let characters = 0
  for await (const record of records) {
    chunk.push(record)
    characters += record.raw.length
    if (chunk.length < chunkRows && characters < chunkCharacters) continue
    yield chunk
    chunk = []
    characters = 0
  }
  if (chunk.length > 0) yield chunk
}

/** The same things; the next one is made while the one before it is used. */
export async function* oneAhead<T>(things: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  try {
    let next = things.next()
    for (;;) {
      const { value, done } = await next
      if (done === true) return
      next = things.next()
      // It is asked for when its turn comes; until then nobody listens to its failure.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    await things.return()
  }
}
