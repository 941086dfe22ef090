import { Readable } from 'node:stream'
import { type Database, PooledDatabase } from '../../src/db/database.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import { parseMap } from '../../src/files/map.ts'
import { openRecordFile } from '../../src/files/record-file.ts'
import { type DraftOrder, draftOrders, orderFields } from '../../src/shop/import/draft-order.ts'
import { adjacent, keyByReference } from '../../src/shop/import/order-groups.ts'
import { findImportedUsers } from '../../src/shop/import/resolve-users.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import type { Bench } from '../bench.ts'
import { dbtool } from '../command.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { withPool } from '../pool.ts'
import { author, makeDatabase, verify, withoutOrders } from '../shop.ts'
import { importBuilds } from './import-builds.ts'
import { orderColumns, orderFile } from './order-files.ts'

const database = 'bench_import'
const atOnce = defaultPoolOptions.size
const flags = [
  '--map',
  orderColumns,
  '--create-missing',
  '--initial-stock',
  '1000000',
  '--on-error',
  'skip',
  '--concurrency',
  String(atOnce),
  '--json',
]
/** Success; or success except for orders that the file or the shop rejects. */
const expected = [0, 7] as const

/**
 * A month of invoices as an import and as a loop over single orders. Then one and ten months as whole processes, beside
 * an earlier build.
 */
export async function imports(bench: Bench): Promise<void> {
  const {
    server,
    results,
    size: { rounds },
  } = bench
  const once = orderFile(bench, 1)
  await makeDatabase(server, database)
  // This run creates the users and products, because creating them is no part of placing an order.
  await dbtool(
    ['orders', 'import', once, ...flags],
    { env: server.environment(database), cwd: server.home, signal: bench.signal },
    expected,
  )
  const contestants = [
    contestant(bench, 'orders import', () => importing(bench, once)),
    ...[atOnce, 1].map((workers) =>
      contestant(bench, `one order a transaction, ${workers} at once`, () => oneByOne(bench, once, workers)),
    ),
  ]
  await alternate({ group: 'import', work: 'orders of a month', unit: 'orders/s', rounds, contestants }, results)
  await importBuilds(bench, { once, tenfold: orderFile(bench, 10), flags })
}

/** A contestant that starts without orders; `place` resolves to the number of orders placed. */
function contestant({ server }: Bench, who: string, place: () => Promise<number>): Contestant {
  return {
    who,
    underTest: true,
    async run() {
      await server.connection(database, withoutOrders)
      const started = performance.now()
      const placed = await place()
      const seconds = (performance.now() - started) / 1_000
      await server.connection(database, (connection) => verify(connection, 'orders', placed))
      return { value: placed / seconds }
    },
  }
}

async function importing({ server, signal }: Bench, path: string): Promise<number> {
  const { stdout } = await dbtool(
    ['orders', 'import', path, ...flags],
    { env: server.environment(database), cwd: server.home, signal },
    expected,
  )
  return (JSON.parse(stdout) as { orders_placed: number }).orders_placed
}

/** Places the valid orders of the file in a loop: the same reading, but one statement per order. */
async function oneByOne({ server, signal }: Bench, path: string, workers: number): Promise<number> {
  const file = await openRecordFile(path, {
    stdin: Readable.from([]),
    signal,
    fields: orderFields,
    map: parseMap(orderColumns, orderFields),
  })
  try {
    return await withPool({ target: server.target(database), signal, size: workers, maxOverflow: 0 }, async (pool) => {
      const db = new PooledDatabase(pool)
      const names = await Names.read(db)
      const drafts = draftOrders(adjacent(file.batches({ signal })), { key: keyByReference, guest: undefined })
      let placed = 0
      const work = async (): Promise<void> => {
        for (let next = await drafts.next(); next.done !== true; next = await drafts.next()) {
          if (next.value.faults.size > 0) continue
          await place(db, names, next.value)
          placed += 1
        }
      }
      await Promise.all(Array.from({ length: workers }, work))
      return placed
    })
  } finally {
    await file.close()
  }
}

async function place(
  db: Database,
  names: Names,
  { key, user, orderedAt, adjustments, lines }: DraftOrder,
): Promise<void> {
  const userId = await names.userId(user)
  const orderLines = lines.map(({ sku, quantity, price }) => ({ productId: names.productId(sku), quantity, price }))
  await placeOrder(db, {
    userId,
    lines: orderLines,
    adjustments,
    key,
    status: 'confirmed',
    orderedAt,
    author,
  })
}

/** The ids of the users and products in the file; each user is looked up once. */
class Names {
  readonly #users = new Map<string, Promise<number | undefined>>()

  private constructor(
    private readonly db: Database,
    private readonly products: ReadonlyMap<string, number>,
  ) {}

  static async read(db: Database): Promise<Names> {
    const rows = await db.rows<{ sku: string; id: number }>('SELECT sku, id FROM products')
    return new Names(db, new Map(rows.map(({ sku, id }) => [sku, id])))
  }

  productId(sku: string): number {
    return this.products.get(sku) ?? 0
  }

  async userId(reference: string): Promise<number> {
    const known =
      this.#users.get(reference) ?? findImportedUsers(this.db, [reference]).then((ids) => ids.get(reference))
    this.#users.set(reference, known)
    return (await known) ?? 0
  }
}
