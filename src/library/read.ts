import { DbtoolError, InvalidValue } from '../errors.ts'
import type { Page } from '../shop/filters.ts'
import {
  eachOrderWithItems,
  getOrder as orderById,
  getOrderByKey,
  listOrders as ordersOf,
  type Order,
  type OrderHead,
  orderSortColumns,
  selectOrders,
} from '../shop/orders/orders.ts'
import {
  listProducts as productsOf,
  type Product,
  productById,
  productBySku,
  productSortColumns,
} from '../shop/products/products.ts'
import { type OrderStatus, orderStatuses, parseId } from '../shop/rules.ts'
import { type Read, readDate, readNumber, readText, readTruth, UntypedReader } from '../shop/untyped.ts'
import { parseChoice, parseWhole, quoteValue } from '../values.ts'
import { onShop, type PoolOrSession, queriesOf } from './on.ts'

/** The part of a list to return. */
export interface PageOptions {
  /** Maximum number of rows; all without it. */
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** The orders to list, and their sequence. */
export interface OrderListOptions extends PageOptions {
  readonly userId?: number | undefined
  readonly status?: OrderStatus | undefined
  /** Inclusive. */
  readonly since?: Date | undefined
  /** Exclusive. */
  readonly until?: Date | undefined
  /** A column, with a leading minus for the reverse order; default `-created_at`. */
  readonly sort?: SortOf<typeof orderSortColumns> | undefined
}

/** The products to list, and their sequence. */
export interface ProductListOptions extends PageOptions {
  readonly ids?: readonly number[] | undefined
  readonly active?: boolean | undefined
  /** Text in SKU or name, ignoring case. */
  readonly search?: string | undefined
  /** A column, with a leading minus for the reverse order; default `name`. */
  readonly sort?: SortOf<typeof productSortColumns> | undefined
}

type SortOf<Columns extends readonly string[]> = Columns[number] | `-${Columns[number]}`

/**
 * Resolves to one order with its items and adjustments, found by its id or its idempotency key. Rejects with NOT_FOUND.
 */
export function getOrder(on: PoolOrSession, order: number | { readonly key: string }): Promise<Order> {
  return onShop(on, async () => {
    const read = checked('getOrder', (reader) => {
      if (typeof order !== 'object') return { id: reader.required('the order', order, readNumber(parseId)) }
      const { key } = reader.object('the order', order, ['key'])
      return { key: reader.required('key', key, readText(String)) }
    })
    if (read.key !== undefined) return getOrderByKey(queriesOf(on), read.key)
    return orderById(queriesOf(on), read.id ?? 0)
  })
}

/** Resolves to the orders of a list, without their items. */
export function listOrders(on: PoolOrSession, options: OrderListOptions = {}): Promise<OrderHead[]> {
  return onShop(on, async () => ordersOf(queriesOf(on), ...readOrderList('listOrders', options)))
}

/** Resolves to the orders of a list with their items, read in one statement. */
export function listOrdersWithItems(on: PoolOrSession, options: OrderListOptions = {}): Promise<Order[]> {
  return onShop(on, async () => {
    const found: Order[] = []
    await eachOrderWithItems(queriesOf(on), readOrderList('listOrdersWithItems', options), (orders) => {
      found.push(...orders)
      return Promise.resolve()
    })
    return found
  })
}

/** Resolves to one product with its price and stock, found by its id or its SKU. Rejects with NOT_FOUND. */
export function getProduct(on: PoolOrSession, product: number | { readonly sku: string }): Promise<Product> {
  return onShop(on, async () => {
    const read = checked('getProduct', (reader) => {
      if (typeof product !== 'object') return { id: reader.required('the product', product, readNumber(parseId)) }
      const { sku } = reader.object('the product', product, ['sku'])
      return { sku: reader.required('sku', sku, readText(String)) }
    })
    if (read.sku !== undefined) return productBySku(queriesOf(on), read.sku)
    return productById(queriesOf(on), read.id ?? 0)
  })
}

/** Resolves to the products of a list, with price and stock. */
export function listProducts(on: PoolOrSession, options: ProductListOptions = {}): Promise<Product[]> {
  return onShop(on, async () => {
    const { filter, sort, page } = checked('listProducts', (reader) => {
      const given = reader.object('the options', options, ['ids', 'active', 'search', 'sort', 'limit', 'offset'])
      const ids = given.ids === undefined ? undefined : reader.list('ids', given.ids)
      return {
        filter: {
          ids: ids?.map((id, index) => reader.required(`ids[${index}]`, id, readNumber(parseId)) ?? 0),
          active: reader.optional('active', given.active, readTruth),
          search: reader.optional('search', given.search, readText(String)),
        },
        sort: reader.optional('sort', given.sort, readSort(productSortColumns)) ?? byName,
        page: readPage(reader, given),
      }
    })
    return productsOf(queriesOf(on), filter, sort, page)
  })
}

const byName = { column: 'name', descending: false } as const
const newestFirst = { column: 'created_at', descending: true } as const

function readOrderList(name: string, options: OrderListOptions): Parameters<typeof selectOrders> {
  return checked(name, (reader) => {
    const given = reader.object('the options', options, [
      'userId',
      'status',
      'since',
      'until',
      'sort',
      'limit',
      'offset',
    ])
    const userId = reader.optional('userId', given.userId, readNumber(parseId))
    const status = reader.optional('status', given.status, readText(parseChoice(orderStatuses)))
    return [
      {
        userIds: userId === undefined ? undefined : [userId],
        statuses: status === undefined ? undefined : [status],
        since: reader.optional('since', given.since, readDate),
        until: reader.optional('until', given.until, readDate),
      },
      reader.optional('sort', given.sort, readSort(orderSortColumns)) ?? newestFirst,
      readPage(reader, given),
    ]
  })
}

const parseCount = parseWhole(0, 1_000_000_000)

function readPage(reader: UntypedReader, { limit, offset }: { limit?: unknown; offset?: unknown }): Page {
  return {
    limit: reader.optional('limit', limit, readNumber(parseLimit)) ?? 0,
    offset: reader.optional('offset', offset, readNumber(parseCount)) ?? 0,
  }
}

const parseLimit = parseWhole(1, 1_000_000_000)

function readSort<C extends string>(columns: readonly C[]): Read<{ column: C; descending: boolean }> {
  return readText((text) => {
    const column = columns.find((name) => name === text.replace(/^-/, ''))
    if (column === undefined)
      throw new InvalidValue(
        `must be one of ${columns.join(', ')}, or one of them with a leading minus, not ${quoteValue(text)}`,
      )
    return { column, descending: text.startsWith('-') }
  })
}

/** Reads the arguments of a function. Throws BAD_INPUT with all faults. */
function checked<T>(name: string, read: (reader: UntypedReader) => T): T {
  const reader = new UntypedReader()
  const found = read(reader)
  if (reader.faults.length > 0)
    throw new DbtoolError('BAD_INPUT', `${name}: ${reader.faults.join('; ')}`, { faults: reader.faults })
  return found
}
