import { inParts } from '../../db/parts.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { counted } from '../../in-words.ts'
import { quotedForShell } from '../../values.ts'
import { writeLog, writeLogs, type Author } from '../logs.ts'
import { getUserById, userColumns, userFromRow, type User, type UserRow } from './users.ts'

/** A user with the number of addresses that were deleted along with it. */
export interface DeletedUser extends User {
  readonly addresses_deleted: number
}

/** Ids as a table, whatever their number: one bound JSON array. */
const wanted = `JSON_TABLE(?, '$[*]' COLUMNS (id INT PATH '$')) AS wanted`

interface Belongings {
  readonly id: number
  readonly orders: number
  readonly addresses: number
}

/**
 * Counts the orders and addresses of each user. The counts are exact while the users are locked, because no order can
 * be placed for them then.
 */
async function belongingsOf(queries: Queries, users: readonly User[]): Promise<Map<number, Belongings>> {
  const rows = await queries.rows<Belongings>(
    `SELECT wanted.id,
        (SELECT COUNT(*) FROM orders o WHERE o.user_id = wanted.id) AS orders,
        (SELECT COUNT(*) FROM addresses a WHERE a.user_id = wanted.id) AS addresses
      FROM ${wanted}`,
    [idsOf(users)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

const idsOf = (users: readonly { readonly id: number }[]): string => JSON.stringify(users.map(({ id }) => id))

/** Resolves to the user as it would be deleted. Rejects with REFERENCED while it has orders, whatever their status. */
export async function deletable(queries: Queries, user: User): Promise<DeletedUser> {
  const { orders = 0, addresses = 0 } = (await belongingsOf(queries, [user])).get(user.id) ?? {}
  if (orders === 0) return { ...user, addresses_deleted: addresses }
  const { username } = user
  throw new DbtoolError(
    'REFERENCED',
    `${username} cannot be deleted: ${counted(orders, 'order')} ${orders === 1 ? 'belongs' : 'belong'} to this user`,
    {
      hint:
        `to forget the person and keep the orders: dbtool users anonymise ${quotedForShell(username)}; ` +
        `to forbid the login: dbtool users update ${quotedForShell(username)} --inactive`,
    },
  )
}

/** Deletes a user and its addresses. Call it in a transaction. Rejects with NOT_FOUND and REFERENCED. */
export async function deleteUser(queries: Queries, author: Author, id: number): Promise<DeletedUser> {
  const user = await deletable(queries, await getUserById(queries, id, 'FOR UPDATE'))
  await queries.execute('DELETE FROM users WHERE id = ?', [id])
  await writeLog(queries, author, {
    entity: 'users',
    entityId: id,
    message: `deleted (addresses: ${user.addresses_deleted})`,
  })
  return user
}

/** `ada <ada@example.com> with 2 addresses`. */
export function nameWithAddresses({ username, email, addresses_deleted }: DeletedUser): string {
  const addresses = addresses_deleted === 0 ? '' : ` with ${counted(addresses_deleted, 'address', 'addresses')}`
  return `${username} <${email}>${addresses}`
}

/** Inactive users who have not logged in since a time; for users who never logged in, the time of creation counts. */
const unseen = 'u.is_active = FALSE AND COALESCE(u.last_login, u.created_at) <= ?'

export interface Purge {
  /** The users that can be deleted, by id. */
  readonly users: readonly User[]
  /** The number of users that cannot be deleted because they have orders. */
  readonly kept: number
}

/** Finds the inactive users who were not seen since a time. */
export async function findPurgeable(queries: Queries, since: Date): Promise<Purge> {
  const rows = await queries.rows<UserRow & { has_orders: number }>(
    `SELECT ${userColumns}, EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id) AS has_orders
      FROM users u WHERE ${unseen} ORDER BY u.id`,
    [since],
  )
  const free = rows.filter(({ has_orders }) => has_orders === 0)
  return { users: free.map(userFromRow), kept: rows.length - free.length }
}

/**
 * Deletes the listed users who still qualify. Call it in a transaction; it takes four statements, whatever the number
 * of users, unless the server accepts only smaller ones.
 */
export function purgeUsers(
  queries: Queries,
  author: Author,
  listed: readonly User[],
  since: Date,
): Promise<DeletedUser[]> {
  return inParts(listed, (part) => purgeAtOnce(queries, author, part, since))
}

async function purgeAtOnce(
  queries: Queries,
  author: Author,
  listed: readonly User[],
  since: Date,
): Promise<DeletedUser[]> {
  const rows = await queries.rows<UserRow>(
    `SELECT ${userColumns}
      FROM ${wanted} STRAIGHT_JOIN users u ON u.id = wanted.id
      WHERE ${unseen}
      ORDER BY u.id
      FOR UPDATE`,
    [idsOf(listed), since],
  )
  const locked = rows.map(userFromRow)
  const belongings = await belongingsOf(queries, locked)
  const users = locked
    .filter(({ id }) => belongings.get(id)?.orders === 0)
    .map((user) => ({ ...user, addresses_deleted: belongings.get(user.id)?.addresses ?? 0 }))
  await queries.execute(`DELETE u FROM ${wanted} STRAIGHT_JOIN users u ON u.id = wanted.id`, [idsOf(users)])
  await writeLogs(
    queries,
    author,
    users.map(({ id, addresses_deleted: addresses }) => ({
      entity: 'users',
      entityId: id,
      message: `purged (addresses: ${addresses})`,
    })),
  )
  return users
}
