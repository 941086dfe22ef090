import type { Queries } from '../../db/queries.ts'
import { InvalidValue } from '../../errors.ts'
import { times } from './money.ts'
import type { OrderItem } from './orders.ts'
import { productTwice } from './parse-order.ts'
import { findProduct, unknownProducts, type Product } from '../products/products.ts'
import { parseQuantity } from '../rules.ts'
import { quoteValue } from '../../values.ts'

/** One requested item as it is typed: a product by id or SKU, and a quantity. */
export interface WantedItem {
  readonly product: string
  readonly quantity: number
}

/** Parses `TEA-1:2`. A SKU may contain colons; the last one separates the quantity. */
export function parseItem(text: string): WantedItem {
  const colon = text.lastIndexOf(':')
  if (colon < 1 || /^(?:id|sku):[^:]*$/.test(text))
    throw new InvalidValue(`must be <product>:<quantity> such as TEA-1:2, not ${quoteValue(text)}`)
  try {
    return { product: text.slice(0, colon), quantity: parseQuantity(text.slice(colon + 1)) }
  } catch (error) {
    if (error instanceof InvalidValue) throw new InvalidValue(`${quoteValue(text)}: the quantity ${error.message}`)
    throw error
  }
}

/** Parses `TEA-1:2 TEA-2:1`, the answer to the prompt for items. */
export function parseItems(text: string): WantedItem[] {
  return text
    .trim()
    .split(/[\s,]+/)
    .map(parseItem)
}

export interface ResolvedItem {
  readonly product: Product
  readonly quantity: number
}

/**
 * Finds the products of the items. Rejects with NOT_FOUND that lists every unknown product, and with USAGE when a
 * product is given twice.
 */
export async function resolveItems(queries: Queries, wanted: readonly WantedItem[]): Promise<ResolvedItem[]> {
  const found = await Promise.all(wanted.map(({ product }) => findProduct(queries, product)))
  const unknown = wanted.filter((_item, index) => found[index] === undefined).map(({ product }) => product)
  if (unknown.length > 0) throw unknownProducts(unknown)
  const items = found.flatMap((product, index) =>
    product === undefined ? [] : [{ product, quantity: wanted[index]?.quantity ?? 0 }],
  )
  const ids = items.map(({ product }) => product.id)
  const twice = items.find(({ product }, index) => ids.indexOf(product.id) !== index)
  if (twice !== undefined) throw productTwice(twice.product.sku ?? String(twice.product.id))
  return items
}

/** The order lines at current prices. */
export function quoted(items: readonly ResolvedItem[]): OrderItem[] {
  return items.map(({ product: { id, sku, name, price }, quantity }) => ({
    product_id: id,
    sku,
    name,
    quantity,
    price,
    subtotal: times(price, quantity),
  }))
}
