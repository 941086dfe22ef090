import { inject } from 'vitest'
import type { Account } from '../../src/db/privileges/accounts.ts'

/**
 * The least-privileged user who can run a shop; every test database grants him what `db grants` says for the role app.
 */
export const appAccount: Account = { user: 'dbtool_app', host: 'localhost' }

/** `owner` may do everything: change the schema, grant, kill; he is the operating-system user. */
export type Person = 'app' | 'owner'

/** How each of them logs in. */
export function login(as: Person): Record<string, string> {
  return as === 'owner'
    ? { DB_USER: inject('osUser') }
    : { DB_USER: appAccount.user, DB_PASSWORD: inject('appPassword') }
}

/** How a confirmation says where it is. */
export function targetSentence(database: string): string {
  return `On ${appAccount.user}@${inject('socket')}/${database}.`
}
