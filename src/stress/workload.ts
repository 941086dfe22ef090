import { randomBytes, randomUUID } from 'node:crypto'
import type { Queries } from '../db/queries.ts'
import type { Lease } from '../db/pool/pool.ts'
import { DbtoolError } from '../errors.ts'
import type { Author } from '../shop/logs.ts'
import { placeOrder } from '../shop/orders/place-order.ts'
import { type Shard, singleShard } from './shard.ts'
import { chooser, type DataRow, drawn, parseStatement, type Statement } from './statement.ts'

/** What one iteration does on the connection that it got. */
export type Iterate = (lease: Lease) => Promise<unknown>

/** Statements as work, in plain data: threads can be told. */
interface StatementWork {
  readonly statements: readonly Statement[]
  /** Rows are taken in their order, from the first again after the last. */
  readonly data: readonly DataRow[]
}

/** A table of the work's own, in the database where the load is: what makes it, and what removes it. */
interface Scratch {
  readonly make: readonly string[]
  readonly remove: string
}

/** One of the statements each time, by their weights. Parts take different rows of the data. */
function iterateStatements({ statements, data }: StatementWork, { index, of }: Shard = singleShard): Iterate {
  const next = chooser(statements)
  let row = index - of
  return (lease) => {
    const { sql, parameters } = next()
    if (parameters.length === 0) return lease.rows(sql)
    row += of
    return lease.prepared(
      sql,
      parameters.map((parameter) => drawn(parameter, data[row % data.length])),
    )
  }
}

/** What needs nothing in the database. */
export const builtIn = {
  ping: 'DO 0',
  sleep: 'SELECT SLEEP(0.1)',
} as const

export const sqlWork = (sql: string): StatementWork => ({ statements: [parseStatement(sql)], data: [] })
export const iterateSql = (sql: string): Iterate => iterateStatements(sqlWork(sql))

const scratchRows = 10_000

/** One row of many by its key: read, or changed. In a table of its own, whose name no other run has. */
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
        `CREATE TABLE ${table} (id INT PRIMARY KEY, n INT NOT NULL, filler CHAR(84) NOT NULL) ENGINE = InnoDB COMMENT = 'of a dbtool pool stress; can be dropped when none is running'`,
        `INSERT INTO ${table} SELECT seq, 0, '' FROM seq_1_to_${scratchRows}`,
      ],
      remove: `DROP TABLE IF EXISTS ${table}`,
    },
  }
}

export interface OrdersOptions {
  /** Different products in an order. */
  readonly lines: number
  /** Orders draw on so many products, those with the lowest ids: few of them are wanted by all. */
  readonly products: number
}

/** Orders as work, in plain data. */
interface OrdersWork {
  readonly lines: number
  readonly userIds: readonly number[]
  readonly productIds: readonly number[]
  readonly author: Author
}

const mostUsers = 1_000

/**
 * Draws users and products of the existing shop for real orders: they take stock, and stay. Rejects with NOT_FOUND
 * without users, or with fewer products in stock than an order has lines.
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
      `orders of ${lines} lines need a user and ${lines} products in stock; there are ${userIds.length} and ${productIds.length}`,
      { hint: 'make a shop to play with: dbtool db seed' },
    )
  }
  return { lines, userIds, productIds, author }
}

function iterateOrders({ lines, userIds, productIds, author }: OrdersWork): Iterate {
  const one = (from: readonly number[]): number => from[Math.floor(Math.random() * from.length)] ?? 0
  return (lease) => {
    const chosen = new Set<number>()
    while (chosen.size < lines) chosen.add(one(productIds))
    return placeOrder(lease, {
      userId: one(userIds),
      lines: [...chosen].map((productId) => ({ productId, quantity: 1 })),
      key: `stress:${randomUUID()}`,
      status: 'confirmed',
      author,
    })
  }
}

/** What iterations do, in plain data: threads can be told. */
export type Work =
  | ({ readonly kind: 'statements'; readonly scratch?: Scratch } & StatementWork)
  | ({ readonly kind: 'orders' } & OrdersWork)

/** What one iteration of a part does. */
export function iterateWork(work: Work, part: Shard): Iterate {
  return work.kind === 'statements' ? iterateStatements(work, part) : iterateOrders(work)
}
