import { checkedRecords } from '../../files/check.ts'
import type { RecordFile } from '../../files/record-file.ts'
import { Faults } from './faults.ts'
import { importOrders } from './import-orders.ts'
import { adjacent, groupOrders, type DraftOrder } from './draft-order.ts'
import type { PlaceDrafts } from './decide-orders.ts'
import { ReferencesMet } from './duplicate-refs.ts'
import type { ImportSummary } from './tally.ts'

const wayOut = 'or leave such orders out with --on-error skip --rejects FILE'

/**
 * Reads the file before anything is changed; resolves to the references that it uses. Rejects with BAD_INPUT for a
 * fault of its structure
 * and, if asked, for all the faults of its orders.
 */
export async function checkFile(
  file: RecordFile,
  { orders, signal }: { orders: boolean; signal: AbortSignal },
): Promise<ReferencesMet> {
  const met = new ReferencesMet(file.bytes)
  const records = checkedRecords(file, { signal })
  if (orders) {
    const faults = await faultsOf(
      file,
      groupOrders(records, (ref) => met.meet(ref)),
    )
    // Which of them really come back is known after all have been met.
    const exact =
      met.suspects > 0 ? await faultsOf(file, groupOrders(file.records({ signal }), met.comingBack())) : faults
    exact.throwIfAny()
  } else {
    for await (const { ref } of adjacent(records)) met.meet(ref)
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
export async function rehearseAll(
  file: RecordFile,
  met: ReferencesMet,
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
