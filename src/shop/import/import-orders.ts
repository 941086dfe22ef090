import { hintToContinue } from '../../db/retry-table.ts'
import { DbtoolError } from '../../errors.ts'
import { checkedRecords, type RecordFile } from '../../files/record-file.ts'
import type { RejectsFile } from '../../files/rejects.ts'
import type { Outcome, PlaceDrafts } from './decide-orders.ts'
import { adjacent, type DraftOrder, groupOrders, reasonOf } from './draft-order.ts'
import { DuplicateDetector } from './duplicate-refs.ts'
import { Faults } from './draft-row.ts'
import { type ImportSummary, Tally } from './tally.ts'

export interface ImportPlan {
  readonly file: RecordFile
  readonly duplicates: DuplicateDetector
  readonly place: PlaceDrafts
  /** Number of concurrent transactions. */
  readonly concurrency: number
  /** `abort`: the first rejected order ends the import. */
  readonly onError: 'abort' | 'skip'
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, tally: Tally) => void
  readonly onReject: (draft: DraftOrder, reason: string) => void
}

/**
 * Places the orders of a checked file. Each order is placed completely or not at all, and only once however often the
 * file is imported. Resolves to the counts; rejects with the error that stopped the import. A second run continues from
 * there.
 */
export async function importOrders(plan: ImportPlan): Promise<ImportSummary> {
  const { file, duplicates, signal, onProgress, concurrency } = plan
  const tally = new Tally()
  const batches = inBatches(
    groupOrders(file.records({ signal, onBytes: (bytes) => onProgress(bytes, tally) }), duplicates.secondPass()),
  )
  // The rejects have the same order on every run, and the lines of one order stay together.
  const rejected = new InOrder<DraftOrder>((draft) => recordRejected(plan, draft))
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    while (failures.length === 0 && !signal.aborted) {
      const next = await batches.next()
      if (next.done === true) return
      for (const [draft, refused] of await applyBatch(plan, next.value, tally))
        await rejected.complete(draft.index, refused)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, () => work().catch((error: unknown) => failures.push(error))))
  await rejected.finish()
  if (signal.aborted)
    throw new DbtoolError('INTERRUPTED', `interrupted after ${tally.placed} orders`, {
      hint: continueHint,
    })
  if (failures.length > 0) throw failures[0]
  return tally.summary()
}

/** Larger batches are hardly faster, and lock their products longer: this one holds them for about 25 ms. */
const batchOrders = 100
const batchLines = 2_000

/** Yields batches of orders, smaller ones when orders are long, so that memory does not depend on the file. */
async function* inBatches(drafts: AsyncIterable<DraftOrder>): AsyncGenerator<DraftOrder[], void, undefined> {
  let batch: DraftOrder[] = []
  let lines = 0
  for await (const draft of drafts) {
    if (batch.length === batchOrders || (batch.length > 0 && lines + draft.records.length > batchLines)) {
      yield batch
      batch = []
      lines = 0
    }
    batch.push(draft)
    lines += draft.records.length
  }
  if (batch.length > 0) yield batch
}

/**
 * Resolves to every order of the batch, paired with the rejected order and the reason for each line if it was rejected.
 */
async function applyBatch(
  plan: ImportPlan,
  batch: readonly DraftOrder[],
  tally: Tally,
): Promise<[DraftOrder, DraftOrder | undefined][]> {
  const sound = batch.filter(({ faults }) => faults.size === 0)
  const outcomes = await placeAll(plan, sound)
  const outcomeOf = new Map(sound.map((draft, index) => [draft, outcomes[index]]))
  return batch.map((draft) => {
    tally.read(draft)
    const outcome = outcomeOf.get(draft)
    if (outcome !== undefined && !(outcome instanceof DbtoolError)) {
      tally.onApplied(draft, outcome)
      return [draft, undefined]
    }
    tally.rejected += 1
    return [draft, outcome === undefined ? draft : withRefusal(draft, outcome)]
  })
}

async function placeAll({ place, onError }: ImportPlan, drafts: readonly DraftOrder[]): Promise<readonly Outcome[]> {
  if (drafts.length === 0) return []
  const outcomes = await place(drafts).catch((error: unknown) => {
    throw error instanceof DbtoolError ? stopped(drafts, error, hintToContinue(error, continueHint)) : error
  })
  const first = outcomes.findIndex((outcome) => outcome instanceof DbtoolError)
  const refusal = outcomes[first]
  if (onError === 'abort' && refusal instanceof DbtoolError) {
    throw stopped(
      drafts.slice(first, first + 1),
      refusal,
      'other orders were placed, and a second run does not place them again; skip such orders with --on-error skip',
    )
  }
  return outcomes
}

const withRefusal = (draft: DraftOrder, refusal: DbtoolError): DraftOrder => ({
  ...draft,
  refusal,
  faults: new Map(draft.records.map(({ line }) => [line, refusal.message])),
})

async function recordRejected({ rejects, onReject }: ImportPlan, draft: DraftOrder): Promise<void> {
  onReject(draft, reasonOf(draft, draft.records[0]?.line ?? 0))
  if (rejects !== undefined)
    await Promise.all(draft.records.map((record) => rejects.add(record, reasonOf(draft, record.line))))
}

function stopped(drafts: readonly DraftOrder[], cause: DbtoolError, hint: string): DbtoolError {
  const [first, last] = [drafts[0], drafts.at(-1)]
  const what =
    first === last
      ? `order '${first?.ref ?? ''}' (line ${lineOf(first)})`
      : `orders '${first?.ref ?? ''}' to '${last?.ref ?? ''}' (from line ${lineOf(first)})`
  return new DbtoolError(cause.code, `${what}: ${cause.message}`, { cause, hint })
}

const lineOf = (draft: DraftOrder | undefined): number => draft?.records[0]?.line ?? 0

/** Passes on results in the order of their index, whatever the order in which they complete. */
class InOrder<T> {
  readonly #completed = new Map<number, T | undefined>()
  #next = 0

  constructor(private readonly onNext: (value: T) => Promise<void>) {}

  /**
   * Completes an index; `undefined` has no result to pass on. Resolves once every result that is ready has been passed
   * on.
   */
  async complete(index: number, value: T | undefined): Promise<void> {
    this.#completed.set(index, value)
    const ready: T[] = []
    for (; this.#completed.has(this.#next); this.#next += 1) {
      const next = this.#completed.get(this.#next)
      this.#completed.delete(this.#next)
      if (next !== undefined) ready.push(next)
    }
    await Promise.all(ready.map((value) => this.onNext(value)))
  }

  /** Passes on the results that waited for an index that was never completed. */
  async finish(): Promise<void> {
    const rest = [...this.#completed]
      .sort(([a], [b]) => a - b)
      .flatMap(([, value]) => (value === undefined ? [] : [value]))
    this.#completed.clear()
    await Promise.all(rest.map((value) => this.onNext(value)))
  }
}

const continueHint = 'run it again to continue: no order is placed twice'
const wayOut = 'or skip such orders with --on-error skip --rejects FILE'

/**
 * Reads the file before anything is changed; resolves to the references that it uses. Rejects with BAD_INPUT for a
 * structural error and, if `orders` is set, for all the faults of its orders.
 */
export async function checkFile(
  file: RecordFile,
  { orders, signal }: { orders: boolean; signal: AbortSignal },
): Promise<DuplicateDetector> {
  const duplicates = new DuplicateDetector(file.bytes)
  const records = checkedRecords(file, { signal })
  if (orders) {
    const faults = await faultsOf(
      file,
      groupOrders(records, (ref) => duplicates.add(ref)),
    )
    // Which candidates are real duplicates is known only after all references have been added.
    const exact =
      duplicates.candidates > 0
        ? await faultsOf(file, groupOrders(file.records({ signal }), duplicates.secondPass()))
        : faults
    exact.throwIfAny()
  } else {
    for await (const { ref } of adjacent(records)) duplicates.add(ref)
  }
  return duplicates
}

async function faultsOf(file: RecordFile, drafts: AsyncIterable<DraftOrder>): Promise<Faults> {
  const faults = new Faults(file.name, wayOut)
  for await (const draft of drafts) {
    for (const [line, fault] of draft.faults) faults.add('BAD_INPUT', `${file.name}, line ${line}: ${fault}`)
  }
  return faults
}

/**
 * Checks every order without placing any. Resolves to the counts; rejects with all the refusals of the shop together.
 */
export async function dryRunAll(
  file: RecordFile,
  duplicates: DuplicateDetector,
  place: PlaceDrafts,
  signal: AbortSignal,
): Promise<ImportSummary> {
  const faults = new Faults(file.name, wayOut)
  const onReject = ({ ref, records, refusal }: DraftOrder, reason: string): void =>
    faults.add(refusal?.code ?? 'BAD_INPUT', `order '${ref}' (line ${records[0]?.line ?? 0}): ${reason}`)
  const summary = await importOrders({
    file,
    duplicates,
    place,
    concurrency: 1,
    onError: 'skip',
    rejects: undefined,
    signal,
    onProgress: () => undefined,
    onReject,
  })
  faults.throwIfAny()
  return summary
}
