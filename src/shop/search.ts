import type { Queries } from '../db/queries.ts'
import { listProducts, type Product } from './products.ts'
import { listUsers, userColumns, userFromRow, type User, type UserRow } from './users.ts'

const newestFirst = { column: 'created_at', descending: true } as const
const byName = { column: 'name', descending: false } as const

/**
 * Active users for whoever is typing: those whose username, email or first name begins so, by their indexes, so that it stays quick however
 * many there are; only where these are few, those that have it somewhere. Nothing typed: the newest.
 */
export async function searchUsers(queries: Queries, typed: string, most: number): Promise<User[]> {
  const page = { limit: most, offset: 0 }
  if (typed === '') return listUsers(queries, { active: true }, newestFirst, page)
  const beginning = `${typed.replace(/[!%_]/g, '!$&')}%`
  const branch = (column: string): string => `(SELECT ${userColumns} FROM users u WHERE u.${column} LIKE ? ESCAPE '!' AND u.is_active ORDER BY u.${column} LIMIT ?)`
  const branches = ['username', 'email', 'first_name']
  const rows = await queries.rows<UserRow>(`${branches.map(branch).join(' UNION ')} LIMIT ?`, [...branches.flatMap(() => [beginning, most]), most])
  const found = rows.map(userFromRow)
  if (found.length >= most) return found
  const more = await listUsers(queries, { active: true, search: typed }, newestFirst, page)
  const known = new Set(found.map(({ id }) => id))
  return [...found, ...more.filter(({ id }) => !known.has(id))].slice(0, most)
}

/** Products that are sold and have it in SKU or name, by name; nothing typed: the first. */
export function searchProducts(queries: Queries, typed: string, most: number): Promise<Product[]> {
  return listProducts(queries, { active: true, search: typed === '' ? undefined : typed }, byName, { limit: most, offset: 0 })
}

/** In the order of the ids; one that is gone is left out. */
export async function productsByIds(queries: Queries, ids: readonly number[]): Promise<Product[]> {
  if (ids.length === 0) return []
  const rows = await listProducts(queries, { ids }, byName, { limit: 0, offset: 0 })
  return ids.flatMap((id) => rows.find((product) => product.id === id) ?? [])
}
