import { DbtoolError } from '../../errors.ts'
import type { RecordFile } from '../../files/record-file.ts'
import type { RejectsFile } from '../../files/rejects.ts'
import { InOrder } from './in-order.ts'
import { groupOrders, reasonOf, type DraftOrder } from './order-groups.ts'
import type { PlaceDraft } from './placer.ts'
import { Tally, type ImportSummary } from './tally.ts'

export interface ImportPlan {
  readonly file: RecordFile
  readonly place: PlaceDraft
  /** How many orders are in flight at once. */
  readonly concurrency: number
  /** `abort`: the first rejected order ends it. */
  readonly onError: 'abort' | 'skip'
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, tally: Tally) => void
  readonly onReject: (draft: DraftOrder, reason: string) => void
}

/** An order that breaks one of these is rejected; any other error ends the import. */
const rejecting = new Set(['OUT_OF_STOCK', 'KEY_CONFLICT', 'NOT_FOUND', 'CONSTRAINT', 'DUPLICATE'])
/**
 * Places the orders of a checked file: each whole or not at all, none twice however often the file is imported. Rejects with
 * what stopped it half-way; running it again goes on from there.
 */
export async function importOrders(plan: ImportPlan): Promise<ImportSummary> {
  const { file, signal, onProgress, concurrency } = plan
  const tally = new Tally()
  const drafts = groupOrders(file.records({ signal, onBytes: (bytes) => onProgress(bytes, tally) }))
  // The rejects come out the same on every run, and the lines of one order stay together.
  const rejected = new InOrder<DraftOrder>((draft) => keepRejected(plan, draft))
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    while (failures.length === 0 && !signal.aborted) {
      const next = await drafts.next()
      if (next.done === true) return
      await rejected.settle(next.value.index, await take(plan, next.value, tally))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, () => work().catch((error: unknown) => failures.push(error))))
  await rejected.finish()
  if (signal.aborted) throw new DbtoolError('INTERRUPTED', `interrupted after ${tally.placed} orders`, { hint: 'run it again to go on: nothing is placed twice' })
  if (failures.length > 0) throw failures[0]
  return tally.summary()
}

/** Resolves to the order if it is rejected, with the reason for every line. */
async function take(plan: ImportPlan, draft: DraftOrder, tally: Tally): Promise<DraftOrder | undefined> {
  tally.read(draft)
  const rejected = draft.faults.size > 0 ? draft : await refused(plan, draft, tally)
  if (rejected !== undefined) tally.rejected += 1
  return rejected
}

async function refused(plan: ImportPlan, draft: DraftOrder, tally: Tally): Promise<DraftOrder | undefined> {
  try {
    tally.took(draft, await plan.place(draft))
    return undefined
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    if (!rejecting.has(error.code)) throw stopped(draft, error, 'run it again to go on: nothing is placed twice')
    if (plan.onError === 'abort') throw stopped(draft, error, 'orders before it are placed, and are not placed twice when it is run again; --on-error skip goes on without such orders')
    return { ...draft, refusal: error, faults: new Map(draft.records.map(({ line }) => [line, error.message])) }
  }
}

async function keepRejected({ rejects, onReject }: ImportPlan, draft: DraftOrder): Promise<void> {
  onReject(draft, reasonOf(draft, draft.records[0]?.line ?? 0))
  if (rejects !== undefined) await Promise.all(draft.records.map((record) => rejects.add(record, reasonOf(draft, record.line))))
}

function stopped({ ref, records }: DraftOrder, cause: DbtoolError, hint: string): DbtoolError {
  return new DbtoolError(cause.code, `order '${ref}' (line ${records[0]?.line ?? 0}): ${cause.message}`, { cause, hint })
}
