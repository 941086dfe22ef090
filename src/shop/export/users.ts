import type { Queries } from '../../db/queries.ts'
import { userConditions, type UserFilter } from '../users/users.ts'
import { type ExportColumns, exportRows, type ExportSink } from './export-rows.ts'

const columns: ExportColumns = {
  id: ['integer', 'u.id'],
  username: ['text', 'u.username'],
  email: ['text', 'u.email'],
  first_name: ['text', 'u.first_name'],
  last_name: ['text', 'u.last_name'],
  is_active: ['flag', 'u.is_active'],
  is_admin: ['flag', 'u.is_admin'],
  created_at: ['instant', 'u.created_at'],
  last_login: ['instant', 'u.last_login'],
}
const withHash: ExportColumns = { ...columns, password_hash: ['text', 'u.password_hash'] }

/**
 * Writes all users that match the filter, in ascending id, with the columns of their import. The password hash is
 * included only on request.
 */
export function exportUsers(
  queries: Queries,
  filter: UserFilter,
  { passwordHashes }: { passwordHashes: boolean },
  sink: ExportSink,
): Promise<void> {
  const select = {
    columns: passwordHashes ? withHash : columns,
    // Without a sort, so that the first rows come at once.
    from: 'users u FORCE INDEX (PRIMARY)',
    conditions: userConditions(filter),
    after: ({ id }: { id: number }) => ({ sql: 'u.id > ?', values: [id] }),
    order: 'u.id',
  }
  return exportRows(queries, select, sink)
}
