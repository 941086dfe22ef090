import type { Queries } from '../../db/queries.ts'
import { userConditions, type UserFilter } from '../users/users.ts'
import { eachPage, isoText, type WritePage } from './pages.ts'

interface Exported {
  readonly id: number
  is_active: number | boolean
  is_admin: number | boolean
}

/**
 * Writes all users that match the filter, in ascending id, with the columns of their import. The password hash is
 * included only on request.
 */
export function exportUsers(
  queries: Queries,
  filter: UserFilter,
  { passwordHashes }: { passwordHashes: boolean },
  write: WritePage,
): Promise<void> {
  const select = {
    sql: `SELECT u.id, u.username, u.email, u.first_name, u.last_name, u.is_active, u.is_admin,
        ${isoText('u.created_at')} AS created_at,
        ${isoText('u.last_login')} AS last_login${passwordHashes ? ', u.password_hash' : ''}
      FROM users u`,
    conditions: userConditions(filter),
    after: ({ id }: Exported) => ({ sql: 'u.id > ?', values: [id] }),
    order: 'u.id',
  }
  return eachPage(queries, select, (rows) => {
    for (const row of rows) {
      row.is_active = row.is_active === 1
      row.is_admin = row.is_admin === 1
    }
    return write(rows)
  })
}
