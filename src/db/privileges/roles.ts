import { accountSql, quoted, quotedPattern, type Account } from './accounts.ts'

export const roleNames = ['app', 'migrator', 'reporter', 'bench'] as const
export type RoleName = (typeof roleNames)[number]

/** A kind of database user, with the minimum privileges for its work. */
export interface Role {
  readonly name: RoleName
  readonly purpose: string
  readonly grants: readonly Grant[]
}

interface Grant {
  /** The privileges in the syntax of GRANT, with a column list unless they cover all columns. */
  readonly privileges: string
  /** Undefined: every table of the database, also future ones. */
  readonly table?: string
}

/** All columns except password_hash, which no report needs. */
const readableOfUsers =
  'id, username, email, email_ascii, email_key, first_name, last_name, is_active, is_admin, ' +
  'created_at, updated_at, last_login'

/** The tables without secrets. */
const readableTables = [
  'addresses',
  'products',
  'orders',
  'order_items',
  'order_adjustments',
  'order_refusals',
  'logs',
  'schema_migrations',
]

export const roles: readonly Role[] = [
  {
    name: 'app',
    purpose: 'every command except those that change the schema',
    grants: [{ privileges: 'SELECT, INSERT, UPDATE, DELETE' }],
  },
  {
    name: 'migrator',
    purpose: 'db migrate, db rollback and db reset',
    // LOCK TABLES is unnecessary, because the named lock needs no privilege. REFERENCES is unnecessary too, because a
    // user who may change the rows of a table may also refer to it.
    grants: [{ privileges: 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX' }],
  },
  {
    name: 'reporter',
    purpose: 'lists, reports and db check; no access to password hashes',
    grants: [
      { privileges: `SELECT (${readableOfUsers})`, table: 'users' },
      ...readableTables.map((table) => ({
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

/** The GRANT statements that give an account exactly the privileges of a role in a database. */
export function grantStatements({ grants }: Role, database: string, account: Account): string[] {
  return grants.map(({ privileges, table }) => {
    const on = table === undefined ? `${quotedPattern(database)}.*` : `${quoted(database)}.${quoted(table)}`
    return `GRANT ${privileges} ON ${on} TO ${accountSql(account)}`
  })
}
