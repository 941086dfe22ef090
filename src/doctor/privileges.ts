import type { Grant, AccountGrants } from './grants.ts'
import { isFrom } from './series.ts'

const tablePrivileges = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const

/** The tables for which a target needs other privileges than for the rest. */
interface Needs {
  readonly all: readonly string[]
  readonly reduced: Readonly<Record<string, readonly string[]>>
}

const application: Needs = {
  all: tablePrivileges,
  reduced: { logs: ['SELECT', 'INSERT'], schema_migrations: ['SELECT'] },
}
/** A reporter reads the columns of users, except for their password hashes. */
const reading: Needs = { all: ['SELECT'], reduced: { users: [] } }

/**
 * The privileges that the application needs and this account lacks: `DELETE`, or `DELETE on orders` if it is missing
 * for some tables only. A target that is read-only needs less.
 */
export function missingPrivileges(
  { grants }: AccountGrants,
  database: string,
  { tables, readOnly = false }: { readonly tables: readonly string[]; readonly readOnly?: boolean | undefined },
): string[] {
  const { all, reduced } = readOnly ? reading : application
  return all.flatMap((privilege) => {
    const needing = tables.filter((table) => (reduced[table] ?? all).includes(privilege))
    const without = needing.filter((table) => !holds(grants, privilege, { database, table }))
    if (without.length === 0) return []
    return [without.length === needing.length ? privilege : `${privilege} on ${without.join(', ')}`]
  })
}

/** The privileges of this account beyond those, on this database or globally, such as `ALL on *.*`. */
export function excessPrivileges({ grants }: AccountGrants, database: string): string[] {
  return grants
    .filter((grant) => covers(grant, database))
    .flatMap((grant) => {
      const expected: readonly string[] = grant.database === '*' ? [] : tablePrivileges
      const names = grant.privileges
        .filter((name) => !expected.includes(name))
        .map((name) => name.replace(' PRIVILEGES', ''))
      return names.length === 0
        ? []
        : [`${names.join(', ')} on ${grant.database === '*' ? '*' : database}.${grant.table}`]
    })
}

/** Whether a server with read_only accepts writes from this account. Before 10.11, SUPER was enough. */
export function writesToReadOnly({ grants }: AccountGrants, version: string): boolean {
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
 * The grants that apply to a database. If several patterns match it, the server uses only the most specific one, which
 * has the longest prefix without a wildcard.
 */
function effective(grants: readonly Grant[], database: string): Grant[] {
  const matching = grants.filter((grant) => covers(grant, database))
  const patterns = matching.filter((grant) => grant.table === '*' && grant.database !== '*')
  const specific = Math.max(...patterns.map((grant) => literalLength(grant.database)))
  return matching.filter((grant) => !patterns.includes(grant) || literalLength(grant.database) === specific)
}

function covers(grant: Grant, database: string): boolean {
  if (grant.database === '*') return true
  return grant.table === '*' ? asPattern(grant.database).test(database) : grant.database === database
}

const literalLength = (pattern: string): number =>
  (/^(?:\\.|[^%_\\])*/.exec(pattern)?.[0] ?? '').length + (/^(?:\\.|[^%_\\])*$/.test(pattern) ? 1 : 0)

/** Converts a LIKE pattern: `_` is one character, `%` any number of them, and a backslash escapes both. */
function asPattern(like: string): RegExp {
  const parts = Array.from(like.matchAll(/\\(.)|([\s\S])/g), ([, escaped, character = '']) => {
    if (escaped !== undefined) return escapedText(escaped)
    return character === '%' ? '[\\s\\S]*' : character === '_' ? '[\\s\\S]' : escapedText(character)
  })
  return new RegExp(`^${parts.join('')}$`)
}

const escapedText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
