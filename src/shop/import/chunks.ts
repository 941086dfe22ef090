import { setImmediate as pause } from 'node:timers/promises'
import type { SourceRecord } from '../../files/record.ts'
import type { DraftRow, Refusal } from './draft-row.ts'

/** Some rows of the file, as they are handed to the database together. */
export interface Chunk {
  readonly drafts: DraftRow[]
  /** Those that break a rule already. */
  readonly refused: Refusal[]
  /** All of them. */
  readonly size: number
}

/** More at once are not faster, and take more memory; and MariaDB makes a join of an IN with 1,000 values or more. */
const chunkRows = 500
const chunkCharacters = 1_000_000
/** Between so many rows the database is listened to, which would otherwise wait for us. */
const rowsBetweenPauses = 50

/** Rows by the hundred, fewer of long ones: what is in the memory does not depend on the file. */
export async function* inChunks(
  records: AsyncIterable<SourceRecord>,
  read: (record: SourceRecord) => DraftRow | Refusal,
): AsyncGenerator<Chunk, void, undefined> {
  let chunk = { drafts: [] as DraftRow[], refused: [] as Refusal[], size: 0 }
  let characters = 0
  for await (const record of records) {
    const row = read(record)
    if ('row' in row) chunk.drafts.push(row)
    else chunk.refused.push(row)
    chunk.size += 1
    characters += record.raw.length
    if (chunk.size % rowsBetweenPauses === 0) await pause()
    if (chunk.size < chunkRows && characters < chunkCharacters) continue
    yield chunk
    chunk = { drafts: [], refused: [], size: 0 }
    characters = 0
  }
  if (chunk.size > 0) yield chunk
}

/** The same things; while one is in use, the next is made. */
export async function* oneAhead<T>(things: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  try {
    for (let next = things.next(); ;) {
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
