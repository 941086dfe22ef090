import { accountSql, quoted, quotedPattern, type Account } from './accounts.ts'

export const roleNames = ['app', 'migrator', 'reporter', 'bench'] as const
export type RoleName = (typeof roleNames)[number]

/** A kind of user of the database, with the least that his work needs. */
export interface Role {
  readonly name: RoleName
  readonly purpose: string
  readonly grants: readonly Grant[]
}

interface Grant {
  /** As GRANT has it, with columns where it is not all of them. */
  readonly privileges: string
  /** Undefined: on every table of the database, also those to come. */
  readonly table?: string
}

/** All but password_hash, which no report is about. */
const readableOfUsers =
  'id, username, email, first_name, last_name, is_active, is_admin, created_at, updated_at, last_login'

export const roles: readonly Role[] = [
  {
    name: 'app',
    purpose: 'every command but those that change the schema',
    grants: [{ privileges: 'SELECT, INSERT, UPDATE, DELETE' }],
  },
  {
    name: 'migrator',
    purpose: 'db migrate, db rollback and db reset',
    // The named lock needs no privilege, and who may change rows of a table may refer to it: no LOCK TABLES, no
    // REFERENCES.
    grants: [{ privileges: 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX' }],
  },
  {
    name: 'reporter',
    purpose: 'lists, reports and db check; sees no password hash',
    grants: [
      { privileges: `SELECT (${readableOfUsers})`, table: 'users' },
      ...['addresses', 'products', 'orders', 'order_items', 'logs', 'schema_migrations'].map((table) => ({
        privileges: 'SELECT',
        table,
      })),
    ],
  },
  {
    name: 'bench',
    purpose: 'bench drivers, which fills a temporary table of its own',
    grants: [{ privileges: 'SELECT, CREATE TEMPORARY TABLES' }],
  },
]

/** The statements that give an account what a role needs in a database, and nothing else. */
export function grantStatements({ grants }: Role, database: string, account: Account): string[] {
  return grants.map(({ privileges, table }) => {
    const on = table === undefined ? `${quotedPattern(database)}.*` : `${quoted(database)}.${quoted(table)}`
    return `GRANT ${privileges} ON ${on} TO ${accountSql(account)}`
  })
}
