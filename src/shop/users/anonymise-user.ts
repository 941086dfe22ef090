import { firstRow, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { writeLog, type Author } from '../logs.ts'
import type { DeletedUser } from './delete-users.ts'
import { getUserById, noLogin, type User } from './users.ts'

/** The number of orders of a user, and of those that still have to be delivered. */
export interface OrdersOfUser {
  readonly orders: number
  readonly open: number
}

export async function ordersOfUser(queries: Queries, { id }: Pick<User, 'id'>): Promise<OrdersOfUser> {
  const row = await firstRow<OrdersOfUser>(
    queries,
    `SELECT COUNT(*) AS orders, COUNT(IF(status IN ('pending', 'confirmed', 'shipped'), 1, NULL)) AS open
      FROM orders WHERE user_id = ?`,
    [id],
  )
  return row ?? { orders: 0, open: 0 }
}

/**
 * Replaces everything personal of a user by its id, and deletes the addresses; the orders and their figures stay. Call
 * it in a transaction. Resolves to the user as it is then. Rejects with NOT_FOUND.
 */
export async function anonymiseUser(queries: Queries, author: Author, id: number): Promise<DeletedUser> {
  const user = await getUserById(queries, id, 'FOR UPDATE')
  const { affectedRows: addresses } = await queries.execute('DELETE FROM addresses WHERE user_id = ?', [id])
  const name = await anonymousName(queries, user)
  await queries.execute(
    `UPDATE users
      SET username = ?, email = ?, email_ascii = NULL, password_hash = '${noLogin}',
        first_name = NULL, last_name = NULL,
        is_active = FALSE, is_admin = FALSE, last_login = NULL, updated_at = UTC_TIMESTAMP()
      WHERE id = ?`,
    [name, emailOf(name), id],
  )
  await writeLog(queries, author, { entity: 'users', entityId: id, message: `anonymised (addresses: ${addresses})` })
  return { ...(await getUserById(queries, id)), addresses_deleted: addresses }
}

/** The domain can never exist (RFC 2606). */
const emailOf = (name: string): string => `${name}@anonymised.invalid`

const mostAttempts = 20

/** `anonymous_7`, with a suffix if that name is already in use. */
async function anonymousName(queries: Queries, { id, username, email }: User): Promise<string> {
  if (email === emailOf(username)) return username
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const name = `anonymous_${id}${attempt === 1 ? '' : `_${attempt}`}`
    const found = await firstRow(queries, 'SELECT id FROM users WHERE username = ? OR email_key = ?', [
      name,
      emailOf(name),
    ])
    if (found === undefined) return name
  }
  throw new DbtoolError('DUPLICATE', `no free username could be generated for user ${id}`)
}
