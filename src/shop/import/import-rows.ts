import { setImmediate as pause } from 'node:timers/promises'
import type { Database } from '../../db/database.ts'
import { hintToContinue } from '../../db/retry-table.ts'
import { savepoint } from '../../db/transaction.ts'
import { DbtoolError } from '../../errors.ts'
import { checkedBatches, type RecordFile } from '../../files/record-file.ts'
import type { SourceRecord } from '../../files/record.ts'
import type { RejectsFile } from '../../files/rejects.ts'
import { counted } from '../../in-words.ts'
import type { Author } from '../logs.ts'
import { type DraftRow, Faults, type Refusal, rowReader } from './draft-row.ts'
import { type Applied, type RowNote, type RunInTransaction, RowWriter } from './row-writer.ts'
import { oneAhead } from './one-ahead.ts'
import type { ImportTable, OnConflict } from './tables.ts'
import { rowSummary, type RowSummary, RowTally } from './tally.ts'

export interface RowImport {
  readonly table: ImportTable
  readonly file: RecordFile
  readonly db: Database
  readonly author: Author
  readonly onConflict: OnConflict
  /** `abort`: any fault ends the import, and nothing is changed. */
  readonly onError: 'abort' | 'skip'
  /**
   * `whole`: one transaction holds the complete import. `chunks`: each chunk is committed, so an interrupted import
   * retains the chunks before it.
   */
  readonly inOne: 'whole' | 'chunks'
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, counts: RowTally['counts']) => void
  readonly onReject: (refusal: Refusal) => void
  readonly onNote: (note: RowNote) => void
}

/**
 * Imports the rows of a file, each by the rules of the shop. Resolves to the counts. Rejects with all the faults of the
 * file together or, after an interruption, with the number of rows changed before it.
 */
export async function importRows(plan: RowImport): Promise<RowSummary> {
  // After a deadlock the transaction starts again, and the import with it.
  const once = reportOnce(plan)
  const { db, inOne } = plan
  if (inOne === 'whole') return db.transaction((tx) => pass(plan, once, (work) => savepoint(tx, work)))
  return pass(plan, once, (work) => db.transaction(work))
}

interface ReportOnce {
  readonly refuse: (refusal: Refusal) => Promise<void>
  readonly note: (note: RowNote) => void
}

/** Reports each row once, however often the file is read. */
function reportOnce({ rejects, onReject, onNote }: RowImport): ReportOnce {
  const last = { refused: 0, noted: 0 }
  return {
    async refuse(refusal) {
      const { record, reason } = refusal
      if (record.line <= last.refused) return
      last.refused = record.line
      onReject(refusal)
      await rejects?.add(record, reason)
    },
    note(note) {
      if (note.record.line <= last.noted) return
      last.noted = note.record.line
      onNote(note)
    },
  }
}

async function pass(plan: RowImport, once: ReportOnce, inTransaction: RunInTransaction): Promise<RowSummary> {
  const { table, file, author, onConflict, onError, signal, onProgress } = plan
  const tally: RowTally = new RowTally()
  const faults = new Faults(file.name, (codes) =>
    codes.has('DUPLICATE') && onConflict === 'error'
      ? 'skip such rows with --on-error skip --rejects FILE, or choose with --on-conflict what happens to existing rows'
      : 'or skip such rows with --on-error skip --rejects FILE',
  )
  const writer = new RowWriter(table, onConflict, author, inTransaction)
  const onApplied = ({ counts, otherNames, notes }: Applied): void => {
    tally.add(counts)
    tally.names.add(otherNames)
    notes.forEach(once.note)
  }
  const batches = checkedBatches(file, { signal, onBytes: (bytes) => onProgress(bytes, tally.counts) })
  try {
    for await (const { drafts, refused, size } of oneAhead(inChunks(batches, rowReader(table, onConflict)))) {
      const refusals = [...refused, ...(await writer.apply(drafts, onApplied))].sort(
        (a, b) => a.record.line - b.record.line,
      )
      tally.add({ rows_read: size, rejected: refusals.length })
      tally.hasKeyless ||= drafts.some(({ row }) => (row[table.unique[0]] ?? null) === null)
      for (const refusal of refusals) {
        if (onError === 'skip') await once.refuse(refusal)
        else faults.add(refusal.code, `${file.name}, line ${refusal.record.line}: ${refusal.reason}`)
      }
    }
  } catch (error) {
    if (signal.aborted) throw interrupted(plan, tally, error)
    throw error instanceof DbtoolError && plan.inOne === 'chunks' ? stopped(plan, tally, error) : error
  }
  faults.throwIfAny()
  return rowSummary(tally)
}

function interrupted(plan: RowImport, tally: RowTally, cause: unknown): unknown {
  if (cause instanceof DbtoolError && cause.code === 'OUTCOME_UNKNOWN') return cause
  if (plan.inOne === 'whole') return new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed', { cause })
  return new DbtoolError('INTERRUPTED', `interrupted after ${tally.changed} rows were changed`, {
    cause,
    hint: again(plan, tally),
  })
}

/** The chunks before the error are committed. */
function stopped(plan: RowImport, tally: RowTally, cause: DbtoolError): DbtoolError {
  if (tally.changed === 0) return cause
  const message = `${cause.message}; ${counted(tally.changed, 'row')} of ${plan.file.name} were changed before`
  return new DbtoolError(cause.code, message, { cause, hint: hintToContinue(cause, again(plan, tally)) })
}

/** A second run finds a row by its key; a row without one would be created again. */
function again({ table, onConflict }: RowImport, { hasKeyless }: RowTally): string {
  if (hasKeyless) return `remove the imported rows from the file: a row without ${table.unique[0]} is created again`
  return `run it again${onConflict === 'error' ? ' with --on-conflict skip' : ''} to continue`
}

/** Some rows of the file that are sent to the database together. */
export interface Chunk {
  readonly drafts: DraftRow[]
  /** Rows that break a rule before the database sees them. */
  readonly refused: Refusal[]
  /** Number of all its rows. */
  readonly size: number
}

/**
 * Larger chunks are not faster and use more memory; and MariaDB converts an IN list of 1,000 values or more into a
 * join.
 */
const chunkRows = 500
const chunkCharacters = 1_000_000
/** After this number of rows, answers of the database are processed, which would otherwise wait for the parsing. */
const rowsBetweenPauses = 50

/** Yields chunks of rows, smaller ones when rows are long, so that memory does not depend on the file. */
export async function* inChunks(
  batches: AsyncIterable<readonly SourceRecord[]>,
  read: (record: SourceRecord) => DraftRow | Refusal,
): AsyncGenerator<Chunk, void, undefined> {
  let chunk = { drafts: [] as DraftRow[], refused: [] as Refusal[], size: 0 }
  let characters = 0
  for await (const records of batches)
    for (const record of records) {
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
