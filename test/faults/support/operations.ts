import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PooledDatabase, type Database } from '../../../src/db/database.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../../src/db/pool/pool.ts'
import { appliedMigrations } from '../../../src/db/migrations/schema-state.ts'
import type { Limits, Target } from '../../../src/db/target.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { OrderQueue } from '../../../src/shop/orders/order-queue.ts'
import { placeOrder } from '../../../src/shop/orders/place-order.ts'
import { dbtool } from '../../support/cli.ts'

/** The answer to a client. */
export interface ClientAnswer {
  readonly answer: 'acknowledged' | 'refused' | 'unknown'
  /** Explains a failure of the test. */
  readonly detail: string
}

/** Where and on what an operation works. */
export interface Shop {
  readonly userId: number
  readonly productId: number
  /** For files. */
  readonly folder: string
}

/**
 * One thing that a client does over a network that may break. To have another one cut everywhere, add it to the table.
 */
export interface Operation {
  readonly name: string
  /** The number of rows that `count` finds once it was applied. */
  readonly rows: number
  /** A query with one `?`, the tag of a run, that counts its rows. */
  readonly count: string
  /** Whether a loss ends it only while the shop is being opened; later it is waited for. */
  readonly persists: boolean
  /** In `npm test`, only every nth packet is hit, each time others; in the long form, all are. */
  readonly everyNth: number
  /** How often the network may break: after `stays away`, nobody can be asked any more. */
  readonly afterwards: readonly ('recovers' | 'stays away')[]
  /** What has to be there before: resolves to what `run` is to work on. */
  prepare?(db: Database, shop: Shop, tag: string): Promise<string>
  run(target: Target, shop: Shop, tag: string, subject: string): Promise<ClientAnswer>
}

/** Short, so that a hanging line is given up soon. */
export const limits: Limits = { connectTimeoutMs: 3_000, statementTimeoutMs: 500, lockWaitMs: 1_000 }
const patienceMs = 300
const author = { osUser: 'tester', command: 'test' }

/** The answer that an error gives to a client who must decide whether the order exists. */
export function answerOf(error: unknown): ClientAnswer {
  if (!(error instanceof DbtoolError)) throw error
  return { answer: error.exitCode === 9 ? 'unknown' : 'refused', detail: `${error.code}: ${error.message}` }
}

/** One connection, so that the packets come in the same sequence every time. */
export function environmentOf(target: Target): Record<string, string> {
  return {
    DBTOOL_HOME: '/nowhere',
    DB_USER: target.user,
    DB_NAME: target.database ?? '',
    DB_POOL_SIZE: '1',
    DB_MAX_OVERFLOW: '0',
    DB_CONNECT_TIMEOUT: `${limits.connectTimeoutMs}ms`,
    DB_STATEMENT_TIMEOUT: `${limits.statementTimeoutMs}ms`,
    DB_SSL_MODE: 'disabled',
    ...(target.socket === undefined
      ? { DB_HOST: target.host, DB_PORT: String(target.port) }
      : { DB_SOCKET: target.socket }),
  }
}

async function typed(argv: readonly string[], target: Target): Promise<ClientAnswer> {
  const { exitCode, stderr } = await dbtool(argv, { env: environmentOf(target) })
  return {
    answer: exitCode === 0 ? 'acknowledged' : exitCode === 9 ? 'unknown' : 'refused',
    detail: `exit ${exitCode} ${stderr}`,
  }
}

/** What every command does first; `opened` is called before it closes. */
export async function openShop(target: Target, opened: () => void): Promise<void> {
  const pool = openPool('fair', { target, limits, options: { ...defaultPoolOptions, size: 1, maxOverflow: 0 } })
  await appliedMigrations(new PooledDatabase(pool))
  opened()
  await pool.close()
}

const ordersOfKey = 'SELECT COUNT(*) AS n FROM orders WHERE idempotency_key = ?'

export const operations: readonly Operation[] = [
  {
    name: 'orders place',
    rows: 1,
    count: ordersOfKey,
    persists: true,
    everyNth: 2,
    afterwards: ['recovers'],
    run: (target, { userId, productId }, tag) =>
      typed(
        ['orders', 'place', '--user', String(userId), '--item', `${productId}:2`, '--idempotency-key', tag, '--json'],
        target,
      ),
  },
  {
    name: 'orders import of three orders, with users and products to create',
    rows: 3,
    count: "SELECT COUNT(*) AS n FROM orders WHERE idempotency_key LIKE CONCAT('import:', ?, '-%')",
    persists: true,
    everyNth: 7,
    afterwards: ['recovers'],
    run: (target, { folder }, tag) => {
      const path = join(folder, `${tag}.csv`)
      const lines = [1, 2, 3].flatMap((order) =>
        [1, 2].map((line) => `${tag}-${order},${tag}_${order % 2},${tag}-P${line},${order},1.50`),
      )
      writeFileSync(path, `order_ref,user,sku,quantity,price\n${lines.join('\n')}\n`)
      return typed(['orders', 'import', path, '--create-missing', '--initial-stock', '1000', '--json'], target)
    },
  },
  {
    name: 'orders cancel',
    rows: 1,
    count: "SELECT COUNT(*) AS n FROM orders WHERE idempotency_key = ? AND status = 'cancelled'",
    persists: true,
    everyNth: 2,
    afterwards: ['recovers'],
    prepare: async (db, { userId, productId }, tag) => {
      const { orderId } = await placeOrder(db, {
        userId,
        lines: [{ productId, quantity: 2 }],
        key: tag,
        status: 'confirmed',
        author,
      })
      return String(orderId)
    },
    run: (target, _shop, _tag, order) => typed(['orders', 'cancel', order, '--json'], target),
  },
  {
    name: 'placeOrder over a pool, without much patience',
    rows: 1,
    count: ordersOfKey,
    persists: false,
    everyNth: 2,
    afterwards: ['recovers', 'stays away'],
    run: async (target, { userId, productId }, tag) => {
      const pool = openPool('fair', { target, limits, options: { ...defaultPoolOptions, size: 1, maxOverflow: 0 } })
      const request = {
        userId,
        lines: [{ productId, quantity: 1 }],
        key: tag,
        status: 'confirmed',
        author,
      } as const
      try {
        const { orderId } = await placeOrder(new PooledDatabase(pool, { patienceMs }), request)
        return { answer: 'acknowledged', detail: `order ${orderId}` }
      } catch (error) {
        return answerOf(error)
      } finally {
        await pool.close(0)
      }
    },
  },
  {
    name: 'four orders that wait together',
    rows: 4,
    count: "SELECT COUNT(*) AS n FROM orders WHERE idempotency_key LIKE CONCAT(?, '-%')",
    persists: false,
    everyNth: 2,
    afterwards: ['recovers', 'stays away'],
    run: async (target, { userId, productId }, tag) => {
      const pool = openPool('fair', { target, limits, options: { ...defaultPoolOptions, size: 1, maxOverflow: 0 } })
      const queue = new OrderQueue(new PooledDatabase(pool, { patienceMs }))
      const placements = await Promise.allSettled(
        [1, 2, 3, 4].map((n) =>
          queue.place({
            userId,
            lines: [{ productId, quantity: n }],
            key: `${tag}-${n}`,
            status: 'confirmed',
            author,
          }),
        ),
      )
      await pool.close(0)
      const answers = placements.map((placement): ClientAnswer =>
        placement.status === 'fulfilled'
          ? { answer: 'acknowledged', detail: `order ${placement.value.orderId}` }
          : answerOf(placement.reason),
      )
      const [first] = answers as [ClientAnswer, ...ClientAnswer[]]
      const contradicting = answers.filter(({ answer }) => answer !== first.answer)
      if (contradicting.length > 0) throw new Error(`one batch, several answers: ${JSON.stringify(answers)}`)
      return first
    },
  },
]
