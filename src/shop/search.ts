import type { Queries } from '../db/queries.ts'
import { listAddresses, type Address } from './addresses.ts'
import { joined, startsWith, where } from './filters.ts'
import { listOrders, type OrderHead } from './orders/orders.ts'
import { listProducts, productsNamed, type Product, type ProductFilter } from './products/products.ts'
import type { OrderStatus } from './rules.ts'
import {
  listUsers,
  userColumns,
  userFromRow,
  usersNamed,
  type User,
  type UserFilter,
  type UserRow,
} from './users/users.ts'

// Searches for prompts. With nothing typed, they return the newest rows, or the first by name. An exact match comes
// first, then the matches that begin with the text.

const newestFirst = { column: 'created_at', descending: true } as const
const byName = { column: 'name', descending: false } as const

/**
 * Finds users whose username, email or first name starts with the text. Their indexes keep it fast for any number of
 * users. Only if these are few does it add users who contain the text anywhere.
 */
export async function searchUsers(
  queries: Queries,
  typed: string,
  most: number,
  { active }: Pick<UserFilter, 'active'> = {},
): Promise<User[]> {
  const page = { limit: most, offset: 0 }
  if (typed === '') return listUsers(queries, { active }, newestFirst, page)
  const exactly = await usersNamed(queries, typed)
  const first = exactly.filter(({ is_active }) => active === undefined || is_active === active)
  const isActive = active === undefined ? undefined : { sql: 'u.is_active = ?', values: [active] }
  const branches = ['u.username', 'u.email', 'u.first_name'].map((column) =>
    joined(`(SELECT ${userColumns} FROM users u`, where([startsWith(column, typed), isActive]), {
      sql: `ORDER BY ${column} LIMIT ?)`,
      values: [most],
    }),
  )
  const { sql, values } = joined(...branches.flatMap((branch, at) => (at === 0 ? [branch] : ['UNION', branch])))
  const rows = await queries.rows<UserRow>(`${sql} LIMIT ?`, [...values, most])
  const found = distinct([...first, ...rows.map(userFromRow)])
  if (found.length >= most) return found.slice(0, most)
  return distinct([...found, ...(await listUsers(queries, { active, search: typed }, newestFirst, page))]).slice(
    0,
    most,
  )
}

/** Finds products that contain the text in SKU or name: first those whose SKU begins with it, then whose name does. */
export async function searchProducts(
  queries: Queries,
  typed: string,
  most: number,
  { active }: Pick<ProductFilter, 'active'> = {},
): Promise<Product[]> {
  const page = { limit: most, offset: 0 }
  if (typed === '') return listProducts(queries, { active }, byName, page)
  const exactly = await productsNamed(queries, typed)
  const first = exactly.filter(({ is_active }) => active === undefined || is_active === active)
  let found = first
  for (const match of [{ skuStart: typed }, { nameStart: typed }, { search: typed }])
    if (found.length < most)
      found = distinct([...found, ...(await listProducts(queries, { active, ...match }, byName, page))])
  return found.slice(0, most)
}

/** Finds orders by number or by matching users, optionally restricted to some statuses. */
export async function searchOrders(
  queries: Queries,
  typed: string,
  most: number,
  statuses?: readonly OrderStatus[],
): Promise<OrderHead[]> {
  const page = { limit: most, offset: 0 }
  if (typed === '') return listOrders(queries, { statuses }, newestFirst, page)
  const exactly = numbered.test(typed)
    ? await listOrders(queries, { ids: [Number(typed)], statuses }, newestFirst, page)
    : []
  return distinct([
    ...exactly,
    ...(await listOrders(queries, { userIds: await idsOfUsers(queries, typed, most), statuses }, newestFirst, page)),
  ]).slice(0, most)
}

/** Finds addresses by number or by matching users. */
export async function searchAddresses(queries: Queries, typed: string, most: number): Promise<Address[]> {
  const page = { limit: most, offset: 0 }
  if (typed === '') return listAddresses(queries, {}, newestFirst, page)
  const exactly = numbered.test(typed) ? await listAddresses(queries, { ids: [Number(typed)] }, newestFirst, page) : []
  return distinct([
    ...exactly,
    ...(await listAddresses(queries, { userIds: await idsOfUsers(queries, typed, most) }, newestFirst, page)),
  ]).slice(0, most)
}

/** At most as many digits as an id has. */
const numbered = /^\d{1,10}$/

const idsOfUsers = async (queries: Queries, typed: string, most: number): Promise<number[]> =>
  (await searchUsers(queries, typed, most)).map(({ id }) => id)

/** Drops later duplicates. */
function distinct<T extends { readonly id: number }>(things: readonly T[]): T[] {
  return [...new Map(things.map((thing) => [thing.id, thing])).values()]
}

/** Resolves to the products in the order of the ids; missing products are skipped. */
export async function productsByIds(queries: Queries, ids: readonly number[]): Promise<Product[]> {
  const rows = await listProducts(queries, { ids }, byName, { limit: 0, offset: 0 })
  return ids.flatMap((id) => rows.find((product) => product.id === id) ?? [])
}
