import type { Database } from '../../db/database.ts'
import { firstRow, Secret, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { writeLog, type Author } from '../logs.ts'
import { hashPassword, isOutdated, isPassword, type Compare } from './passwords.ts'
import { getUserById, userColumns, userFromRow, type User, type UserRow } from './users.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
}

/**
 * Resolves to the user with this email and password; it stamps the login and renews a weak hash. Otherwise it rejects
 * with NOT_AUTHENTICATED. The message and the work are the same for an unknown user, an inactive one, one without a
 * password, and a wrong password. So the caller cannot learn which emails belong to customers.
 */
export async function authenticate(
  db: Database,
  author: Author,
  { email, password }: Credentials,
  compare?: Compare,
): Promise<User> {
  const row = await firstRow<UserRow & { password_hash: string }>(
    db,
    `SELECT ${userColumns}, u.password_hash FROM users u WHERE u.email_key = ?`,
    [email],
  )
  const equal = await isPassword(password, row?.password_hash, compare)
  if (row === undefined || row.is_active === 0 || !equal) throw refused()
  const { password_hash: stored, ...user } = row
  const renewed = isOutdated(stored) ? await hashPassword(password) : stored
  return db.transaction((tx) => recordLogin(tx, author, userFromRow(user), { stored, renewed }))
}

/** Records the login. The guarded update rejects a user who was deactivated or whose password changed meanwhile. */
async function recordLogin(
  tx: Queries,
  author: Author,
  { id, username }: User,
  { stored, renewed }: { stored: string; renewed: string },
): Promise<User> {
  const { affectedRows } = await tx.execute(
    `UPDATE users SET last_login = UTC_TIMESTAMP(), password_hash = ?
      WHERE id = ? AND is_active AND BINARY password_hash = ?`,
    [new Secret(renewed), id, new Secret(stored)],
  )
  if (affectedRows === 0) throw refused()
  await writeLog(tx, author, {
    entity: 'users',
    entityId: id,
    message: `${username} logged in${renewed === stored ? '' : '; the hash of the password was renewed'}`,
  })
  return getUserById(tx, id)
}

function refused(): DbtoolError {
  return new DbtoolError('NOT_AUTHENTICATED', 'the email and the password do not belong to a user who may log in', {
    hint: 'check both; to set a new password: dbtool users set-password',
  })
}
