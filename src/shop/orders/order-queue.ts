import { ObservedDatabase, PooledDatabase } from '../../db/database.ts'
import type { Pool } from '../../db/pool/pool.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { KnownPrices } from './known-prices.ts'
import { OutcomeUnknown } from './exactly-once.ts'
import { type OrderRequest, type Placement, placeOrder, unknownPlacement } from './place-order.ts'
import { placeOrdersTogether } from './place-orders.ts'

/** Withdraws an order, and makes its batch begin again without it. */
class Withdrawn extends DbtoolError {
  constructor() {
    super('INTERRUPTED', 'the order was withdrawn before it was sent')
  }
}

/** An order that waits for its batch, or is in one. */
interface Entry {
  readonly request: OrderRequest
  /** `withdrawn`: its caller has the answer already, and it must not be sent. */
  state: 'waiting' | 'sent' | 'withdrawn'
  /** Called when the order is sent, with the number of orders in its batch. */
  readonly sent: (together: number) => void
  readonly resolve: (placement: Placement) => void
  readonly reject: (error: unknown) => void
}

export interface QueueOptions {
  /** Withdraws an order that still waits; its promise rejects with INTERRUPTED. A sent order gets its answer. */
  readonly signal?: AbortSignal | undefined
  /** Receives the number of orders that are sent together with this one, itself included. */
  readonly onSent?: ((together: number) => void) | undefined
}

/** A larger batch is hardly faster, and holds the rows of its products longer. */
const mostOrders = 32
/** A scan of the waiting orders ends here, so that a long queue does not cost more for each batch. */
const mostScanned = 4 * mostOrders
/** Errors that one order can cause for its whole batch; each order is then placed separately. */
const causedByOne: ReadonlySet<ErrorCode> = new Set(['LOCK_TIMEOUT', 'STATEMENT_TIMEOUT', 'DEADLOCK'])

/**
 * Places orders that wait at the same time together: a batch is one transaction, one round trip and one durable commit.
 * An order that finds a free lane is sent at once. Each order is placed completely or not at all, and exactly once per
 * key, as by {@link placeOrder}: a refusal concerns one order, never its neighbours.
 */
export class OrderQueue {
  readonly #waiting = new Set<Entry>()
  readonly #lanes = new Lanes()
  readonly #prices = new KnownPrices()
  /** The keys of the orders in flight. */
  readonly #keys = new Set<string>()
  #batches = 0
  #scheduled = false

  /** `connecting` makes a database that says when a statement has its connection. */
  constructor(
    private readonly queries: Queries,
    private readonly connecting?: (onConnected: () => void) => Queries,
  ) {}

  /** Places one order; resolves and rejects as {@link placeOrder} does. */
  place(request: OrderRequest, { signal, onSent }: QueueOptions = {}): Promise<Placement> {
    return new Promise((resolve, reject) => {
      const withdraw = (): void => {
        if (entry.state !== 'waiting') return
        entry.state = 'withdrawn'
        this.#waiting.delete(entry)
        reject(new Withdrawn())
      }
      const sent = (together: number): void => {
        if (entry.state !== 'waiting') return
        entry.state = 'sent'
        signal?.removeEventListener('abort', withdraw)
        onSent?.(together)
      }
      const entry: Entry = { request, state: 'waiting', sent, resolve, reject }
      this.#waiting.add(entry)
      if (signal?.aborted === true) withdraw()
      else signal?.addEventListener('abort', withdraw, { once: true })
      this.#sendSoon()
    })
  }

  /** Sends after the callers that run now, so that all their orders are considered together. */
  #sendSoon(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(() => {
      this.#scheduled = false
      this.#send()
    })
  }

  /**
   * Fills the free lanes with the orders that wait now. No batch takes more than its share of all orders. Otherwise
   * callers that are answered together would form one batch again and again, and the other lanes would be empty.
   */
  #send(): void {
    const share = Math.ceil((this.#waiting.size + this.#keys.size) / this.#lanes.count)
    while (this.#batches < this.#lanes.count && this.#waiting.size > 0) {
      const batch = this.#nextBatch(Math.min(mostOrders, share))
      if (batch.length === 0) return
      for (const entry of batch) {
        this.#waiting.delete(entry)
        this.#keys.add(entry.request.key)
      }
      this.#batches += 1
      void this.#place(batch).finally(() => this.#done(batch))
    }
  }

  #done(batch: readonly Entry[]): void {
    for (const { request } of batch) this.#keys.delete(request.key)
    this.#batches -= 1
    if (this.#waiting.size > 0) this.#sendSoon()
  }

  /** The next orders whose keys are neither in the batch nor in flight: the first order with a key decides. */
  #nextBatch(most: number): Entry[] {
    const keys = new Set<string>()
    const batch: Entry[] = []
    let scanned = 0
    for (const entry of this.#waiting) {
      if (batch.length === most || scanned === mostScanned) break
      scanned += 1
      const { request } = entry
      const first = batch[0] ?? entry
      if (this.#keys.has(request.key) || keys.has(request.key) || !canShare(request, first.request)) continue
      keys.add(request.key)
      batch.push(entry)
    }
    return batch
  }

  /** Places a batch, and answers each of its orders. Never rejects. */
  async #place(batch: readonly Entry[]): Promise<void> {
    const [only] = batch
    if (only !== undefined && batch.length === 1) return this.#placeAlone(only)
    const requests = batch.map(({ request }) => request)
    const began = performance.now()
    try {
      const placements = await placeOrdersTogether(this.#sending(batch), requests, {
        prices: this.#prices,
        onPlaced: (serverMs) => this.#lanes.measured(performance.now() - began, serverMs),
      })
      const rest = batch.filter((entry, index) => {
        const placement = placements[index]
        if (placement !== undefined) entry.resolve(placement)
        return placement === undefined
      })
      await this.#placeRest(rest, batch.length)
    } catch (error) {
      const kept = batch.filter(({ state }) => state !== 'withdrawn')
      if (error instanceof Withdrawn) await (kept.length > 0 && this.#place(kept))
      else if (error instanceof DbtoolError && causedByOne.has(error.code))
        await Promise.all(batch.map((entry) => this.#placeAlone(entry)))
      else for (const entry of batch) entry.reject(ofOneOrder(error, entry.request))
    }
  }

  /** A batch that was refused as a whole is halved, so that a few refused orders cost little; others go alone. */
  async #placeRest(rest: readonly Entry[], of: number): Promise<void> {
    const half = Math.ceil(rest.length / 2)
    if (rest.length === of && half > 1) {
      await this.#place(rest.slice(0, half))
      await this.#place(rest.slice(half))
    } else for (const entry of rest) await this.#placeAlone(entry)
  }

  async #placeAlone(entry: Entry): Promise<void> {
    await placeOrder(this.#sending([entry]), entry.request).then(entry.resolve, entry.reject)
  }

  /** The database for a batch. Its orders are sent as soon as it has a connection, unless one was withdrawn. */
  #sending(batch: readonly Entry[]): Queries {
    const send = (): void => {
      if (batch.some(({ state }) => state === 'withdrawn')) throw new Withdrawn()
      for (const { sent } of batch) sent(batch.length)
    }
    if (this.connecting !== undefined) return this.connecting(send)
    send()
    return this.queries
  }
}

const queues = new WeakMap<Pool, OrderQueue>()

/** The queue of a pool: all its orders wait in the same one. */
export function orderQueue(pool: Pool): OrderQueue {
  const queue =
    queues.get(pool) ??
    new OrderQueue(new PooledDatabase(pool), (onConnected) => new ObservedDatabase(pool, onConnected))
  queues.set(pool, queue)
  return queue
}

/** The log row of a batch has one author, and a dry run rolls its transaction back. */
function canShare(request: OrderRequest, first: OrderRequest): boolean {
  const { author, dryRun = false } = request
  if (request === first) return true
  return (
    !dryRun && first.dryRun !== true && author.osUser === first.author.osUser && author.command === first.author.command
  )
}

/** The error for one order of a batch. An unknown outcome names the key of this order. */
function ofOneOrder(error: unknown, { key }: OrderRequest): unknown {
  return error instanceof OutcomeUnknown ? new OutcomeUnknown(unknownPlacement(key), error.lost, error) : error
}

const mostLanes = 8
/** The weight of the latest batch in the moving average. */
const weight = 0.2
/** The shortest way so far is forgotten slowly, because a way can become longer. */
const growth = 1.01

/**
 * The number of batches in flight. It is one until a batch was measured, and then two: the client prepares one while
 * the server works on the other. A way that is longer than the work of the server needs more.
 */
class Lanes {
  /** The time that a batch spends outside the server, at its shortest: all else is waiting for a busy processor. */
  #wayMs = Infinity
  #serverMs = 0

  get count(): number {
    if (this.#serverMs === 0) return 1
    return this.#wayMs === Infinity ? 2 : Math.min(mostLanes, 2 + Math.floor(this.#wayMs / this.#serverMs))
  }

  /** Both times of one batch are in milliseconds. */
  measured(elapsedMs: number, serverMs: number): void {
    const workMs = Math.max(serverMs, 0.1)
    // The first batch also opens its connection.
    if (this.#serverMs === 0) this.#serverMs = workMs
    else {
      this.#serverMs += weight * (workMs - this.#serverMs)
      this.#wayMs = Math.max(0, Math.min(this.#wayMs * growth, elapsedMs - serverMs))
    }
  }
}
