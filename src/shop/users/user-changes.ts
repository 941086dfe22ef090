import { Secret, type Queries } from '../../db/queries.ts'
import { assignments, describeChanges, diff, type Updated } from '../changes.ts'
import { writeLog, type Author } from '../logs.ts'
import { asciiEmail } from './email.ts'
import { getUser, getUserById, duplicateUser, type User } from './users.ts'

/** The columns of a user that can be changed, as in the chapter. Null clears a name. */
export type UserPatch = Readonly<{
  email?: string | undefined
  first_name?: string | null | undefined
  last_name?: string | null | undefined
  is_active?: boolean | undefined
}>

/** Changes a user. Call it in a transaction. Rejects with NOT_FOUND, and with DUPLICATE when the email is taken. */
export async function updateUser(
  queries: Queries,
  author: Author,
  reference: string,
  patch: UserPatch,
): Promise<Updated<User>> {
  const user = await lockUser(queries, reference)
  const changes = diff(patch, { ...user })
  if (Object.keys(changes).length === 0) return { thing: user, rowsChanged: 0, changes: '' }
  const columns = { ...changes }
  if (patch.email !== undefined) columns['email_ascii'] = asciiEmail(patch.email)
  const { sql, values } = assignments(columns)
  const words = describeChanges(changes, { ...user })
  await queries.execute(`UPDATE users SET ${sql} WHERE id = ?`, [...values, user.id]).catch((error: unknown) => {
    throw duplicateUser(error, { username: user.username, email: patch.email ?? user.email })
  })
  await writeLog(queries, author, {
    entity: 'users',
    entityId: user.id,
    message: 'updated',
    changes: { before: { ...user }, after: changes },
  })
  return { thing: await getUserById(queries, user.id), rowsChanged: 1, changes: words }
}

/** Stores a new password hash. Call it in a transaction. Rejects with NOT_FOUND. */
export async function setPassword(
  queries: Queries,
  author: Author,
  reference: string,
  passwordHash: string,
): Promise<User> {
  const user = await lockUser(queries, reference)
  await queries.execute('UPDATE users SET password_hash = ?, updated_at = UTC_TIMESTAMP() WHERE id = ?', [
    new Secret(passwordHash),
    user.id,
  ])
  await writeLog(queries, author, {
    entity: 'users',
    entityId: user.id,
    message: 'set a new password',
  })
  return user
}

/** Locks by id, because a search over three columns would also lock the rows that it scans. */
async function lockUser(queries: Queries, reference: string): Promise<User> {
  const { id } = await getUser(queries, reference)
  return getUserById(queries, id, 'FOR UPDATE')
}
