import { setImmediate as pause } from 'node:timers/promises'
import type { Database } from '../../db/database.ts'
import { savepoint } from '../../db/transaction.ts'
import { DbtoolError } from '../../errors.ts'
import { checkedRecords, type RecordFile } from '../../files/record-file.ts'
import type { SourceRecord } from '../../files/record.ts'
import type { RejectsFile } from '../../files/rejects.ts'
import type { Author } from '../logs.ts'
import { type DraftRow, Faults, type OnConflict, type Refusal, rowReader } from './draft-row.ts'
import { type RunInTransaction, RowWriter } from './row-writer.ts'
import type { ImportTable } from './tables.ts'
import { type RowSummary, RowTally } from './tally.ts'

export interface RowImport {
  readonly kind: ImportTable
  readonly file: RecordFile
  readonly db: Database
  readonly author: Author
  readonly onConflict: OnConflict
  /** `abort`: any fault, and nothing is changed. */
  readonly onError: 'abort' | 'skip'
  /** `whole`: one transaction holds the whole import. `chunks`: what is interrupted keeps what it has done. */
  readonly inOne: 'whole' | 'chunks'
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, tally: RowTally) => void
  readonly onReject: (refusal: Refusal) => void
}

/**
 * Takes the rows of a file, each by the rules of the shop. Rejects with all the faults of the file together, or, after
 * an
 * interruption, with what became of the rows before it.
 */
export async function importRows(plan: RowImport): Promise<RowSummary> {
  // After a deadlock a transaction starts again, and so does this.
  const refuse = once(plan)
  const { db, inOne } = plan
  if (inOne === 'whole') return db.transaction((tx) => pass(plan, refuse, (work) => savepoint(tx, work)))
  return pass(plan, refuse, (work) => db.transaction(work))
}

type Refuse = (refusal: Refusal) => Promise<void>

/** Keeps what was left out, however often the file is gone through. */
function once({ rejects, onReject }: RowImport): Refuse {
  let lastLine = 0
  return async (refusal) => {
    const { record, reason } = refusal
    if (record.line <= lastLine) return
    lastLine = record.line
    onReject(refusal)
    await rejects?.add(record, reason)
  }
}

async function pass(plan: RowImport, refuse: Refuse, inTransaction: RunInTransaction): Promise<RowSummary> {
  const { kind, file, author, onConflict, onError, signal, onProgress } = plan
  const tally = new RowTally()
  const faults = new Faults(
    file.name,
    'leave such rows out with --on-error skip --rejects FILE, or choose with --on-conflict what becomes of those that are there',
  )
  const writer = new RowWriter(kind, onConflict, author, inTransaction)
  const records = checkedRecords(file, { signal, onBytes: (bytes) => onProgress(bytes, tally) })
  try {
    for await (const { drafts, refused, size } of oneAhead(inChunks(records, rowReader(kind, onConflict)))) {
      const refusals = [...refused, ...(await writer.apply(drafts, (counts) => tally.onApplied(counts)))].sort(
        (a, b) => a.record.line - b.record.line,
      )
      tally.read(size)
      tally.rejected += refusals.length
      for (const refusal of refusals) {
        if (onError === 'skip') await refuse(refusal)
        else faults.add(refusal.code, `${file.name}, line ${refusal.record.line}: ${refusal.reason}`)
      }
    }
  } catch (error) {
    throw signal.aborted ? interrupted(plan, tally, error) : error
  }
  faults.throwIfAny()
  return tally.summary()
}

function interrupted(
  { inOne, onConflict }: RowImport,
  { counts: { created, updated } }: RowTally,
  cause: unknown,
): unknown {
  if (cause instanceof DbtoolError && cause.code === 'OUTCOME_UNKNOWN') return cause
  if (inOne === 'whole') return new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed', { cause })
  const hint = `run it again${onConflict === 'error' ? ' with --on-conflict skip' : ''} to go on`
  return new DbtoolError('INTERRUPTED', `interrupted after ${created + updated} rows were changed`, { cause, hint })
}

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
