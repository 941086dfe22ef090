import { inject } from 'vitest'
import type { Account } from '../../src/db/privileges/accounts.ts'

/**
 * The account with the least privileges for a shop. Every test database grants it the statements of `db grants` for the
 * role app.
 */
export const appAccount: Account = { user: 'dbtool_app', host: 'localhost' }

/** `owner` is the operating-system user with all privileges, such as changing the schema, granting and killing. */
export type Role = 'app' | 'owner'

/** The settings to log in as this role. */
export function login(as: Role): Record<string, string> {
  return as === 'owner'
    ? { DB_USER: inject('osUser') }
    : { DB_USER: appAccount.user, DB_PASSWORD: inject('appPassword') }
}

/** The sentence of a confirmation that names the target. */
export function targetSentence(database: string): string {
  return `On ${appAccount.user}@${inject('socket')}/${database}.`
}
