import { createHash } from 'node:crypto'
import type { Queries } from '../../db/queries.ts'
import type { Author } from '../logs.ts'
import { parseEmail, parseUsername } from '../rules.ts'
import { freeUsernames, usernameFrom } from '../users/free-usernames.ts'
import { insertUsers, noLogin } from '../users/users.ts'

/**
 * Resolves the user identities of another system to the ids of existing users. Digits are never dbtool's ids or
 * usernames: otherwise customer 5 of a file would become user 5 of the shop. A user that was created from a file is
 * found again by its email.
 */
export async function findImportedUsers(
  queries: Queries,
  references: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const identities = new Map(references.map((reference) => [reference, identity(reference)]))
  const emails = [...identities.values()].map(({ email }) => email)
  const usernames = references.filter((reference) => isUsername(reference) && !/^\d+$/.test(reference))
  const rows = await queries.rawRows<FoundUser>(
    [usersBy('email', emails.length), ...(usernames.length === 0 ? [] : [usersBy('username', usernames.length)])].join(
      ' UNION ALL ',
    ),
    [...emails, ...usernames],
  )
  const found = new Map(rows.map(({ key, id }) => [key, id]))
  const ids = new Map<string, number>()
  for (const [reference, { email, username }] of identities) {
    const id = found.get(`email ${email}`) ?? found.get(`username ${username}`)
    if (id !== undefined) ids.set(reference, id)
  }
  return ids
}

interface FoundUser {
  /** The column and its value, in lower case. */
  readonly key: string
  readonly id: number
}

/** A username that was generated for another reference is not a match. */
const usersBy = (column: 'email' | 'username', count: number): string => `
  SELECT CONCAT('${column} ', LOWER(${column})) AS \`key\`, id FROM users
    WHERE ${column} IN (${Array.from({ length: count }, () => '?').join(', ')})
      ${column === 'username' ? `AND email NOT LIKE '%@${importDomain}'` : ''}`

/**
 * Creates users who cannot log in, each under a free username. Call it in a transaction; resolves to their ids by
 * reference. Rejects with DUPLICATE if one of them exists.
 */
export async function createImportedUsers(
  queries: Queries,
  author: Author,
  references: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (references.length === 0) return new Map()
  const identities = new Map(references.map((reference) => [reference, identity(reference)]))
  // References that differ by case only are the same user.
  const users = [...new Map([...identities.values()].map((one) => [one.email, one])).values()]
  const usernames = await freeUsernames(
    queries,
    users.map(({ username }) => username),
  )
  const ids = await insertUsers(
    queries,
    author,
    users.map(({ email }, index) => ({ email, username: usernames[index] ?? '', passwordHash: noLogin })),
  )
  const idOf = new Map(users.map(({ email }, index) => [email, ids[index] ?? 0]))
  return new Map([...identities].map(([reference, { email }]) => [reference, idOf.get(email) ?? 0]))
}

/** A domain that can never exist (RFC 2606). */
const importDomain = 'import.invalid'

/** A username or an email is used as it is; any other reference gets a generated email. */
function identity(reference: string): { username: string; email: string } {
  const lower = reference.toLowerCase()
  const username = isUsername(reference) ? lower : usernameFrom(lower.split('@')[0] ?? lower)
  return { username, email: isEmail(reference) ? lower : `${addressPart(lower)}@${importDomain}` }
}

/** Different references get different addresses. */
function addressPart(text: string): string {
  const encoded = encodeURIComponent(text)
    .replace(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .toLowerCase()
  return encoded.length <= 200 ? encoded : createHash('sha256').update(text).digest('hex')
}

const isUsername = (text: string): boolean => accepts(parseUsername, text)
const isEmail = (text: string): boolean => accepts(parseEmail, text)

function accepts(parse: (text: string) => string, text: string): boolean {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}
