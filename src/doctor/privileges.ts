import type { Grant, Holdings } from './grants.ts'
import { isFrom } from './series.ts'

const changes = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const

/** What the application does to each of its tables; what is not named here, it does all four to. */
const lesser: Readonly<Record<string, readonly string[]>> = {
  logs: ['SELECT', 'INSERT'],
  schema_migrations: ['SELECT'],
}

/**
 * What the application needs and this account does not have: `DELETE`, or `DELETE on orders` where it has it on other
 * tables.
 */
export function missingPrivileges({ grants }: Holdings, database: string, tables: readonly string[]): string[] {
  return changes.flatMap((privilege) => {
    const needing = tables.filter((table) => (lesser[table] ?? changes).includes(privilege))
    const without = needing.filter((table) => !holds(grants, privilege, { database, table }))
    if (without.length === 0) return []
    return [without.length === needing.length ? privilege : `${privilege} on ${without.join(', ')}`]
  })
}

/** What this account has beyond that, on everything or on this database: `ALL on *.*`. */
export function excessPrivileges({ grants }: Holdings, database: string): string[] {
  return grants
    .filter((grant) => covers(grant, database))
    .flatMap((grant) => {
      const fine: readonly string[] = grant.database === '*' ? [] : changes
      const names = grant.privileges
        .filter((name) => !fine.includes(name))
        .map((name) => name.replace(' PRIVILEGES', ''))
      return names.length === 0
        ? []
        : [`${names.join(', ')} on ${grant.database === '*' ? '*' : database}.${grant.table}`]
    })
}

/** Whether a server that takes no writes takes them from this account; SUPER alone was enough before 10.11. */
export function writesToReadOnly({ grants }: Holdings, version: string): boolean {
  const everywhere = grants.filter(({ database }) => database === '*').flatMap(({ privileges }) => privileges)
  return ['ALL PRIVILEGES', 'READ_ONLY ADMIN', ...(isFrom('10.11', version) ? [] : ['SUPER'])].some((name) =>
    everywhere.includes(name),
  )
}

interface Place {
  readonly database: string
  readonly table: string
}

function holds(grants: readonly Grant[], privilege: string, { database, table }: Place): boolean {
  const grantees = [...new Set(grants.map(({ grantee }) => grantee))]
  const here = grantees.flatMap((grantee) =>
    effective(
      grants.filter((grant) => grant.grantee === grantee),
      database,
    ),
  )
  return here.some(
    (grant) =>
      (grant.table === '*' || grant.table === table) &&
      (grant.privileges.includes(privilege) || grant.privileges.includes('ALL PRIVILEGES')),
  )
}

/**
 * Of several patterns that fit a database, the server takes the most specific one alone: the one with the longest
 * beginning without a wildcard.
 */
function effective(grants: readonly Grant[], database: string): Grant[] {
  const fitting = grants.filter((grant) => covers(grant, database))
  const patterns = fitting.filter((grant) => grant.table === '*' && grant.database !== '*')
  const specific = Math.max(...patterns.map((grant) => literalLength(grant.database)))
  return fitting.filter((grant) => !patterns.includes(grant) || literalLength(grant.database) === specific)
}

function covers(grant: Grant, database: string): boolean {
  if (grant.database === '*') return true
  return grant.table === '*' ? asPattern(grant.database).test(database) : grant.database === database
}

const literalLength = (pattern: string): number =>
  (/^(?:\\.|[^%_\\])*/.exec(pattern)?.[0] ?? '').length + (/^(?:\\.|[^%_\\])*$/.test(pattern) ? 1 : 0)

/** As in LIKE: `_` is one character, `%` any number, a backslash takes the meaning away. */
function asPattern(like: string): RegExp {
  const parts = Array.from(like.matchAll(/\\(.)|([\s\S])/g), ([, escaped, one = '']) => {
    if (escaped !== undefined) return escapedText(escaped)
    return one === '%' ? '[\\s\\S]*' : one === '_' ? '[\\s\\S]' : escapedText(one)
  })
  return new RegExp(`^${parts.join('')}$`)
}

const escapedText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
