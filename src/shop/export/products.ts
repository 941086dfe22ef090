import type { Queries } from '../../db/queries.ts'
import { where } from '../filters.ts'
import { productConditions, type ProductFilter } from '../products/products.ts'
import { quoteValue } from '../../values.ts'
import { type ExportColumns, exportRows, type ExportSink } from './export-rows.ts'
import { isMistakable, mostFaults, unexportable } from './mistakable-names.ts'

const columns: ExportColumns = {
  id: ['integer', 'p.id'],
  sku: ['text', 'p.sku'],
  name: ['text', 'p.name'],
  price: ['decimal', 'p.price'],
  description: ['text', 'p.description'],
  stock: ['integer', 'p.stock'],
  is_active: ['flag', 'p.is_active'],
  created_at: ['instant', 'p.created_at'],
}

/**
 * Writes all products that match the filter, in ascending id, with the columns of their import. Rejects with CONSTRAINT
 * before anything is written if an import would refuse one of them.
 */
export async function exportProducts(queries: Queries, filter: ProductFilter, sink: ExportSink): Promise<void> {
  await assertExportable(queries, filter)
  const select = {
    columns,
    // Without a sort, so that the first rows come at once.
    from: 'products p FORCE INDEX (PRIMARY)',
    conditions: productConditions(filter),
    after: ({ id }: { id: number }) => ({ sql: 'p.id > ?', values: [id] }),
    order: 'p.id',
  }
  await exportRows(queries, select, sink)
}

async function assertExportable(queries: Queries, filter: ProductFilter): Promise<void> {
  const condition = where([isMistakable('p.sku'), ...productConditions(filter)])
  const rows = await queries.rows<{ id: number; name: string; sku: string }>(
    `SELECT p.id, p.name, p.sku FROM products p ${condition.sql} ORDER BY p.id LIMIT ${mostFaults}`,
    condition.values,
  )
  const [first] = rows
  if (first === undefined) return
  const { id } = first
  throw unexportable(
    'products',
    rows.map((row) => `product ${row.id} (${row.name}) has the SKU ${quoteValue(row.sku)}, which imports refuse`),
    `nothing was written; change it: dbtool products update id:${id} --sku TEXT`,
  )
}
