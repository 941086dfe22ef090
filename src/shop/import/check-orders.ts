import { checkedRecords, checkRecordFile } from '../../files/check.ts'
import type { RecordFile } from '../../files/record-file.ts'
import { Faults } from './faults.ts'
import { importOrders } from './import-orders.ts'
import { groupOrders, type DraftOrder } from './order-groups.ts'
import type { PlaceDraft } from './placer.ts'
import type { ImportSummary } from './tally.ts'

const wayOut = 'or leave such orders out with --on-error skip --rejects FILE'

/** Reads the file once. Rejects with BAD_INPUT for a fault of its structure and, if asked, for all the faults of its orders. */
export async function checkFile(file: RecordFile, { orders, signal }: { orders: boolean; signal: AbortSignal }): Promise<void> {
  if (!orders) {
    await checkRecordFile(file, { signal })
    return
  }
  const faults = new Faults(file.name, wayOut)
  for await (const draft of groupOrders(checkedRecords(file, { signal }))) {
    for (const [line, fault] of draft.faults) faults.add('BAD_INPUT', `${file.name}, line ${line}: ${fault}`)
  }
  faults.throwIfAny()
}

/** Tries every order without placing any. Rejects with all that the shop would refuse, together. */
export async function rehearseAll(file: RecordFile, place: PlaceDraft, signal: AbortSignal): Promise<ImportSummary> {
  const faults = new Faults(file.name, wayOut)
  const onReject = ({ ref, records, refusal }: DraftOrder, reason: string): void => faults.add(refusal?.code ?? 'BAD_INPUT', `order '${ref}' (line ${records[0]?.line ?? 0}): ${reason}`)
  const summary = await importOrders({ file, place, concurrency: 1, onError: 'skip', rejects: undefined, signal, onProgress: () => undefined, onReject })
  faults.throwIfAny()
  return summary
}
