import { allFaults, DbtoolError } from '../../errors.ts'
import { checkRecordFile } from '../../files/check.ts'
import type { RecordFile } from '../../files/record-file.ts'
import type { RejectsFile } from '../../files/rejects.ts'
import { groupOrders, reasonOf, type DraftOrder } from './order-groups.ts'
import type { PlaceDraft } from './placer.ts'
import { Tally, type ImportSummary } from './tally.ts'

export interface ImportPlan {
  readonly file: RecordFile
  readonly place: PlaceDraft
  /** How many orders are in flight at once. */
  readonly concurrency: number
  /** `abort`: the first rejected order ends it; faults of the file are found before anything is placed. */
  readonly onError: 'abort' | 'skip'
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, tally: Tally) => void
  readonly onReject: (draft: DraftOrder, reason: string) => void
}

/** An order that breaks one of these is rejected; any other error ends the import. */
const rejecting = new Set(['OUT_OF_STOCK', 'KEY_CONFLICT', 'NOT_FOUND', 'CONSTRAINT', 'DUPLICATE'])
const faultsShown = 20

/**
 * Reads the file once and changes nothing. Rejects with BAD_INPUT for a fault of its structure and, where the first rejected
 * order would end the import anyway, for all the faults of its orders together.
 */
export async function checkOrders({ file, onError, signal }: Pick<ImportPlan, 'file' | 'onError' | 'signal'>): Promise<void> {
  await checkRecordFile(file, { signal })
  if (onError === 'abort') await assertFaultless(file, signal)
}

/**
 * Places the orders of a checked file: each whole or not at all, none twice however often the file is imported. Rejects with
 * what stopped it half-way; running it again goes on from there.
 */
export async function importOrders(plan: ImportPlan): Promise<ImportSummary> {
  const tally = new Tally()
  const drafts = groupOrders(plan.file.records({ signal: plan.signal, onBytes: (bytes) => plan.onProgress(bytes, tally) }))
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    while (failures.length === 0 && !plan.signal.aborted) {
      const next = await drafts.next()
      if (next.done === true) return
      await take(plan, next.value, tally)
    }
  }
  await Promise.all(Array.from({ length: plan.concurrency }, () => work().catch((error: unknown) => failures.push(error))))
  if (plan.signal.aborted) throw new DbtoolError('INTERRUPTED', `interrupted after ${tally.placed} orders`, { hint: 'run it again to go on: nothing is placed twice' })
  if (failures.length > 0) throw failures[0]
  return tally.summary()
}

async function assertFaultless(file: RecordFile, signal: AbortSignal): Promise<void> {
  const faults: string[] = []
  let more = 0
  for await (const draft of groupOrders(file.records({ signal }))) {
    for (const [line, fault] of draft.faults) {
      if (faults.length < faultsShown) faults.push(`${file.name}, line ${line}: ${fault}`)
      else more += 1
    }
  }
  if (more > 0) faults.push(`and ${more} more`)
  if (faults.length > 0) throw allFaults('BAD_INPUT', `${file.name} was not imported`, faults, 'nothing was changed; mend the file, or leave such orders out with --on-error skip --rejects FILE')
}

async function take(plan: ImportPlan, draft: DraftOrder, tally: Tally): Promise<void> {
  tally.read(draft)
  if (draft.faults.size > 0) return reject(plan, draft, tally)
  try {
    tally.took(draft, await plan.place(draft))
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    if (!rejecting.has(error.code)) throw stopped(draft, error, 'run it again to go on: nothing is placed twice')
    if (plan.onError === 'abort') throw stopped(draft, error, 'orders before it are placed, and are not placed twice when it is run again; --on-error skip goes on without such orders')
    await reject(plan, { ...draft, faults: new Map(draft.records.map(({ line }) => [line, error.message])) }, tally)
  }
}

async function reject({ rejects, onReject }: ImportPlan, draft: DraftOrder, tally: Tally): Promise<void> {
  tally.rejected += 1
  onReject(draft, reasonOf(draft, draft.records[0]?.line ?? 0))
  if (rejects === undefined) return
  for (const record of draft.records) await rejects.add(record, reasonOf(draft, record.line))
}

function stopped({ ref, records }: DraftOrder, cause: DbtoolError, hint: string): DbtoolError {
  return new DbtoolError(cause.code, `order '${ref}' (line ${records[0]?.line ?? 0}): ${cause.message}`, { cause, hint })
}
