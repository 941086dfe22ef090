import { randomBytes, randomUUID } from 'node:crypto'
import type { Queries } from '../db/queries.ts'
import { type Lease, type Pool, withLease } from '../db/pool/pool.ts'
import { DbtoolError } from '../errors.ts'
import type { Author } from '../shop/logs.ts'
import type { OrderRequest } from '../shop/orders/place-order.ts'
import { type Shard, singleShard } from './shard.ts'
import { tenThousand } from './ten-thousand.ts'
import { chooser, type DataRow, parameterValue, parseStatement, type Statement } from './statement.ts'

/** The work of one iteration on its connection. */
export type Iterate = (lease: Lease) => Promise<unknown>

/** The use of a connection by an iteration. */
export interface Hold {
  /** The connection, if the iteration has one for itself. */
  readonly lease?: Lease
  /** The part of a connection that the iteration uses, if it shares one; the default is 1. */
  readonly share?: number
  /** The position of the statement, if there are several. */
  readonly statement?: number | undefined
}

/** One iteration on a pool. It calls `onAcquired` when its work begins, which may throw to end it there. */
export type Perform = (pool: Pool, onAcquired: (hold: Hold) => void) => Promise<unknown>

/** An iteration that has a connection for itself. */
export const onLease =
  (iterate: Iterate): Perform =>
  (pool, onAcquired) =>
    withLease(pool, async (lease) => {
      onAcquired({ lease })
      return iterate(lease)
    })

/** A workload of statements, as plain data for threads. */
interface StatementWork {
  readonly statements: readonly Statement[]
  /** Iterations use the rows in order; after the last row, the first one follows. */
  readonly data: readonly DataRow[]
}

/** Statements that create and drop the scratch table of a workload. */
export interface Scratch {
  readonly make: readonly string[]
  readonly remove: string
}

/** Runs one of the statements in each iteration, by their weights. Shards use different rows of the data. */
function performStatements({ statements, data }: StatementWork, { index, of }: Shard = singleShard): Perform {
  const next = chooser(statements)
  const positions = new Map(statements.map((statement, position) => [statement, position]))
  let row = index - of
  return (pool, onAcquired) =>
    withLease(pool, async (lease) => {
      const chosen = next()
      onAcquired({ lease, statement: statements.length === 1 ? undefined : positions.get(chosen) })
      const { sql, parameters } = chosen
      if (parameters.length === 0) {
        await lease.rows(sql)
        return
      }
      row += of
      const values = parameters.map((parameter) => parameterValue(parameter, data[row % data.length]))
      await lease.prepared(sql, values)
    })
}

/** Workloads that need no table in the database. */
export const builtIn = {
  ping: 'DO 0',
  sleep: 'SELECT SLEEP(0.1)',
} as const

export const sqlWork = (sql: string): StatementWork => ({ statements: [parseStatement(sql)], data: [] })
/** Iterations that run one statement. */
export const performSql = (sql: string): Perform => performStatements(sqlWork(sql))

const scratchRows = 10_000

/** Reads or updates one row by its key, in a scratch table with a unique name. */
export function scratchWork(kind: 'read' | 'write'): StatementWork & { readonly scratch: Scratch } {
  const table = `dbtool_stress_${randomBytes(6).toString('hex')}`
  const sql =
    kind === 'read'
      ? `SELECT n, filler FROM ${table} WHERE id = {{random 1 ${scratchRows}}}`
      : `UPDATE ${table} SET n = n + 1 WHERE id = {{random 1 ${scratchRows}}}`
  return {
    ...sqlWork(sql),
    scratch: {
      make: [
        `CREATE TABLE ${table} (id INT PRIMARY KEY, n INT NOT NULL, filler CHAR(84) NOT NULL)
         ENGINE = InnoDB COMMENT = 'from dbtool pool stress; can be dropped when no load test is running'`,
        `INSERT INTO ${table} SELECT seq, 0, '' FROM ${tenThousand}`,
      ],
      remove: `DROP TABLE IF EXISTS ${table}`,
    },
  }
}

export interface OrdersOptions {
  /** The number of different products in an order. */
  readonly lines: number
  /** The number of products that orders choose from, by the lowest ids; fewer products mean more contention. */
  readonly products: number
}

/** A workload of orders, as plain data. */
interface OrdersWork {
  readonly lines: number
  readonly userIds: readonly number[]
  readonly productIds: readonly number[]
  readonly author: Author
}

const mostUsers = 1_000

/**
 * Selects users and products of the existing shop for real orders, which take stock and remain in the shop. Rejects
 * with NOT_FOUND if there are no users, or fewer products in stock than an order has lines.
 */
export async function ordersWork(
  queries: Queries,
  author: Author,
  { lines, products }: OrdersOptions,
): Promise<OrdersWork> {
  const ids = async (sql: string, most: number): Promise<number[]> =>
    (await queries.rows<{ id: number }>(sql, [most])).map(({ id }) => id)
  const userIds = await ids('SELECT id FROM users ORDER BY id LIMIT ?', mostUsers)
  const productIds = await ids('SELECT id FROM products WHERE is_active AND stock > 0 ORDER BY id LIMIT ?', products)
  if (userIds.length === 0 || productIds.length < lines) {
    throw new DbtoolError(
      'NOT_FOUND',
      `orders of ${lines} lines need a user and ${lines} products in stock; ` +
        `the shop has ${userIds.length} users and ${productIds.length} products in stock`,
      { hint: 'create a shop with test data: dbtool db seed' },
    )
  }
  return { lines, userIds, productIds, author }
}

/** Orders that wait at the same time are placed together, as every caller of the library places them. */
async function iterateOrders({ lines, userIds, productIds, author }: OrdersWork): Promise<Perform> {
  const { orderQueue } = await import('../shop/orders/order-queue.ts')
  const anyOf = (from: readonly number[]): number => from[Math.floor(Math.random() * from.length)] ?? 0
  return (pool, onAcquired) => {
    const chosen = new Set<number>()
    while (chosen.size < lines) chosen.add(anyOf(productIds))
    const request: OrderRequest = {
      userId: anyOf(userIds),
      lines: [...chosen].map((productId) => ({ productId, quantity: 1 })),
      key: `stress:${randomUUID()}`,
      isNewKey: true,
      status: 'confirmed',
      author,
    }
    return orderQueue(pool).place(request, { onSent: (together) => onAcquired({ share: 1 / together }) })
  }
}

/** The work of a load test, as plain data for threads. */
export type Work =
  | ({ readonly kind: 'statements'; readonly scratch?: Scratch } & StatementWork)
  | ({ readonly kind: 'orders' } & OrdersWork)

/** The iterations of one shard. */
export async function iterateWork(work: Work, shard: Shard): Promise<Perform> {
  return work.kind === 'statements' ? performStatements(work, shard) : iterateOrders(work)
}
