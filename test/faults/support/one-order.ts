import { beforeEach } from 'vitest'
import { DatabaseError } from '../../../src/db/failures.ts'
import type { ErrorCode } from '../../../src/errors.ts'
import { checkInvariants } from '../../../src/shop/invariants.ts'
import type { OrderRequest } from '../../../src/shop/orders/place-order.ts'
import { insertProduct } from '../../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../../src/shop/users/users.ts'
import type { TestDatabase } from '../../support/database.ts'

/** A shop with ten of one product before each test, and an order of four that nobody has placed yet. */
export interface OneOrder {
  readonly request: OrderRequest
  stock(): Promise<number>
  orders(): Promise<number>
  /** Invariants that do not hold. */
  broken(): Promise<unknown[]>
}

/** Call it at the top of the file. */
export function oneOrder(database: TestDatabase): OneOrder {
  const author = { osUser: 'tester', command: 'test' }
  const state: { request?: OrderRequest } = {}
  beforeEach(async () => {
    const db = database.connection
    for (const table of ['order_items', 'orders', 'products', 'users', 'logs']) await db.execute(`DELETE FROM ${table}`)
    const product = await insertProduct(db, author, { name: 'Tea', price: '4.50', stock: 10 })
    const user = await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })
    state.request = {
      userId: user.id,
      lines: [{ productId: product.id, quantity: 4 }],
      key: 'the key',
      status: 'confirmed',
      author,
    }
  })
  const number = async (sql: string): Promise<number> => (await database.connection.rows<{ n: number }>(sql))[0]!.n
  return {
    get request() {
      if (state.request === undefined) throw new Error('the order is there only while a test runs')
      return state.request
    },
    stock: () => number('SELECT stock AS n FROM products'),
    orders: () => number('SELECT COUNT(*) AS n FROM orders'),
    broken: async () => (await checkInvariants(database.connection)).filter(({ ok }) => !ok),
  }
}

export const failure = (code: ErrorCode, errno?: number): DatabaseError =>
  new DatabaseError(code, `${code} it was`, { errno })
