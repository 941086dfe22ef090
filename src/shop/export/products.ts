import type { Queries } from '../../db/queries.ts'
import { productConditions, type ProductFilter } from '../products/products.ts'
import { type ExportColumns, exportRows, type ExportSink } from './export-rows.ts'

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

/** Writes all products that match the filter, in ascending id, with the columns of their import. */
export function exportProducts(queries: Queries, filter: ProductFilter, sink: ExportSink): Promise<void> {
  const select = {
    columns,
    // Without a sort, so that the first rows come at once.
    from: 'products p FORCE INDEX (PRIMARY)',
    conditions: productConditions(filter),
    after: ({ id }: { id: number }) => ({ sql: 'p.id > ?', values: [id] }),
    order: 'p.id',
  }
  return exportRows(queries, select, sink)
}
