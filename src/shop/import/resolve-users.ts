import { createHash } from 'node:crypto'
import type { Queries } from '../../db/queries.ts'
import type { Author } from '../logs.ts'
import { isUsername } from '../rules.ts'
import { emailKey, isEmail, parseEmail } from '../users/email.ts'
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
  const wanted = new Map(references.map((reference) => [reference, keysOf(reference)]))
  const emails = [...wanted.values()].flatMap((keys) => keys.emails)
  const usernames = [...wanted.values()].flatMap(({ username }) => username ?? [])
  const searches = [usersBy('email_key', emails.length)]
  if (usernames.length > 0) searches.push(usersBy('username', usernames.length))
  const rows = await queries.rawRows<FoundUser>(searches.join(' UNION ALL '), [...emails, ...usernames])
  const found = new Map(rows.map(({ found_by: by, id }) => [by, id]))
  const ids = new Map<string, number>()
  for (const [reference, { emails: own, username }] of wanted) {
    const keys = [...own.map((email) => `email_key ${email}`), `username ${username ?? ''}`]
    const id = keys.map((key) => found.get(key)).find((one) => one !== undefined)
    if (id !== undefined) ids.set(reference, id)
  }
  return ids
}

/**
 * The keys by which a user is found, the best first. An address may have been no valid one for an earlier version,
 * which then generated another.
 */
function keysOf(reference: string): { readonly emails: readonly string[]; readonly username: string | undefined } {
  const generated = generatedEmail(reference)
  return {
    emails: isEmail(reference) ? [emailKey(reference), generated] : [generated],
    username: isUsername(reference) && !/^\d+$/.test(reference) ? reference.toLowerCase() : undefined,
  }
}

interface FoundUser {
  /** The column and its value, in lower case. */
  readonly found_by: string
  readonly id: number
}

/** A username that was generated for another reference is not a match. */
const usersBy = (column: 'email_key' | 'username', count: number): string => `
  SELECT CONCAT('${column} ', LOWER(${column})) AS found_by, id FROM users
    WHERE ${column} IN (${Array.from({ length: count }, () => '?').join(', ')})
      ${column === 'username' ? `AND email_key NOT LIKE '%@${importDomain}'` : ''}`

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
  const users = [...new Map([...identities.values()].map((one) => [emailKey(one.email), one])).values()]
  const usernames = await freeUsernames(
    queries,
    users.map(({ username }) => username),
  )
  const ids = await insertUsers(
    queries,
    author,
    users.map(({ email }, index) => ({ email, username: usernames[index] ?? '', passwordHash: noLogin })),
  )
  const idOf = new Map(users.map(({ email }, index) => [emailKey(email), ids[index] ?? 0]))
  return new Map([...identities].map(([reference, { email }]) => [reference, idOf.get(emailKey(email)) ?? 0]))
}

/** A domain that can never exist (RFC 2606). */
const importDomain = 'import.invalid'

/** A username or an email is used as it is; any other reference gets a generated email. */
function identity(reference: string): { username: string; email: string } {
  const lower = reference.toLowerCase()
  const username = isUsername(reference) ? lower : usernameFrom(lower.split('@')[0] ?? lower)
  return { username, email: isEmail(reference) ? parseEmail(reference) : generatedEmail(reference) }
}

/**
 * The address of a user whose name in a file is none, although it looks like one; undefined for every other reference.
 */
export const replacedAddress = (reference: string): string | undefined =>
  reference.includes('@') && !isEmail(reference) ? generatedEmail(reference) : undefined

/** Different references get different addresses. */
function generatedEmail(reference: string): string {
  const lower = reference.toLowerCase()
  const encoded = encodeURIComponent(lower)
    .replace(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .toLowerCase()
  const local = encoded.length <= 200 ? encoded : createHash('sha256').update(lower).digest('hex')
  return `${local}@${importDomain}`
}
