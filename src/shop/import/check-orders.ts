import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { checkedRecords, checkRecordFile } from '../../files/check.ts'
import type { RecordFile } from '../../files/record-file.ts'
import { importOrders } from './import-orders.ts'
import { groupOrders, type DraftOrder } from './order-groups.ts'
import type { PlaceDraft } from './placer.ts'
import type { ImportSummary } from './tally.ts'

const faultsShown = 20
const wayOut = 'nothing was changed; mend the file, or leave such orders out with --on-error skip --rejects FILE'

/** The faults of one file, counted, the first of them kept. */
class Faults {
  readonly #first: string[] = []
  readonly #codes = new Set<ErrorCode>()
  #count = 0

  constructor(private readonly fileName: string) {}

  add(code: ErrorCode, fault: string): void {
    this.#count += 1
    this.#codes.add(code)
    if (this.#first.length < faultsShown) this.#first.push(fault)
  }

  /** Rejects with all of them together; faults of several kinds are BAD_INPUT. */
  throwIfAny(): void {
    const [first] = this.#first
    if (first === undefined) return
    const [code = 'BAD_INPUT', ...others] = this.#codes
    const more = this.#count - this.#first.length
    const message = this.#count === 1 ? first : `${this.fileName} was not imported: ${this.#count} faults`
    throw new DbtoolError(others.length > 0 ? 'BAD_INPUT' : code, message, { faults: more > 0 ? [...this.#first, `and ${more} more`] : this.#first, hint: wayOut })
  }
}

/** Reads the file once. Rejects with BAD_INPUT for a fault of its structure and, if asked, for all the faults of its orders. */
export async function checkFile(file: RecordFile, { orders, signal }: { orders: boolean; signal: AbortSignal }): Promise<void> {
  if (!orders) {
    await checkRecordFile(file, { signal })
    return
  }
  const faults = new Faults(file.name)
  for await (const draft of groupOrders(checkedRecords(file, { signal }))) {
    for (const [line, fault] of draft.faults) faults.add('BAD_INPUT', `${file.name}, line ${line}: ${fault}`)
  }
  faults.throwIfAny()
}

/** Tries every order without placing any. Rejects with all that the shop would refuse, together. */
export async function rehearseAll(file: RecordFile, place: PlaceDraft, signal: AbortSignal): Promise<ImportSummary> {
  const faults = new Faults(file.name)
  const onReject = ({ ref, records, refusal }: DraftOrder, reason: string): void => faults.add(refusal?.code ?? 'BAD_INPUT', `order '${ref}' (line ${records[0]?.line ?? 0}): ${reason}`)
  const summary = await importOrders({ file, place, concurrency: 1, onError: 'skip', rejects: undefined, signal, onProgress: () => undefined, onReject })
  faults.throwIfAny()
  return summary
}
