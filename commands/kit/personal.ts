import type { View } from '../../src/output/view.ts'

/** The columns with data about persons, in all views. */
const personalColumns: readonly string[] = [
  'username',
  'user',
  'email',
  'first_name',
  'last_name',
  'password_hash',
  'street',
  'city',
  'postal_code',
  'os_user',
]

/** Whether a result is about persons: its file is readable by its owner only, unless `--mode` says otherwise. */
export function isPersonal({ columns, nested }: View): boolean {
  return columns.some(({ name }) => personalColumns.includes(name)) || (nested !== undefined && isPersonal(nested.view))
}
