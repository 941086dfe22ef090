import type { Database } from '../../db/database.ts'
import { savepoint } from '../../db/transaction.ts'
import { DbtoolError } from '../../errors.ts'
import { checkedRecords } from '../../files/check.ts'
import type { RecordFile } from '../../files/record-file.ts'
import type { RejectsFile } from '../../files/rejects.ts'
import type { Author } from '../logs.ts'
import { inChunks, oneAhead } from './chunks.ts'
import { rowReader, type OnConflict, type Refusal } from './draft-row.ts'
import { Faults } from './faults.ts'
import type { Kind } from './tables.ts'
import { RowTally, type RowSummary } from './row-tally.ts'
import { RowTaker, type InUnit } from './row-writer.ts'

export interface RowImport {
  readonly kind: Kind
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

async function pass(plan: RowImport, refuse: Refuse, inUnit: InUnit): Promise<RowSummary> {
  const { kind, file, author, onConflict, onError, signal, onProgress } = plan
  const tally = new RowTally()
  const faults = new Faults(
    file.name,
    'leave such rows out with --on-error skip --rejects FILE, or choose with --on-conflict what becomes of those that are there',
  )
  const taker = new RowTaker(kind, onConflict, author, inUnit)
  const records = checkedRecords(file, { signal, onBytes: (bytes) => onProgress(bytes, tally) })
  try {
    for await (const { drafts, refused, size } of oneAhead(inChunks(records, rowReader(kind, onConflict)))) {
      const refusals = [...refused, ...(await taker.take(drafts, (taken) => tally.took(taken)))].sort(
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
  { taken: { created, updated } }: RowTally,
  cause: unknown,
): unknown {
  if (cause instanceof DbtoolError && cause.code === 'OUTCOME_UNKNOWN') return cause
  if (inOne === 'whole') return new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed', { cause })
  const hint = `run it again${onConflict === 'error' ? ' with --on-conflict skip' : ''} to go on`
  return new DbtoolError('INTERRUPTED', `interrupted after ${created + updated} rows were changed`, { cause, hint })
}
