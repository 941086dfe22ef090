import { setTimeout as sleep } from 'node:timers/promises'
import { PooledDatabase } from '../../../src/db/database.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../../src/db/pool/pool.ts'
import { defaultLimits } from '../../../src/db/target.ts'
import { DbtoolError, messageOf } from '../../../src/errors.ts'
import { placeOrder, type OrderRequest, type Placement } from '../../../src/shop/orders/place-order.ts'
import type { Chance } from '../../faults/support/chance.ts'
import type { GaleraNode } from '../../support/galera.ts'
import { connections, type Client } from './clients.ts'
import type { Fault, Nodes } from './faults.ts'

/** Products that sell out in each round, and others that do not. */
export const scarce = [1, 2, 3]
export const plentiful = [4, 5, 6, 7, 8]

/** What the users of one client were told in one round. */
export interface Answers {
  readonly tried: ReadonlyMap<string, OrderRequest>
  readonly acknowledged: Map<string, Placement>
  readonly refused: ReadonlySet<string>
  readonly unknown: ReadonlySet<string>
  /** Messages other than "out of stock", and how often each came. */
  readonly errors: ReadonlyMap<string, number>
  /** The longest time between two acknowledged orders, from the fault on. */
  readonly longestMs: number
}

interface Round {
  readonly name: string
  readonly chance: Chance
  readonly nodes: Nodes
  readonly fault: Fault
}

const breathMs = 2
/** Orders and time before the fault: a client is to be in its usual state. */
const leastOrders = 100
const warmUpMs = 1_500
/** Time after the fault in which a client must have noticed it. */
const leastMs = 2_500
const steadyMs = 700
const longestWaitMs = 25_000

/** Places orders on sixteen workers, breaks something, and goes on until orders are placed steadily again. */
export async function runRound(client: Client, { name, chance, nodes, fault }: Round): Promise<Answers> {
  const load = new Load(client, name, chance)
  const working = Promise.all(Array.from({ length: connections }, () => load.work()))
  try {
    await load.isUnderWay()
    load.beginsNow()
    await fault.strike(nodes)
    const struck = performance.now()
    const waited = (): number => performance.now() - struck
    while (waited() < leastMs || (!load.isSteady() && waited() < longestWaitMs)) await sleep(20)
  } finally {
    load.end()
    await working
  }
  return load
}

/** Orders of several workers, until the end. */
class Load implements Answers {
  readonly tried = new Map<string, OrderRequest>()
  readonly acknowledged = new Map<string, Placement>()
  readonly refused = new Set<string>()
  readonly unknown = new Set<string>()
  readonly errors = new Map<string, number>()
  #longestMs = 0
  #lastAt = performance.now()
  #steadySince = performance.now()
  #isOver = false

  constructor(
    private readonly client: Client,
    private readonly name: string,
    private readonly chance: Chance,
  ) {}

  get longestMs(): number {
    return this.#longestMs
  }

  /** Rejects if there are no orders even before the fault. */
  async isUnderWay(): Promise<void> {
    const began = performance.now()
    while (this.acknowledged.size < leastOrders || performance.now() - began < warmUpMs) {
      await sleep(20)
      if (performance.now() - began > longestWaitMs) throw new Error(`no orders: ${[...this.errors.keys()].join('; ')}`)
    }
  }

  /** From now on, the times between orders count. */
  beginsNow(): void {
    this.#longestMs = 0
  }

  isSteady(): boolean {
    const now = performance.now()
    return now - this.#lastAt < steadyMs / 2 && now - this.#steadySince >= steadyMs
  }

  end(): void {
    this.#isOver = true
    this.#measure()
  }

  async work(): Promise<void> {
    while (!this.#isOver) {
      await this.#placeOne(this.#randomOrder(`${this.name}-${this.tried.size}`))
      await sleep(breathMs)
    }
  }

  async #placeOne(request: OrderRequest): Promise<void> {
    this.tried.set(request.key, request)
    try {
      this.acknowledged.set(request.key, await this.client.place(request))
      if (!this.#isOver) this.#measure()
    } catch (error) {
      const code = error instanceof DbtoolError ? error.code : 'UNEXPECTED'
      if (code === 'OUTCOME_UNKNOWN') this.unknown.add(request.key)
      else this.refused.add(request.key)
      if (code === 'OUT_OF_STOCK') return
      const text = `${code}: ${messageOf(error)}`.replace(/\d{3,}|'[^']*'/g, 'N')
      this.errors.set(text, (this.errors.get(text) ?? 0) + 1)
    }
  }

  #measure(): void {
    const now = performance.now()
    const since = now - this.#lastAt
    if (since > steadyMs / 2) this.#steadySince = now
    this.#longestMs = Math.max(this.#longestMs, since)
    this.#lastAt = now
  }

  #randomOrder(key: string): OrderRequest {
    const { chance } = this
    const some = chance.shuffled(plentiful).slice(0, chance.between(1, 3))
    const productIds = chance.next() < 0.2 ? [chance.pick(scarce), ...some] : some
    const lines = productIds.map((productId) => ({ productId, quantity: chance.between(1, 3) }))
    return { userId: 1, lines, key, status: 'confirmed', author: { osUser: 'tester', command: 'torture' } }
  }
}

/**
 * Compares what the users were told in a round with the tables of every node, and asks again for what they did not
 * know. Resolves to sentences about what must never be.
 */
export async function auditRound(answers: Answers, nodes: readonly GaleraNode[]): Promise<string[]> {
  const { tried, acknowledged, refused } = answers
  await resolveUnknown(answers, nodes)
  const wrong: string[] = []
  for (const node of nodes) {
    const rows = await rowsOf(node, [...tried.keys()])
    for (const [key, { orderId, totalAmount }] of acknowledged) {
      const found = JSON.stringify(rows.get(key) ?? [])
      if (found !== JSON.stringify([{ id: orderId, total: totalAmount }]))
        wrong.push(`${key} was acknowledged as order ${orderId} of ${totalAmount}; on ${node.name} it is ${found}`)
    }
    for (const key of rows.keys())
      if (!acknowledged.has(key))
        wrong.push(`${key} exists on ${node.name}, and its user was told ${refused.has(key) ? 'a refusal' : 'nothing'}`)
  }
  return wrong
}

/** An order whose user does not know is asked for again, with its key. */
async function resolveUnknown({ unknown, tried, acknowledged }: Answers, [node]: readonly GaleraNode[]): Promise<void> {
  if (unknown.size === 0) return
  const options = { ...defaultPoolOptions, size: 1, maxOverflow: 0 }
  const pool = openPool('fair', { target: node!.target, limits: defaultLimits, options })
  try {
    for (const key of unknown) {
      const placement = await placeOrder(new PooledDatabase(pool), tried.get(key)!).catch(outOfStock)
      if (placement !== undefined) acknowledged.set(key, placement)
    }
  } finally {
    await pool.close(0)
  }
}

function outOfStock(error: unknown): undefined {
  if (!(error instanceof DbtoolError) || error.code !== 'OUT_OF_STOCK') throw error
}

interface OrderRow {
  readonly id: number
  readonly total: string
}

/** The orders with these keys on one node, after it has applied everything. */
async function rowsOf(node: GaleraNode, keys: readonly string[]): Promise<Map<string, OrderRow[]>> {
  const found = new Map<string, OrderRow[]>()
  await node.asOwner(async (owner) => {
    await owner.execute('SET wsrep_sync_wait = 1')
    const rows = await owner.rows<OrderRow & { ref: string }>(
      `SELECT o.id, o.total_amount AS total, o.idempotency_key AS ref FROM shop.orders o
       JOIN JSON_TABLE(?, '$[*]' COLUMNS (ref VARCHAR(255) CHARACTER SET utf8mb4 PATH '$')) wanted
         ON wanted.ref COLLATE utf8mb4_bin = o.idempotency_key`,
      [JSON.stringify(keys)],
    )
    for (const { id, total, ref } of rows) found.set(ref, [...(found.get(ref) ?? []), { id, total }])
  })
  return found
}
