import type { Database } from '../db/database.ts'
import { withLease } from '../db/pool/pool.ts'
import type { Queries } from '../db/queries.ts'
import { transactionSnapshot } from '../db/snapshot.ts'
import { DbtoolError } from '../errors.ts'
import { counted, rowsOf, type Asked } from './report.ts'
import { sql, type Sql } from './sql.ts'

interface Order {
  readonly id: number
  readonly total_amount: string
  readonly created_at: Date
}

interface User {
  readonly id: number
  readonly username: string
}

interface Customer extends User {
  readonly orders: readonly Order[]
}

type Select = <T>(statement: Sql) => Promise<T[]>
/** Loads users with their orders, both by id; every strategy loads the same ones. */
export type Strategy = (select: Select, asked: Asked) => Promise<Customer[]>

const columns = sql`o.id, o.total_amount, o.created_at`
const users = (asked: Asked): Sql => sql`SELECT u.id, u.username FROM users u ORDER BY u.id LIMIT ${rowsOf(asked)}`

/** N + 1 statements: a loop over users that queries the orders of each. */
const oneByOne: Strategy = async (select, asked) => {
  const customers: Customer[] = []
  for (const user of await select<User>(users(asked))) {
    const orders = await select<Order>(
      sql`SELECT ${columns} FROM orders o WHERE o.user_id = ${user.id} AND ${counted(asked)} ORDER BY o.id`,
    )
    customers.push({ ...user, orders })
  }
  return customers
}

/** One statement; a user is repeated with each of their orders. */
const join: Strategy = async (select, asked) => {
  type Joined = { user_id: number; username: string } & (Order | { id: null })
  const rows = await select<Joined>(sql`SELECT u.id AS user_id, u.username, ${columns}
    FROM (${users(asked)}) AS u LEFT JOIN orders o ON o.user_id = u.id AND ${counted(asked)} ORDER BY u.id, o.id`)
  const customers = new Map<number, User & { orders: Order[] }>()
  for (const { user_id, username, ...order } of rows) {
    const customer = customers.get(user_id) ?? { id: user_id, username, orders: [] }
    customers.set(user_id, customer)
    if (order.id !== null) customer.orders.push(order)
  }
  return [...customers.values()]
}

/**
 * Two statements, and every row once. The ids of the users are one parameter of the second statement, whatever their
 * number.
 */
const secondQuery: Strategy = async (select, asked) => {
  const found = await select<User>(users(asked))
  const ids = JSON.stringify(found.map(({ id }) => id))
  const rows = await select<Order & { user_id: number }>(sql`SELECT o.user_id, ${columns} FROM orders o
    WHERE o.user_id IN (SELECT wanted.id FROM JSON_TABLE(${ids}, '$[*]' COLUMNS (id INT PATH '$')) AS wanted)
      AND ${counted(asked)}
    ORDER BY o.id`)
  const orders = new Map<number, Order[]>(found.map(({ id }) => [id, []]))
  for (const { user_id, ...order } of rows) orders.get(user_id)?.push(order)
  return found.map((user) => ({ ...user, orders: orders.get(user.id) ?? [] }))
}

export const strategies: Readonly<Record<string, Strategy>> = {
  'one-by-one': oneByOne,
  join,
  'second-query': secondQuery,
}

export interface Cost {
  readonly strategy: string
  readonly statements: number
  /** Rows received over the network. */
  readonly rows: number
  readonly ms: number
}

/**
 * Measures each strategy, one after the other in one snapshot, so that all can load the same rows. Resolves to their
 * costs, to none if there are no users. Rejects with UNEXPECTED if a strategy loaded other rows.
 */
export function compareStrategies(db: Database, asked: Asked, compared = strategies): Promise<Cost[]> {
  return withLease(db.pool, (lease) =>
    transactionSnapshot(lease, async (queries) => {
      // A warm-up that is not counted: otherwise the first strategy would pay for reading from disk.
      const { customers } = await measured(queries, asked, ['join', join])
      const runs = []
      for (const strategy of Object.entries(compared)) runs.push(await measured(queries, asked, strategy))
      const expected = JSON.stringify(customers)
      const other = runs.find((run) => JSON.stringify(run.customers) !== expected)
      if (other !== undefined)
        throw new DbtoolError('UNEXPECTED', `${other.cost.strategy} loaded other users or orders than a join`, {
          hint: 'this is a bug in dbtool',
        })
      return customers.length === 0 ? [] : runs.map(({ cost }) => cost)
    }),
  )
}

async function measured(
  queries: Queries,
  asked: Asked,
  [strategy, load]: readonly [string, Strategy],
): Promise<{ customers: Customer[]; cost: Cost }> {
  const seen = { statements: 0, rows: 0 }
  const select = async <T>({ text, values }: Sql): Promise<T[]> => {
    const rows = await queries.rows<T>(text, values)
    seen.statements += 1
    seen.rows += rows.length
    return rows
  }
  const started = performance.now()
  const customers = await load(select, asked)
  return { customers, cost: { strategy, ...seen, ms: Math.round((performance.now() - started) * 10) / 10 } }
}
