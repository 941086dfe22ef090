import type { Database } from '../../db/database.ts'
import type { Queries } from '../../db/queries.ts'
import { hintToContinue } from '../../db/retry-table.ts'
import { DbtoolError } from '../../errors.ts'
import type { RejectsFile } from '../../files/rejects.ts'
import type { Author } from '../logs.ts'
import { toCents } from '../orders/money.ts'
import { documentOf } from '../orders/place-order.sql.ts'
import { OutOfStock } from '../orders/place-order.ts'
import { type Decision, decideOrders, type OrderPolicy } from './decide-orders.ts'
import { type DraftOrder, draftOrders, type DraftRules, reasonOf } from './draft-order.ts'
import { Faults } from './draft-row.ts'
import { type KnownOrders, ShopMemory } from './known-shop.ts'
import { InOrder } from './in-order.ts'
import { oneAhead } from './one-ahead.ts'
import type { OrderGroups } from './order-groups.ts'
import { type OrderSummary, orderSummary, OrderTally } from './tally.ts'
import { OrderWriter } from './write-orders.ts'

export interface OrderImport {
  readonly fileName: string
  readonly orders: OrderGroups
  readonly rules: DraftRules
  readonly policy: OrderPolicy
  /** The ids of users whom the file does not name. */
  readonly guests: ReadonlyMap<string, number>
  readonly db: Database
  readonly author: Author
  /** Number of concurrent transactions. */
  readonly concurrency: number
  /** `abort`: nothing is placed if any order would be rejected. */
  readonly onError: 'abort' | 'skip'
  /** Decides everything and places nothing. */
  readonly dryRun: boolean
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytesRead: number, counts: OrderTally['counts']) => void
  readonly onReject: (draft: DraftOrder, reason: string) => void
  /** Receives the notes of the orders that are placed, or exist. */
  readonly onNote: (draft: DraftOrder, note: string) => void
}

/**
 * Places the orders of a file. Each order is placed completely or not at all, and only once however often the file is
 * imported. Resolves to the counts; rejects with the error that stopped the import. A second run continues from there.
 */
export async function importOrders(plan: OrderImport): Promise<OrderSummary> {
  if (plan.onError === 'abort') {
    const summary = await checkAll(plan)
    if (plan.dryRun) return summary
  }
  return pass(plan, { dryRun: plan.dryRun, onReject: (result) => recordRejected(plan, result) })
}

/** Decides about every order. Resolves to the counts; rejects with all the rejects together. */
async function checkAll(plan: OrderImport): Promise<OrderSummary> {
  const { fileName } = plan
  const faults = new Faults(fileName, () => 'or skip such orders with --on-error skip --rejects FILE')
  const summary = await pass(
    { ...plan, onError: 'skip', onProgress: () => undefined, ...(plan.dryRun ? {} : { onNote: () => undefined }) },
    {
      dryRun: true,
      onReject: ({ draft, error }) => {
        for (const [line, fault] of draft.faults) faults.add('BAD_INPUT', `${fileName}, line ${line}: ${fault}`)
        if (draft.faults.size === 0)
          faults.add(error.code, `order '${draft.ref}' (line ${lineOf(draft)}): ${error.message}`, hintInFile(error))
        return Promise.resolve()
      },
    },
  )
  faults.throwIfAny()
  return summary
}

/** The flags that import such orders; the hint of a single order names other commands. */
function hintInFile(error: DbtoolError): string | undefined {
  if (error instanceof OutOfStock && error.shortages.every(({ is_active }) => is_active === 0)) return saleHint
  if (error.code === 'OUT_OF_STOCK') return stockHint
  return error.code === 'NOT_FOUND' ? error.hint : undefined
}

const saleHint =
  'put products on sale again with dbtool products update SKU --active, or import earlier orders with --history'

const stockHint =
  'give created products a stock with --initial-stock, restock the others, or leave all stock as it is with --history'

interface Pass {
  readonly dryRun: boolean
  /** Receives the rejected orders in the order of the file. */
  readonly onReject: (rejected: Rejected) => Promise<void>
}

interface Rejected {
  readonly draft: DraftOrder
  readonly error: DbtoolError
}

/** Reads the file once, decides about its orders and, unless it is a dry run, places them. */
async function pass(plan: OrderImport, { dryRun, onReject }: Pass): Promise<OrderSummary> {
  const { db, signal, author, policy, guests } = plan
  const tally = new OrderTally()
  const memory = new ShopMemory(db, { dryRun, guests })
  const writer = new OrderWriter(db, memory, author, policy)
  const batches = decided(plan, memory, tally)
  // The rejects have the same order on every run, and the lines of one order stay together.
  const rejected = new InOrder<Rejected>(onReject)
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    while (failures.length === 0 && !signal.aborted) {
      const next = await batches.next()
      if (next.done === true) return
      const decisions = plan.dryRun ? next.value : await finalRejects(writer, next.value)
      const applied = dryRun ? await sendable(db, decisions) : await apply(writer, decisions)
      for (const decision of applied) {
        count(tally, decision)
        if (decision.outcome !== 'reject') for (const note of decision.notes) plan.onNote(decision.draft, note)
        await rejected.complete(decision.draft.index, decision.outcome === 'reject' ? decision : undefined)
        if (decision.outcome === 'reject' && plan.onError === 'abort') throw stopped([decision.draft], decision.error)
      }
    }
  }
  const workers = Array.from({ length: dryRun ? 1 : plan.concurrency }, work)
  await Promise.all(workers.map((one) => one.catch((error: unknown) => failures.push(error))))
  await rejected.finish()
  if (signal.aborted) throw interrupted(tally.counts.orders_placed, dryRun)
  if (failures.length > 0) throw failures[0]
  return orderSummary(tally)
}

/** Yields the decisions about the orders of the file, batch by batch and in its order. */
async function* decided(
  { orders, rules, policy, signal, onProgress }: OrderImport,
  memory: ShopMemory,
  tally: OrderTally,
): AsyncGenerator<readonly Decision[], void, undefined> {
  const groups = orders.groups(signal, (bytes) => onProgress(bytes, tally.counts))
  for await (const { drafts, sound, existing } of oneAhead(withOrders(memory, inBatches(draftOrders(groups, rules))))) {
    const known = await memory.read(sound, existing).catch(stop(drafts))
    const { decisions, effects } = decideOrders(drafts, known, policy)
    memory.remember(effects)
    yield decisions
  }
}

interface ReadBatch {
  readonly drafts: readonly DraftOrder[]
  /** The orders without faults. */
  readonly sound: readonly DraftOrder[]
  readonly existing: Promise<KnownOrders>
}

/** Yields the same batches, and starts reading the existing orders of each. */
async function* withOrders(
  memory: ShopMemory,
  batches: AsyncIterable<readonly DraftOrder[]>,
): AsyncGenerator<ReadBatch, void, undefined> {
  for await (const drafts of batches) {
    const sound = drafts.filter(({ faults }) => faults.size === 0)
    yield { drafts, sound, existing: memory.readOrders(sound) }
  }
}

const linesInAnyPacket = 200
/** The ids of products that a dry run does not create; ids have about as many digits. */
const someProductId = 1_000_000

/** An order is one message, which the server may refuse for its length: a long order is measured on a connection. */
async function sendable(queries: Queries, decisions: readonly Decision[]): Promise<readonly Decision[]> {
  const checked: Decision[] = []
  for (const decision of decisions) {
    const { outcome, draft } = decision
    const isLong = outcome === 'place' && draft.lines.length > linesInAnyPacket
    const error = isLong ? await measured(queries, draft) : undefined
    checked.push(error === undefined ? decision : { outcome: 'reject', draft, error })
  }
  return checked
}

/** Resolves to the error for an order that the server does not accept, undefined if it does. */
async function measured(queries: Queries, { lines }: DraftOrder): Promise<DbtoolError | undefined> {
  const document = documentOf(lines.map(({ quantity, price }) => ({ productId: someProductId, quantity, price })))
  return queries.prepared('DO LENGTH(?)', [document]).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DbtoolError && error.code === 'TOO_LARGE') return error
      throw error
    },
  )
}

async function finalRejects(writer: OrderWriter, decisions: readonly Decision[]): Promise<readonly Decision[]> {
  return writer.finalRejects(decisions).catch(stop(decisions.map(({ draft }) => draft)))
}

/** Places the orders that are to be placed; an order that the shop refuses meanwhile is rejected. */
async function apply(writer: OrderWriter, decisions: readonly Decision[]): Promise<readonly Decision[]> {
  const drafts = decisions.flatMap(({ outcome, draft }) => (outcome === 'place' ? [draft] : []))
  const outcomes = await writer.apply(drafts).catch(stop(drafts))
  const outcomeOf = new Map(drafts.map((draft, index) => [draft, outcomes[index]]))
  return decisions.map((decision): Decision => {
    const outcome = outcomeOf.get(decision.draft)
    if (outcome === undefined) return decision
    const { draft } = decision
    if (outcome instanceof DbtoolError) return { outcome: 'reject', draft, error: outcome }
    const { totalAmount } = outcome
    if (outcome.outcome === 'existing' || decision.outcome !== 'place')
      return { outcome: 'existing', draft, totalAmount, notes: [], otherNames: [] }
    return { ...decision, totalAmount }
  })
}

function count(tally: OrderTally, decision: Decision): void {
  const { outcome, draft } = decision
  tally.add({ lines_read: draft.linesRead })
  if (outcome !== 'reject') {
    tally.addAmounts(draft.notImported, draft.difference)
    tally.names.add(decision.otherNames)
  }
  if (outcome === 'reject') tally.add({ orders_rejected: 1 })
  else if (outcome === 'existing') tally.add({ orders_existing: 1 })
  else if (draft.status === 'cancelled') tally.add({ orders_placed: 1, lines_placed: draft.lines.length })
  else {
    const units = draft.lines.reduce((sum, { quantity }) => sum + quantity, 0)
    tally.add({ orders_placed: 1, lines_placed: draft.lines.length, units })
    tally.addRevenue(toCents(decision.totalAmount))
  }
}

async function recordRejected({ rejects, onReject }: OrderImport, { draft, error }: Rejected): Promise<void> {
  const reason = (line: number): string => (draft.faults.size > 0 ? reasonOf(draft, line) : error.message)
  onReject(draft, reason(lineOf(draft)))
  // One line of NDJSON may hold several records.
  const lines = draft.records.filter(({ line }, index, all) => line !== all[index - 1]?.line)
  if (rejects !== undefined) await Promise.all(lines.map((record) => rejects.add(record, reason(record.line))))
}

const continueHint = 'run it again to continue: no order is placed twice'

/** The first pass of an import that changes nothing on any fault is a dry run, too. */
const interrupted = (placed: number, dryRun: boolean): DbtoolError =>
  dryRun
    ? new DbtoolError('INTERRUPTED', 'interrupted while the file was checked; nothing was changed')
    : new DbtoolError('INTERRUPTED', `interrupted after ${placed} orders`, { hint: continueHint })

/** Throws the error for a failure that stops the import; it names the orders that were in work. */
const stop =
  (drafts: readonly DraftOrder[]) =>
  (error: unknown): never => {
    throw error instanceof DbtoolError ? stopped(drafts, error, hintToContinue(error, continueHint)) : error
  }

function stopped(
  drafts: readonly DraftOrder[],
  cause: DbtoolError,
  hint = 'other orders were placed, and a second run does not place them again; ' +
    'skip such orders with --on-error skip',
): DbtoolError {
  const [first, last] = [drafts[0], drafts.at(-1)]
  const what =
    first === last
      ? `order '${first?.ref ?? ''}' (line ${lineOf(first)})`
      : `orders '${first?.ref ?? ''}' to '${last?.ref ?? ''}' (from line ${lineOf(first)})`
  return new DbtoolError(cause.code, `${what}: ${cause.message}`, { cause, hint })
}

const lineOf = (draft: DraftOrder | undefined): number => draft?.line ?? 0

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
