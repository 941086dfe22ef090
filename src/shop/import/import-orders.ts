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
  readonly met: DuplicateDetector
  readonly place: PlaceDrafts
  /** How many transactions are in flight at once. */
  readonly concurrency: number
  /** `abort`: the first rejected order ends it. */
  readonly onError: 'abort' | 'skip'
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, tally: Tally) => void
  readonly onReject: (draft: DraftOrder, reason: string) => void
}

/**
 * Places the orders of a checked file: each whole or not at all, none twice however often the file is imported. Rejects
 * with
 * what stopped it half-way; running it again goes on from there.
 */
export async function importOrders(plan: ImportPlan): Promise<ImportSummary> {
  const { file, met, signal, onProgress, concurrency } = plan
  const tally = new Tally()
  const batches = inBatches(
    groupOrders(file.records({ signal, onBytes: (bytes) => onProgress(bytes, tally) }), met.secondPass()),
  )
  // The rejects come out the same on every run, and the lines of one order stay together.
  const rejected = new InOrder<DraftOrder>((draft) => keepRejected(plan, draft))
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    while (failures.length === 0 && !signal.aborted) {
      const next = await batches.next()
      if (next.done === true) return
      for (const [draft, refused] of await applyOrder(plan, next.value, tally))
        await rejected.complete(draft.index, refused)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, () => work().catch((error: unknown) => failures.push(error))))
  await rejected.finish()
  if (signal.aborted)
    throw new DbtoolError('INTERRUPTED', `interrupted after ${tally.placed} orders`, {
      hint: 'run it again to go on: nothing is placed twice',
    })
  if (failures.length > 0) throw failures[0]
  return tally.summary()
}

/** More at once are hardly faster, and keep others longer from the products that they want: here for some 25 ms. */
const batchOrders = 100
const batchLines = 2_000

/** Orders by the dozen, fewer of long ones: what is in the memory does not depend on the file. */
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

/** Every order of the batch, with the reason for each of its lines if it is rejected. */
async function applyOrder(
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
    throw error instanceof DbtoolError
      ? stopped(drafts, error, 'run it again to go on: nothing is placed twice')
      : error
  })
  const first = outcomes.findIndex((outcome) => outcome instanceof DbtoolError)
  const refusal = outcomes[first]
  if (onError === 'abort' && refusal instanceof DbtoolError) {
    throw stopped(
      drafts.slice(first, first + 1),
      refusal,
      'others are placed, and are not placed twice when it is run again; --on-error skip goes on without such orders',
    )
  }
  return outcomes
}

const withRefusal = (draft: DraftOrder, refusal: DbtoolError): DraftOrder => ({
  ...draft,
  refusal,
  faults: new Map(draft.records.map(({ line }) => [line, refusal.message])),
})

async function keepRejected({ rejects, onReject }: ImportPlan, draft: DraftOrder): Promise<void> {
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

/** Things that are settled in any order, and told in the order of their index. */
class InOrder<T> {
  readonly #settled = new Map<number, T | undefined>()
  #next = 0

  constructor(private readonly onNext: (value: T) => Promise<void>) {}

  /** `undefined` is settled with nothing to tell. Resolves when what could be told now has been. */
  async complete(index: number, value: T | undefined): Promise<void> {
    this.#settled.set(index, value)
    const ready: T[] = []
    for (; this.#settled.has(this.#next); this.#next += 1) {
      const next = this.#settled.get(this.#next)
      this.#settled.delete(this.#next)
      if (next !== undefined) ready.push(next)
    }
    await Promise.all(ready.map((value) => this.onNext(value)))
  }

  /** Tells what waited for something that was never settled. */
  async finish(): Promise<void> {
    const rest = [...this.#settled]
      .sort(([a], [b]) => a - b)
      .flatMap(([, value]) => (value === undefined ? [] : [value]))
    this.#settled.clear()
    await Promise.all(rest.map((value) => this.onNext(value)))
  }
}

const wayOut = 'or leave such orders out with --on-error skip --rejects FILE'

/**
 * Reads the file before anything is changed; resolves to the references that it uses. Rejects with BAD_INPUT for a
 * fault of its structure
 * and, if asked, for all the faults of its orders.
 */
export async function checkFile(
  file: RecordFile,
  { orders, signal }: { orders: boolean; signal: AbortSignal },
): Promise<DuplicateDetector> {
  const met = new DuplicateDetector(file.bytes)
  const records = checkedRecords(file, { signal })
  if (orders) {
    const faults = await faultsOf(
      file,
      groupOrders(records, (ref) => met.add(ref)),
    )
    // Which of them really come back is known after all have been met.
    const exact =
      met.candidates > 0 ? await faultsOf(file, groupOrders(file.records({ signal }), met.secondPass())) : faults
    exact.throwIfAny()
  } else {
    for await (const { ref } of adjacent(records)) met.add(ref)
  }
  return met
}

async function faultsOf(file: RecordFile, drafts: AsyncIterable<DraftOrder>): Promise<Faults> {
  const faults = new Faults(file.name, wayOut)
  for await (const draft of drafts) {
    for (const [line, fault] of draft.faults) faults.add('BAD_INPUT', `${file.name}, line ${line}: ${fault}`)
  }
  return faults
}

/** Tries every order without placing any. Rejects with all that the shop would refuse, together. */
export async function dryRunAll(
  file: RecordFile,
  met: DuplicateDetector,
  place: PlaceDrafts,
  signal: AbortSignal,
): Promise<ImportSummary> {
  const faults = new Faults(file.name, wayOut)
  const onReject = ({ ref, records, refusal }: DraftOrder, reason: string): void =>
    faults.add(refusal?.code ?? 'BAD_INPUT', `order '${ref}' (line ${records[0]?.line ?? 0}): ${reason}`)
  const summary = await importOrders({
    file,
    met,
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
