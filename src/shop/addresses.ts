import { DatabaseError } from '../db/failures.ts'
import { firstRow, newId, type Queries } from '../db/queries.ts'
import { DbtoolError } from '../errors.ts'
import { assignments, describeChanges, diff, type Updated } from './changes.ts'
import { joined, oneOf, orderAndPage, where, type Page, type Sort } from './filters.ts'
import { writeLog, type Author } from './logs.ts'
import type { AddressType } from './rules.ts'
import { allOf, asItIs, type Select } from './select.ts'
import type { User } from './users/users.ts'

export interface Address {
  readonly id: number
  readonly user_id: number
  readonly username: string
  readonly address_type: AddressType
  readonly street: string
  readonly city: string
  readonly postal_code: string
  /** Two letters of ISO 3166-1. */
  readonly country: string
  readonly created_at: Date
}

/** The values of an address that a user gives, by column. */
export type AddressParts = Readonly<{
  address_type: AddressType
  street: string
  city: string
  postal_code: string
  country: string
}>
export type AddressPatch = { readonly [Column in keyof AddressParts]?: AddressParts[Column] | undefined }

const select = `
  SELECT a.id, a.user_id, u.username, a.address_type, a.street, a.city, a.postal_code, a.country, a.created_at
  FROM addresses a JOIN users u ON u.id = a.user_id`

/** Resolves to one address. Rejects with NOT_FOUND. */
export async function getAddress(queries: Queries, id: number): Promise<Address> {
  const address = await firstRow<Address>(queries, `${select} WHERE a.id = ?`, [id])
  if (address === undefined)
    throw new DbtoolError('NOT_FOUND', `there is no address ${id}`, {
      hint: 'list the addresses: dbtool addresses list',
    })
  return address
}

/**
 * Adds an address and resolves to it. Call it in a transaction. Rejects with NOT_FOUND when the user no longer exists.
 */
export async function insertAddress(
  queries: Queries,
  author: Author,
  { id: userId }: Pick<User, 'id'>,
  parts: AddressParts,
): Promise<Address> {
  const { address_type, street, city, postal_code, country } = parts
  const change = await queries
    .execute(
      'INSERT INTO addresses (user_id, address_type, street, city, postal_code, country) VALUES (?, ?, ?, ?, ?, ?)',
      [userId, address_type, street, city, postal_code, country],
    )
    .catch((error: unknown) => {
      if (!(error instanceof DatabaseError) || error.code !== 'MISSING_REFERENCE') throw error
      throw new DbtoolError('NOT_FOUND', `user ${userId} no longer exists`, { cause: error })
    })
  const id = newId(change)
  await writeLog(queries, author, {
    entity: 'addresses',
    entityId: id,
    message: `added for user ${userId}`,
  })
  return getAddress(queries, id)
}

/** Changes an address. Call it in a transaction. Rejects with NOT_FOUND. */
export async function updateAddress(
  queries: Queries,
  author: Author,
  id: number,
  patch: AddressPatch,
): Promise<Updated<Address>> {
  const address = await lockAddress(queries, id)
  const changes = diff(patch, { ...address })
  if (Object.keys(changes).length === 0) return { thing: address, rowsChanged: 0, changes: '' }
  const { sql, values } = assignments(changes, [])
  const words = describeChanges(changes, { ...address })
  await queries.execute(`UPDATE addresses SET ${sql} WHERE id = ?`, [...values, id])
  await writeLog(queries, author, {
    entity: 'addresses',
    entityId: id,
    message: `updated for user ${address.user_id}`,
    changes: { before: { ...address }, after: changes },
  })
  return { thing: { ...address, ...changes }, rowsChanged: 1, changes: words }
}

/** Removes an address and resolves to it. Call it in a transaction. Rejects with NOT_FOUND. */
export async function removeAddress(queries: Queries, author: Author, id: number): Promise<Address> {
  const address = await lockAddress(queries, id)
  await queries.execute('DELETE FROM addresses WHERE id = ?', [id])
  await writeLog(queries, author, {
    entity: 'addresses',
    entityId: id,
    message: `removed from user ${address.user_id}`,
  })
  return address
}

/** Locks the address alone: a join would also lock its user, which another transaction may hold. */
async function lockAddress(queries: Queries, id: number): Promise<Address> {
  await queries.rows('SELECT id FROM addresses WHERE id = ? FOR UPDATE', [id])
  return getAddress(queries, id)
}

export const addressSortColumns = [
  'id',
  'user_id',
  'address_type',
  'city',
  'postal_code',
  'country',
  'created_at',
] as const

export interface AddressFilter {
  readonly ids?: readonly number[] | undefined
  readonly userIds?: readonly number[] | undefined
  readonly type?: AddressType | undefined
  readonly country?: string | undefined
}

/** The addresses of a list, for {@link eachOf}. */
export function selectAddresses(
  { ids, userIds, type, country }: AddressFilter,
  sort: Sort<(typeof addressSortColumns)[number]>,
  page: Page,
): Select<Address, Address> {
  const conditions = where([
    oneOf('a.id', ids),
    oneOf('a.user_id', userIds),
    type === undefined ? undefined : { sql: 'a.address_type = ?', values: [type] },
    country === undefined ? undefined : { sql: 'a.country = ?', values: [country] },
  ])
  return { ...joined(select, conditions, orderAndPage('a', sort, page)), fromRow: asItIs }
}

export function listAddresses(queries: Queries, ...parts: Parameters<typeof selectAddresses>): Promise<Address[]> {
  return allOf(queries, selectAddresses(...parts))
}
