import type { Queries } from '../../db/queries.ts'
import { where, type Condition } from '../filters.ts'
import { importKeyPrefix } from '../import/draft-order.ts'
import { type Adjustment, adjustmentSums, type AdjustmentSums } from '../orders/adjustments.ts'
import type { OrderStatus } from '../rules.ts'
import { quoteValue } from '../../values.ts'
import { eachPage, type ExportColumns, type ExportSelect, type ExportSink } from './export-rows.ts'
import { isMistakable, mostFaults, unexportable } from './mistakable-names.ts'
import { exportLineCells } from './order-cells.ts'

export interface OrderExportFilter {
  readonly userId?: number | undefined
  /** Undefined selects every order that is not cancelled. */
  readonly status?: OrderStatus | undefined
  readonly since?: Date | undefined
  /** Exclusive. */
  readonly until?: Date | undefined
}

function conditionsOn(order: string, { userId, status, since, until }: OrderExportFilter): (Condition | undefined)[] {
  return [
    userId === undefined ? undefined : { sql: `${order}.user_id = ?`, values: [userId] },
    status === undefined
      ? { sql: `${order}.status <> 'cancelled'`, values: [] }
      : { sql: `${order}.status = ?`, values: [status] },
    since === undefined ? undefined : { sql: `${order}.created_at >= ?`, values: [since] },
    until === undefined ? undefined : { sql: `${order}.created_at < ?`, values: [until] },
  ]
}

interface Line extends Partial<AdjustmentSums> {
  readonly order_id: number
  readonly product_id: number
}

/** The key of an order without the prefix of an import. */
const orderRef = `IF(
          o.idempotency_key LIKE '${importKeyPrefix}%',
          SUBSTRING(o.idempotency_key, ${importKeyPrefix.length + 1}),
          o.idempotency_key
        )`

const columns: ExportColumns = {
  order_id: ['integer', 'i.order_id'],
  product_id: ['integer', 'i.product_id'],
  order_ref: ['text', orderRef],
  user: ['text', 'u.email'],
  sku: ['text', 'p.sku'],
  quantity: ['integer', 'i.quantity'],
  price: ['decimal', 'i.price'],
  product_name: ['text', 'p.name'],
  ordered_at: ['instant', 'o.created_at'],
  status: ['text', 'o.status'],
}

/** The index holds all that is read of the lines, in their order. */
const from = `order_items i FORCE INDEX (idx_orderitem_sales)
        STRAIGHT_JOIN orders o ON o.id = i.order_id
        STRAIGHT_JOIN users u ON u.id = o.user_id
        STRAIGHT_JOIN products p ON p.id = i.product_id`

/**
 * Writes one row per order line, grouped by order, with the columns of the import of orders. A user is named by email,
 * which is never mistaken for an id and identifies the same person in every shop. Rejects with CONSTRAINT before
 * anything is written if the file would not describe the same orders.
 */
export async function exportOrders(queries: Queries, filter: OrderExportFilter, sink: ExportSink): Promise<void> {
  await assertExportable(queries, filter)
  const lines: ExportSelect<Line> = {
    columns,
    from,
    conditions: conditionsOn('o', filter),
    after: ({ order_id, product_id }) => ({
      sql: 'i.order_id >= ? AND (i.order_id > ? OR i.product_id > ?)',
      values: [order_id, order_id, product_id],
    }),
    order: 'i.order_id, i.product_id',
  }
  if (await exportLineCells(queries, lines, sink)) return
  let lastOrder = 0
  await eachPage(queries, lines, async (rows) => {
    const beside = await adjustmentsBetween(queries, rows)
    // Only the first line of an order has its amounts, so that the sum of a column is right.
    const complete = rows.map((row) => {
      const first = row.order_id !== lastOrder
      lastOrder = row.order_id
      return { ...row, ...exported(first ? (beside.get(row.order_id) ?? []) : []) }
    })
    await sink.write(complete)
  })
}

/** The amounts of an order as an import reads them: discounts without sign. */
function exported(adjustments: readonly Adjustment[]): AdjustmentSums {
  const { discount, ...sums } = adjustmentSums(adjustments)
  return { ...sums, discount: discount?.replace(/^-/, '') ?? null }
}

/** The adjustments of the orders of a page, by order. */
async function adjustmentsBetween(queries: Queries, rows: readonly Line[]): Promise<Map<number, Adjustment[]>> {
  const found = await queries.rawRows<Adjustment & { order_id: number }>(
    'SELECT order_id, kind, label, amount FROM order_adjustments WHERE order_id BETWEEN ? AND ? ORDER BY id',
    [rows[0]?.order_id ?? 0, rows.at(-1)?.order_id ?? 0],
  )
  const beside = new Map<number, Adjustment[]>()
  for (const row of found) beside.set(row.order_id, [...(beside.get(row.order_id) ?? []), row])
  return beside
}

async function assertExportable(queries: Queries, filter: OrderExportFilter): Promise<void> {
  const ofProducts = await withoutSku(queries, filter)
  const ofKeys = [...(await sameReference(queries, filter)), ...(await mistakableKeys(queries, filter))]
  if (ofProducts.length === 0 && ofKeys.length === 0) return
  const ways = [
    ...(ofProducts.length === 0 ? [] : ['give every product a SKU that imports accept']),
    ...(ofKeys.length === 0 ? [] : [`give such an order another key: ${changeOfKey}`]),
    'or exclude such orders with --user, --status, --since and --until',
  ]
  throw unexportable('orders', [...ofProducts, ...ofKeys], `nothing was written; ${ways.join(', ')}`)
}

/** No verb does this: a program that repeats the order with its old key would place it again. */
const changeOfKey =
  "dbtool sql --write 'UPDATE orders SET idempotency_key = :key WHERE id = :id' --param id=ID --param key=TEXT"

/** Finds ordered products that an import would not find by their SKU: order lines name products by it. */
async function withoutSku(queries: Queries, filter: OrderExportFilter): Promise<string[]> {
  const condition = where([{ sql: 'i.product_id = p.id', values: [] }, ...conditionsOn('o', filter)])
  const mistakable = isMistakable('p.sku')
  const rows = await queries.rows<{ id: number; name: string; sku: string | null }>(
    `SELECT p.id, p.name, p.sku
      FROM products p
      WHERE (p.sku IS NULL OR ${mistakable.sql})
        AND EXISTS (SELECT 1 FROM order_items i JOIN orders o ON o.id = i.order_id ${condition.sql})
      ORDER BY p.id
      LIMIT ${mostFaults}`,
    [...mistakable.values, ...condition.values],
  )
  return rows.map(({ id, name, sku }) =>
    sku === null
      ? `product ${id} (${name}) has no SKU`
      : `product ${id} (${name}) has the SKU ${quoteValue(sku)}, which imports refuse`,
  )
}

/** Finds orders of earlier versions with a key that an import would refuse as a reference. */
async function mistakableKeys(queries: Queries, filter: OrderExportFilter): Promise<string[]> {
  const condition = where([isMistakable('o.idempotency_key', ['', importKeyPrefix]), ...conditionsOn('o', filter)])
  const rows = await queries.rows<{ id: number; ref: string }>(
    `SELECT o.id, ${orderRef} AS ref FROM orders o ${condition.sql} ORDER BY o.id LIMIT ${mostFaults}`,
    condition.values,
  )
  return rows.map(({ id, ref }) => `order ${id} would have the order_ref ${quoteValue(ref)}, which imports refuse`)
}

/** Keys without the prefix of an import are less than it, or at least this. */
const afterPrefix = importKeyPrefix.replace(/:$/, ';')

/**
 * Finds an order placed with the key X and another one imported with the reference X.
 *
 * The server starts with the smaller of the two ranges of the index. Most shops have only one of them.
 */
async function sameReference(queries: Queries, filter: OrderExportFilter): Promise<string[]> {
  const condition = where([
    { sql: `o.idempotency_key < '${importKeyPrefix}' OR o.idempotency_key >= '${afterPrefix}'`, values: [] },
    { sql: `o.idempotency_key NOT LIKE '${importKeyPrefix}%'`, values: [] },
    { sql: `twin.idempotency_key LIKE '${importKeyPrefix}%'`, values: [] },
    ...conditionsOn('o', filter),
    ...conditionsOn('twin', filter),
  ])
  const rows = await queries.rows<{ id: number; twin_id: number; ref: string }>(
    `SELECT o.id, twin.id AS twin_id, o.idempotency_key AS ref
      FROM orders o
        JOIN orders twin ON twin.idempotency_key = CONCAT('${importKeyPrefix}', o.idempotency_key)
          AND o.idempotency_key = SUBSTRING(twin.idempotency_key, ${importKeyPrefix.length + 1})
      ${condition.sql}
      ORDER BY o.id
      LIMIT ${mostFaults}`,
    condition.values,
  )
  return rows.map(
    ({ id, twin_id, ref }) => `orders ${id} and ${twin_id} would both have the order_ref ${quoteValue(ref)}`,
  )
}
