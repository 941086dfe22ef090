import type { Cells } from '../../cells.ts'
import type { Queries } from '../../db/queries.ts'
import { importKeyPrefix } from '../import/draft-order.ts'
import { adjustmentKinds } from '../orders/adjustments.ts'
import { exportCells, type ExportColumns, type ExportSelect, type ExportSink } from './export-rows.ts'

const sums = adjustmentKinds.map((kind) => `ABS(SUM(IF(kind = '${kind}', amount, NULL))) AS ${kind}`)
/** The sums of the adjustments of each order, discounts without sign. */
const adjustments = `LEFT JOIN (
          SELECT order_id, ${sums.join(', ')}
          FROM order_adjustments GROUP BY order_id
        ) a ON a.order_id = i.order_id`

const adjustmentColumns: ExportColumns = Object.fromEntries(
  adjustmentKinds.map((kind) => [kind, ['decimal', `a.${kind}`]]),
)

/** Writes the lines of orders from their bytes. Resolves to false, and has written nothing, if that is impossible. */
export async function exportLineCells<R>(
  queries: Queries,
  lines: ExportSelect<R>,
  { write, openCells }: ExportSink,
): Promise<boolean> {
  if (openCells === undefined) return false
  const [adjusted] = await queries.rows('SELECT 1 FROM order_adjustments LIMIT 1')
  const columns: ExportColumns = {
    ...lines.columns,
    // The prefix of an import is removed here: the server would look for it in every line.
    order_ref: ['text', 'o.idempotency_key'],
    ...(adjusted === undefined ? {} : adjustmentColumns),
  }
  const select = { ...lines, columns, from: adjusted === undefined ? lines.from : `${lines.from} ${adjustments}` }
  return exportCells(queries, select, {
    write,
    openCells(kinds) {
      const onCells = openCells(kinds)
      const edit = lineEditor(Object.keys(columns))
      return (cells) => {
        edit(cells)
        return onCells(cells)
      }
    },
  })
}

/** Removes the prefix of imported references, and the adjustments from all lines of an order except the first. */
function lineEditor(names: readonly string[]): (cells: Cells) => void {
  const [idAt, refAt] = [names.indexOf('order_id'), names.indexOf('order_ref')]
  const amountsAt = adjustmentKinds.map((kind) => names.indexOf(kind)).filter((at) => at >= 0)
  const prefix = Buffer.from(importKeyPrefix)
  let lastOrder = Buffer.alloc(0)
  return ({ bytes, ranges, rows, columns }) => {
    const rangeOf = (row: number, at: number): Buffer => {
      const slot = (row * columns + at) * 2
      return bytes.subarray(ranges[slot], ranges[slot + 1])
    }
    for (let row = 0; row < rows; row += 1) {
      const refSlot = (row * columns + refAt) * 2
      const refStart = ranges[refSlot] ?? 0
      if (startsWith(bytes, refStart, ranges[refSlot + 1] ?? 0, prefix)) ranges[refSlot] = refStart + prefix.length
      if (amountsAt.length === 0) continue
      const order = rangeOf(row, idAt)
      if (order.equals(lastOrder)) for (const at of amountsAt) ranges[(row * columns + at) * 2] = -1
      else lastOrder = Buffer.from(order)
    }
  }
}

function startsWith(bytes: Buffer, from: number, to: number, prefix: Buffer): boolean {
  if (to - from < prefix.length) return false
  for (let at = 0; at < prefix.length; at += 1) if (bytes[from + at] !== prefix[at]) return false
  return true
}
