import { ObservedDatabase, PooledDatabase } from '../../db/database.ts'
import type { Pool } from '../../db/pool/pool.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { KnownPrices } from './known-prices.ts'
import { OutcomeUnknown } from './exactly-once.ts'
import { type OrderRequest, type Placement, placeOrder, unknownPlacement } from './place-order.ts'
import { placeOrdersTogether } from './place-orders.ts'
import { QueuedOrder, type QueueOptions, Withdrawn } from './queued-order.ts'

/** A larger batch is no faster, and holds the rows of its products longer. */
const mostOrders = 24
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
  readonly #waiting = new Set<QueuedOrder>()
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
  place(request: OrderRequest, options: QueueOptions = {}): Promise<Placement> {
    if (options.signal?.aborted === true) return Promise.reject(new Withdrawn(options.signal.reason))
    const order = new QueuedOrder(request, options, this.#withdraw)
    this.#waiting.add(order)
    this.#sendSoon()
    return order.answer
  }

  readonly #withdraw = (order: QueuedOrder): void => void this.#waiting.delete(order)

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
    const orders = this.#waiting.size + this.#keys.size
    const lanes = this.#lanes.countFor(orders)
    const share = Math.ceil(orders / lanes)
    while (this.#batches < lanes && this.#waiting.size > 0) {
      const batch = this.#nextBatch(Math.min(mostOrders, share))
      if (batch.length === 0) return
      for (const order of batch) {
        this.#waiting.delete(order)
        this.#keys.add(order.request.key)
      }
      this.#batches += 1
      void this.#place(batch).finally(() => this.#done(batch))
    }
  }

  #done(batch: readonly QueuedOrder[]): void {
    for (const { request } of batch) this.#keys.delete(request.key)
    this.#batches -= 1
    if (this.#waiting.size > 0) this.#sendSoon()
  }

  /** The next orders whose keys are neither in the batch nor in flight: the first order with a key decides. */
  #nextBatch(most: number): QueuedOrder[] {
    const keys = new Set<string>()
    const batch: QueuedOrder[] = []
    let scanned = 0
    for (const order of this.#waiting) {
      if (batch.length === most || scanned === mostScanned) break
      scanned += 1
      const { request } = order
      const first = batch[0] ?? order
      if (this.#keys.has(request.key) || keys.has(request.key) || !canShare(request, first.request)) continue
      keys.add(request.key)
      batch.push(order)
    }
    return batch
  }

  /** Places a batch, and answers each of its orders. Never rejects. */
  async #place(batch: readonly QueuedOrder[]): Promise<void> {
    const [only] = batch
    if (only !== undefined && batch.length === 1) return this.#placeAlone(only)
    const requests = batch.map(({ request }) => request)
    let sentAt = performance.now()
    const sending = this.#sending(batch, () => (sentAt = performance.now()))
    try {
      const placements = await placeOrdersTogether(sending, requests, {
        prices: this.#prices,
        onPlaced: (serverMs) => this.#lanes.measured(performance.now() - sentAt, serverMs),
      })
      const rest = batch.filter((order, index) => {
        const placement = placements[index]
        if (placement !== undefined) order.resolve(placement)
        return placement === undefined
      })
      await this.#placeRest(rest, batch.length)
    } catch (error) {
      const kept = batch.filter(({ state }) => state !== 'withdrawn')
      if (error instanceof Withdrawn) await (kept.length > 0 && this.#place(kept))
      else if (error instanceof DbtoolError && causedByOne.has(error.code))
        await Promise.all(batch.map((order) => this.#placeAlone(order)))
      else for (const order of batch) order.reject(ofOneOrder(error, order.request))
    }
  }

  /** A batch that was refused as a whole is halved, so that a few refused orders cost little; others go alone. */
  async #placeRest(rest: readonly QueuedOrder[], of: number): Promise<void> {
    const half = Math.ceil(rest.length / 2)
    if (rest.length === of && half > 1) {
      await this.#place(rest.slice(0, half))
      await this.#place(rest.slice(half))
    } else for (const order of rest) await this.#placeAlone(order)
  }

  async #placeAlone(order: QueuedOrder): Promise<void> {
    try {
      order.resolve(await placeOrder(this.#sending([order]), order.request))
    } catch (error) {
      order.reject(error)
    }
  }

  /** The database for a batch. Its orders are sent as soon as it has a connection, unless one was withdrawn. */
  #sending(batch: readonly QueuedOrder[], onSend?: () => void): Queries {
    const send = (): void => {
      if (batch.some(({ state }) => state === 'withdrawn')) throw new Withdrawn()
      for (const order of batch) order.sent(batch.length)
      onSend?.()
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
const growth = 1.001
/** The part of a way that is no network: a message is written and read, and threads are woken. In milliseconds. */
const localMs = 0.5
/** The first batches decide nothing: their code may not be compiled, and the processor may be busy. */
const leastBatches = 16

/**
 * The number of batches in flight. There are two for more orders than one batch takes: the client then prepares one
 * while the server works on the other. For fewer orders, one batch costs less than two halves. A way to the server that
 * is longer than its work needs more.
 */
class Lanes {
  /** The time of a sent batch outside the server, at its shortest: all else is waiting for a busy processor. */
  #wayMs = Infinity
  #serverMs = 0
  #batches = 0

  countFor(orders: number): number {
    const busy = orders > mostOrders ? 2 : 1
    if (this.#batches < leastBatches) return busy
    return Math.min(mostLanes, busy + Math.floor(Math.max(0, this.#wayMs - localMs) / this.#serverMs))
  }

  /** Both times of one batch are in milliseconds. */
  measured(elapsedMs: number, serverMs: number): void {
    const workMs = Math.max(serverMs, 0.1)
    this.#serverMs = this.#batches === 0 ? workMs : this.#serverMs + weight * (workMs - this.#serverMs)
    this.#batches += 1
    this.#wayMs = Math.min(this.#wayMs * growth, elapsedMs - serverMs)
  }
}
