import { PooledDatabase, type Database } from '../../../src/db/database.ts'
import { withLease } from '../../../src/db/pool/pool.ts'
import { checkInvariants } from '../../../src/shop/invariants.ts'
import { placeOrder } from '../../../src/shop/orders/place-order.ts'
import { ended, importing } from './children.ts'
import { codeOf } from './load.ts'
import { openCalmPool, type World } from './world.ts'

/** The outcomes of the orders whose clients did not know them. */
export interface Resolved {
  readonly found: number
  readonly placedNow: number
  readonly soldOut: number
}

export interface Account {
  readonly unknown: Resolved
  readonly orders: number
  readonly ordersOfFiles: number
}

/**
 * When all faults are over: resolves what is unknown, and compares the ledger with the tables. What must not be goes to
 * `ledger.wrong`.
 */
export async function audit(world: World): Promise<Account> {
  const pool = openCalmPool(world)
  try {
    const db = new PooledDatabase(pool)
    await refusedDoesNotExist(world, db)
    const unknown = await resolve(world, db)
    const ordersOfFiles = await finishFiles(world, db)
    const orders = await compareOrders(world, db)
    await compareCancels(world, db)
    await compareRestocks(world, db)
    for (const { ok, invariant, rows } of await withLease(pool, checkInvariants))
      if (!ok) world.ledger.wrong.push(`${invariant}: ${JSON.stringify(rows)}`)
    return { unknown, orders, ordersOfFiles }
  } finally {
    await pool.close()
  }
}

interface Row {
  readonly id: number
  readonly total: string
}

async function ordersByKey(db: Database): Promise<Map<string, Row>> {
  const rows = await db.rows<Row & { name: string }>(
    "SELECT idempotency_key AS name, id, total_amount AS total FROM orders WHERE idempotency_key NOT LIKE 'import:%'",
  )
  return new Map(rows.map((row) => [row.name, row]))
}

async function refusedDoesNotExist({ ledger }: World, db: Database): Promise<void> {
  const existing = await ordersByKey(db)
  for (const [key, code] of ledger.refused)
    if (existing.has(key))
      ledger.wrong.push(`${key} was refused with ${code} and is order ${existing.get(key)?.id ?? ''}`)
}

async function resolve({ ledger }: World, db: Database): Promise<Resolved> {
  const counts = { found: 0, placedNow: 0, soldOut: 0 }
  for (const key of ledger.unknown) {
    const request = ledger.tried.get(key)
    if (request === undefined) throw new Error(`${key} was never tried`)
    try {
      const placement = await placeOrder(db, request)
      counts[placement.outcome === 'existing' ? 'found' : 'placedNow'] += 1
      ledger.acknowledged.set(key, placement)
    } catch (error) {
      if (codeOf(error) !== 'OUT_OF_STOCK') throw error
      counts.soldOut += 1
      ledger.refused.set(key, 'OUT_OF_STOCK')
    }
  }
  return counts
}

/** Files whose process was killed are imported once more, to their end. */
async function finishFiles(world: World, db: Database): Promise<number> {
  const { ledger } = world
  let expected = 0
  for (const [file, refs] of ledger.files) {
    const [exitCode, stderr] = await ended(importing(world, file))
    if (exitCode !== 0) ledger.wrong.push(`${file} could not be imported at last: ${stderr}`)
    expected += refs.length
  }
  const rows = await db.rows<{ name: string }>(
    "SELECT idempotency_key AS name FROM orders WHERE idempotency_key LIKE 'import:%'",
  )
  const existing = new Set(rows.map(({ name }) => name.slice('import:'.length)))
  for (const ref of [...ledger.files.values()].flat())
    if (!existing.delete(ref)) ledger.wrong.push(`${ref} of a file does not exist`)
  for (const ref of existing) ledger.wrong.push(`${ref} is in no file`)
  const doubles = await db.rows<{
    what: string
  }>(`SELECT email AS what FROM users GROUP BY email HAVING COUNT(*) > 1 UNION ALL
    SELECT sku FROM products WHERE sku LIKE 'f%' GROUP BY sku HAVING COUNT(*) > 1 OR SUM(stock_received) <> 1000`)
  for (const { what } of doubles) ledger.wrong.push(`${what} was created twice, or stocked twice`)
  return expected
}

async function compareOrders({ ledger }: World, db: Database): Promise<number> {
  const existing = await ordersByKey(db)
  for (const [key, { orderId, totalAmount }] of ledger.acknowledged) {
    const row = existing.get(key)
    if (row?.id !== orderId || row.total !== totalAmount)
      ledger.wrong.push(
        `${key} was acknowledged as order ${orderId} of ${totalAmount}, but the row is ${JSON.stringify(row)}`,
      )
  }
  for (const key of existing.keys())
    if (!ledger.acknowledged.has(key)) ledger.wrong.push(`${key} exists, and no client was told`)
  return existing.size
}

async function compareCancels({ ledger: { cancels, wrong } }: World, db: Database): Promise<void> {
  const cancelled = new Set(
    (await db.rows<{ name: string }>("SELECT idempotency_key AS name FROM orders WHERE status = 'cancelled'")).map(
      ({ name }) => name,
    ),
  )
  for (const key of cancels.acknowledged)
    if (!cancelled.has(key)) wrong.push(`${key} was cancelled, as somebody was told, and is not`)
  for (const key of cancelled)
    if (!cancels.acknowledged.has(key) && !cancels.unknown.has(key))
      wrong.push(`${key} is cancelled, and nobody was told`)
}

/** Units received, by the tables and by what was told; a restock nobody knows of is found by its row in the log. */
async function compareRestocks({ ledger: { restocks, wrong }, productIds }: World, db: Database): Promise<void> {
  const logged = new Set(
    (
      await db.rows<{ message: string }>("SELECT message FROM logs WHERE command = 'torture' AND message LIKE 't%'")
    ).map(({ message }) => message),
  )
  for (const token of restocks.acknowledged.keys())
    if (!logged.has(token)) wrong.push(`restock ${token} was acknowledged and does not exist`)
  for (const token of restocks.refused) if (logged.has(token)) wrong.push(`restock ${token} was refused and exists`)
  const tookPlace = [...restocks.acknowledged, ...[...restocks.unknown].filter(([token]) => logged.has(token))]
  const units = tookPlace.reduce((sum, [, more]) => sum + more, 0)
  const [row] = await db.rows<{ received: number; first: number }>(
    `SELECT
        CAST(SUM(stock_received) AS INT) AS received,
        (SELECT CAST(SUM(REGEXP_REPLACE(message, '.*stock ', '')) AS INT)
          FROM logs WHERE entity = 'products' AND message LIKE 'created T-%') AS first
      FROM products WHERE id <= ?`,
    [Math.max(...productIds)],
  )
  if (row?.received !== (row?.first ?? 0) + units)
    wrong.push(`received are ${JSON.stringify(row)}, and restocked were ${units}`)
}
