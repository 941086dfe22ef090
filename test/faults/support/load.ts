import { setTimeout as sleep } from 'node:timers/promises'
import { PooledDatabase, type Database } from '../../../src/db/database.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { writeLog } from '../../../src/shop/logs.ts'
import { moveOrder } from '../../../src/shop/orders/change-status.ts'
import { OrderQueue } from '../../../src/shop/orders/order-queue.ts'
import { placeOrder, type OrderRequest } from '../../../src/shop/orders/place-order.ts'
import { author, connections, openLoadPool, type World } from './world.ts'

/** A worker has its patience; workers with the same one place their orders through the same queue. */
interface Worker {
  readonly db: Database
  readonly queue: OrderQueue
}

/** What a worker does again and again, and how often in comparison with the others. To add one, add it to the table. */
interface Step {
  readonly weight: number
  run(world: World, worker: Worker, token: string): Promise<void>
}

const steps: Readonly<Record<string, Step>> = {
  'place an order': {
    weight: 16,
    run: (world, { queue }, token) => place(world, queue, randomOrder(world, token)),
  },
  'place one again that was acknowledged': {
    weight: 2,
    run: async ({ ledger, chance }, { db }) => {
      const [key, first] = chance.pick(
        [...ledger.acknowledged].slice(-50).concat([['', { outcome: 'placed', orderId: 0, totalAmount: '' }]]),
      )
      const request = ledger.tried.get(key)
      if (request === undefined) return
      const again = await placeOrder(db, request).catch(refusedForNow)
      if (again !== undefined && (again.outcome !== 'existing' || again.orderId !== first.orderId))
        ledger.wrong.push(`${key} was order ${first.orderId}, and asked again ${again.outcome} ${again.orderId}`)
    },
  },
  'ask for something else with a used key': {
    weight: 1,
    run: async ({ ledger, chance }, { queue }) => {
      const request = ledger.tried.get(chance.pick([...ledger.acknowledged.keys()].slice(-50).concat('')))
      if (request === undefined) return
      const other = { ...request, lines: request.lines.map((line) => ({ ...line, quantity: line.quantity + 1 })) }
      if ((await queue.place(other).catch(refusedForNow)) !== undefined)
        ledger.wrong.push(`${request.key} was taken for another order`)
    },
  },
  restock: {
    weight: 3,
    run: async ({ ledger, chance, productIds }, { db }, token) => {
      const [productId, units] = [chance.pick(productIds), chance.between(1, 20)]
      try {
        await db.transaction(async (tx) => {
          await tx.execute('UPDATE products SET stock = stock + ?, stock_received = stock_received + ? WHERE id = ?', [
            units,
            units,
            productId,
          ])
          await writeLog(tx, author, { entity: 'products', entityId: productId, message: token })
        })
        ledger.restocks.acknowledged.set(token, units)
      } catch (error) {
        if (codeOf(error) === 'OUTCOME_UNKNOWN') ledger.restocks.unknown.set(token, units)
        else ledger.restocks.refused.add(token)
      }
    },
  },
  'cancel an order': {
    weight: 3,
    run: async ({ ledger, chance }, { db }) => {
      const [key, { orderId }] = chance.pick(
        [...ledger.acknowledged].slice(-50).concat([['', { outcome: 'placed', orderId: 0, totalAmount: '' }]]),
      )
      if (key === '') return
      try {
        await moveOrder(db, { orderId, move: 'cancel', author })
        ledger.cancels.acknowledged.add(key)
      } catch (error) {
        if (codeOf(error) === 'OUTCOME_UNKNOWN') ledger.cancels.unknown.add(key)
      }
    },
  },
  'change a price': {
    weight: 1,
    run: async ({ chance, productIds }, { db }) => {
      await db
        .transaction((tx) =>
          tx.execute('UPDATE products SET price = ? WHERE id = ?', [
            `${chance.between(1, 40)}.${chance.between(10, 99)}`,
            chance.pick(productIds),
          ]),
        )
        .catch(refusedForNow)
    },
  },
}

function randomOrder({ chance, userIds, productIds }: World, key: string): OrderRequest {
  const lines = chance
    .shuffled(productIds)
    .slice(0, chance.between(1, 3))
    .map((productId) => ({ productId, quantity: chance.between(1, 3) }))
  return { userId: chance.pick(userIds), lines, key, status: 'confirmed', author }
}

async function place({ ledger }: World, queue: OrderQueue, request: OrderRequest): Promise<void> {
  ledger.tried.set(request.key, request)
  try {
    ledger.acknowledged.set(request.key, await queue.place(request))
  } catch (error) {
    const code = codeOf(error)
    if (code === 'OUTCOME_UNKNOWN') ledger.unknown.add(request.key)
    else ledger.refused.set(request.key, code)
  }
}

/** The code of an error for people; anything else is a fault of dbtool, and ends the test. */
export function codeOf(error: unknown): string {
  if (error instanceof DbtoolError && error.code !== 'UNEXPECTED') return error.code
  throw error
}

const refusedForNow = (error: unknown): undefined => void codeOf(error)

const breathMs = 2
/** Some ask for a moment only: then they do not know. */
const patiencesMs = [15_000, 15_000, 200]

/** Sixteen workers on as many connections, until `done`. */
export async function load(world: World, done: AbortSignal): Promise<void> {
  const pool = openLoadPool(world)
  const names = Object.entries(steps).flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name))
  let count = 0
  const kinds = patiencesMs.map((patienceMs): Worker => {
    const db = new PooledDatabase(pool, { patienceMs })
    return { db, queue: new OrderQueue(db) }
  })
  const worker = async (kind: Worker): Promise<void> => {
    while (!done.aborted) {
      count += 1
      await steps[world.chance.pick(names)]?.run(world, kind, `t${count}`)
      await sleep(breathMs)
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, (_, number) => worker(kinds[number % kinds.length]!)))
  } finally {
    await pool.close()
  }
}
