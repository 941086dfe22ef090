import type { Queries } from '../../db/queries.ts'
import { productConditions, type ProductFilter } from '../products/products.ts'
import { eachPage, isoText, type WritePage } from './pages.ts'

interface Exported {
  readonly id: number
  is_active: number | boolean
}

/** Writes all products that match the filter, in ascending id, with the columns of their import. */
export function exportProducts(queries: Queries, filter: ProductFilter, write: WritePage): Promise<void> {
  const select = {
    sql: `SELECT p.id, p.sku, p.name, p.price, p.description, p.stock, p.is_active,
        ${isoText('p.created_at')} AS created_at
      FROM products p`,
    conditions: productConditions(filter),
    after: ({ id }: Exported) => ({ sql: 'p.id > ?', values: [id] }),
    order: 'p.id',
  }
  return eachPage(queries, select, (rows) => {
    for (const row of rows) row.is_active = row.is_active === 1
    return write(rows)
  })
}
