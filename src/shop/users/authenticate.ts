import type { Database } from '../../db/database.ts'
import { firstRow, Secret, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { writeLog, type Author } from '../logs.ts'
import { emailKey } from './email.ts'
import { hashPassword, isOutdated, isPassword, type Compare } from './passwords.ts'
import { getUserById, type User } from './users.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
}

/**
 * Resolves to the user with this email and password; it stamps the login and renews a weak hash. Otherwise it rejects
 * with NOT_AUTHENTICATED and logs the refusal. The message and the work are the same for an unknown user, an inactive
 * one, one without a password, and a wrong password. So the caller cannot learn which emails belong to customers. The
 * caller limits the rate of attempts.
 */
export async function authenticate(
  db: Database,
  author: Author,
  { email, password }: Credentials,
  compare?: Compare,
): Promise<User> {
  const row = await firstRow<{ id: number; is_active: number; password_hash: string }>(
    db,
    'SELECT id, is_active, password_hash FROM users WHERE email_key = ?',
    [emailKey(email)],
  )
  const equal = await isPassword(password, row?.password_hash, compare)
  const user = row === undefined || row.is_active === 0 || !equal ? undefined : await logIn(db, author, row, password)
  if (user !== undefined) return user
  await db.transaction((tx) => logRefusal(tx, author, row?.id))
  throw new DbtoolError('NOT_AUTHENTICATED', 'the email and the password do not belong to a user who may log in', {
    hint: 'check both; to set a new password: dbtool users set-password',
  })
}

/** Resolves to undefined for a user who was deactivated, or whose password changed, while it was compared. */
async function logIn(
  db: Database,
  author: Author,
  { id, password_hash: stored }: { readonly id: number; readonly password_hash: string },
  password: string,
): Promise<User | undefined> {
  const renewed = isOutdated(stored) ? await hashPassword(password) : stored
  return db.transaction((tx) => recordLogin(tx, author, id, { stored, renewed }))
}

async function recordLogin(
  tx: Queries,
  author: Author,
  id: number,
  { stored, renewed }: { stored: string; renewed: string },
): Promise<User | undefined> {
  const { affectedRows } = await tx.execute(
    `UPDATE users SET last_login = UTC_TIMESTAMP(), password_hash = ?
      WHERE id = ? AND is_active AND BINARY password_hash = ?`,
    [new Secret(renewed), id, new Secret(stored)],
  )
  if (affectedRows === 0) return undefined
  await writeLog(tx, author, {
    entity: 'users',
    entityId: id,
    message: renewed === stored ? 'logged in' : 'logged in; renewed the hash of the password',
  })
  return getUserById(tx, id)
}

/** An unknown email leaves the id 0 and nothing else: it may be a typing error, or a password in the wrong field. */
async function logRefusal(tx: Queries, author: Author, id = 0): Promise<void> {
  await writeLog(tx, author, { entity: 'users', entityId: id, message: 'login refused' })
}
