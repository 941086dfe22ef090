import { createHash } from 'node:crypto'
import { DatabaseError } from '../../db/failures.ts'
import { inParts } from '../../db/parts.ts'
import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { parseEmail, parseUsername } from '../rules.ts'
import type { Author } from '../logs.ts'
import { findUser, insertUser, insertUsers, noLogin, type NewUser } from '../users/users.ts'

/** Resolves the user references of a file to the ids of existing users. */
export type FindUsers = (queries: Queries, references: readonly string[]) => Promise<ReadonlyMap<string, number>>

/** Resolves references as everywhere else: by id, username or email. */
export const knownUsers: FindUsers = async (queries, references) => {
  const ids = new Map<string, number>()
  for (const reference of references) {
    const user = await findUser(queries, reference)
    if (user !== undefined) ids.set(reference, user.id)
  }
  return ids
}

/**
 * Resolves the user identities of another system. They are never dbtool's ids, even if they are digits: otherwise
 * customer 5 of a file would become user 5 of the shop. A user that was created from a file is found again by its
 * email.
 */
export const importedUsers: FindUsers = async (queries, references) =>
  new Map(await inParts(references, async (part) => [...(await importedUsersAtOnce(queries, part))]))

const importedUsersAtOnce: FindUsers = async (queries, references) => {
  const wanted = references.map((reference) => {
    const { username, email } = identity(reference)
    return [email, isUsername(reference) ? username : null]
  })
  const rows = await queries.prepared<{ n: number; id: number; by: 'email' | 'username' }>(importedUsersSql, [
    JSON.stringify(wanted),
    JSON.stringify(wanted),
  ])
  const ids = new Map<string, number>()
  // A match by email overrides a match by username.
  for (const by of ['username', 'email'])
    for (const row of rows) if (row.by === by) ids.set(references[row.n - 1] ?? '', row.id)
  return ids
}

/**
 * Creates users who cannot log in. Call it in a transaction; rejects with DUPLICATE if a username or email already
 * exists.
 */
export async function createImportedUsers(
  queries: Queries,
  author: Author,
  references: readonly string[],
): Promise<void> {
  await insertUsers(
    queries,
    author,
    references.map((reference) => ({ ...identity(reference), passwordHash: noLogin })),
  )
}

/** Creates a user under a free username and resolves to its id. Call it in a transaction. */
export async function createImportedUser(queries: Queries, author: Author, reference: string): Promise<number> {
  const wanted = identity(reference)
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    const suffix = attempt === 1 ? '' : `_${attempt}`
    const created = await tryToInsert(queries, author, {
      ...wanted,
      username: `${wanted.username.slice(0, 50 - suffix.length)}${suffix}`,
      passwordHash: noLogin,
    })
    if (created !== undefined) return created
    // Another process may have created the same user meanwhile.
    const existing = (await importedUsers(queries, [reference])).get(reference)
    if (existing !== undefined) return existing
  }
  throw new DbtoolError('DUPLICATE', `no free username could be generated from '${reference}'`)
}

async function tryToInsert(queries: Queries, author: Author, user: NewUser): Promise<number | undefined> {
  try {
    return (await insertUser(queries, author, user)).id
  } catch (error) {
    if (error instanceof DbtoolError && error.code === 'DUPLICATE' && error.cause instanceof DatabaseError)
      return undefined
    throw error
  }
}

/** A domain that can never exist (RFC 2606). */
const importDomain = 'import.invalid'

const wantedColumn = (column: string): string => `CONVERT(wanted.${column} USING utf8mb4) COLLATE utf8mb4_unicode_ci`
const importedBy = (column: 'email' | 'username', condition: string): string => `
  SELECT wanted.n, u.id, '${column}' AS \`by\`
    FROM (SELECT ? AS request) AS asked,
      JSON_TABLE(asked.request, '$[*]' COLUMNS (
        n FOR ORDINALITY,
        email VARCHAR(255) PATH '$[0]',
        username VARCHAR(50) PATH '$[1]'
      )) AS wanted
      STRAIGHT_JOIN users u FORCE INDEX (${column}) ON u.${column} = ${wantedColumn(column)} ${condition}`
/** A username that was generated for another reference is not a match. */
const importedUsersSql = [
  importedBy('email', ''),
  importedBy('username', `AND u.email NOT LIKE '%@${importDomain}'`),
].join(' UNION ALL ')

/** A username or an email is used as it is; any other reference gets a generated email. */
function identity(reference: string): { username: string; email: string } {
  const lower = reference.toLowerCase()
  const username = isUsername(reference) ? lower : usernameFrom(lower.split('@')[0] ?? lower)
  return { username, email: isEmail(reference) ? lower : `${addressPart(lower)}@${importDomain}` }
}

function usernameFrom(text: string): string {
  const letters = text.replace(/[^a-z0-9_]/g, '_').slice(0, 50)
  return letters.length >= 3 ? letters : `user_${letters}`
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
