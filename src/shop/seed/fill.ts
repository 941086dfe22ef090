import type { Database } from '../../db/database.ts'
import { DatabaseError } from '../../db/failures.ts'
import { inParts } from '../../db/parts.ts'
import { firstRow, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { counted } from '../../in-words.ts'
import { writeLog, type Author } from '../logs.ts'
import { Year } from './calendar.ts'
import { breathe } from './chunks.ts'
import type { Plan } from './plan.ts'
import { batches } from './rows.ts'
import { insertion } from './tables.ts'

/** Rejects with NOT_EMPTY, with the counts, if the shop has any user, product or order. */
export async function assertEmpty(queries: Queries): Promise<void> {
  const counts = await firstRow<Record<string, number>>(
    queries,
    `SELECT
      (SELECT COUNT(*) FROM users) AS users,
      (SELECT COUNT(*) FROM products) AS products,
      (SELECT COUNT(*) FROM orders) AS orders`,
  )
  const filled = Object.entries(counts ?? {}).filter(([, count]) => count > 0)
  if (filled.length === 0) return
  const what = filled.map(([name, count]) => counted(count, name.slice(0, -1))).join(', ')
  throw new DbtoolError('NOT_EMPTY', `the shop is not empty: it has ${what}`, {
    hint: 'nothing was changed; to drop and recreate the schema and lose all data: dbtool db reset',
  })
}

export interface Filling {
  readonly plan: Plan
  readonly author: Author
  readonly signal: AbortSignal
  readonly onProgress: (rows: number) => void
}

/**
 * Writes the complete shop or nothing, in one transaction. Rejects with NOT_EMPTY, also if another process starts to
 * fill the shop at the same time.
 */
export async function fillShop(db: Database, filling: Filling): Promise<void> {
  try {
    await db.transaction((tx) => writeShop(tx, filling))
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'DUPLICATE') await assertEmpty(db)
    throw error
  }
}

async function writeShop(tx: Queries, { plan, author, signal, onProgress }: Filling): Promise<void> {
  await assertEmpty(tx)
  let written = 0
  let sent: Promise<unknown> = Promise.resolve()
  for (const { table, rows } of batches(plan)) {
    await sent
    sent = inParts(rows, (part) => tx.prepared(insertion(table), [JSON.stringify(part)]))
    // The next batch is generated while the server works on this one; a failure is thrown when this promise is awaited.
    sent.catch(() => undefined)
    onProgress((written += rows.length))
    await breathe(signal)
  }
  await sent
  const { users, products, orders } = plan.counts
  await writeLog(tx, author, {
    entity: 'shop',
    entityId: 0,
    message:
      `seeded ${users} users, ${products} products and ${orders} orders, ` +
      `seed ${plan.seed}, until ${plan.year.text(Year.seconds)}`,
  })
}
