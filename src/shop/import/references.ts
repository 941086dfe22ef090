import { createHash } from 'node:crypto'
import { DatabaseError } from '../../db/failures.ts'
import { firstRow, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { parseEmail, parseUsername } from '../rules.ts'
import type { Author } from '../logs.ts'
import { findUser, insertUser, noLogin, type NewUser } from '../users.ts'

/** Turns what a file calls a user into the id of ours; undefined: there is none. */
export type UserLookup = (queries: Queries, reference: string) => Promise<number | undefined>

/** As everywhere: an id, a username or an email. */
export async function knownUser(queries: Queries, reference: string): Promise<number | undefined> {
  return (await findUser(queries, reference))?.id
}

/**
 * The identities of another system: never our ids, even where they are digits, or customer 5 of a file would become
 * whoever happens to be number 5 here. One that was created from the file is found again by its address.
 */
export async function importedUser(queries: Queries, reference: string): Promise<number | undefined> {
  const { username, email } = identity(reference)
  const row = await firstRow<{ id: number }>(
    queries,
    // A name that was made up for another reference is not this one.
    `SELECT id FROM users WHERE email = ? OR (username = ? AND email NOT LIKE '%@${importDomain}') ORDER BY email = ? DESC LIMIT 1`,
    [email, isUsername(reference) ? username : '', email],
  )
  return row?.id
}

/** Creates a user who cannot log in. Call it in a transaction. */
export async function createImportedUser(queries: Queries, author: Author, reference: string): Promise<number> {
  const wanted = identity(reference)
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    const suffix = attempt === 1 ? '' : `_${attempt}`
    const created = await tryToInsert(queries, author, { ...wanted, username: `${wanted.username.slice(0, 50 - suffix.length)}${suffix}`, passwordHash: noLogin })
    if (created !== undefined) return created
    // Another process may have created the very same one meanwhile.
    const there = await importedUser(queries, reference)
    if (there !== undefined) return there
  }
  throw new DbtoolError('DUPLICATE', `no free username could be made from '${reference}'`)
}

async function tryToInsert(queries: Queries, author: Author, user: NewUser): Promise<number | undefined> {
  try {
    return (await insertUser(queries, author, user)).id
  } catch (error) {
    if (error instanceof DbtoolError && error.code === 'DUPLICATE' && error.cause instanceof DatabaseError) return undefined
    throw error
  }
}

/** A domain that can never exist (RFC 2606). */
const importDomain = 'import.invalid'

/** A username is kept, an email too; anything else becomes an address of its own. */
function identity(reference: string): { username: string; email: string } {
  const lower = reference.toLowerCase()
  const username = isUsername(reference) ? lower : usernameFrom(lower.split('@')[0] ?? lower)
  return { username, email: isEmail(reference) ? lower : `${addressPart(lower)}@${importDomain}` }
}

function usernameFrom(text: string): string {
  const letters = text.replace(/[^a-z0-9_]/g, '_').slice(0, 50)
  return letters.length >= 3 ? letters : `user_${letters}`
}

/** Different references have different addresses. */
function addressPart(text: string): string {
  const encoded = encodeURIComponent(text).replace(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`).toLowerCase()
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
