import { DatabaseError } from '../../db/failures.ts'
import { firstRow, newId, Secret, type Queries, type Value } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { quotedForShell, quoteValue } from '../../values.ts'
import { joined, contains, orderAndPage, where, type Condition, type Page, type Sort } from '../filters.ts'
import { writeLog, writeLogs, type Author, type LogEntry } from '../logs.ts'
import { onlyOne, parseReference } from '../references.ts'
import { allOf, type Select } from '../select.ts'
import { asciiEmail, emailKey } from './email.ts'

export interface User {
  readonly id: number
  readonly username: string
  readonly email: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly is_active: boolean
  readonly is_admin: boolean
  readonly created_at: Date
  readonly updated_at: Date
  readonly last_login: Date | null
}

export interface NewUser {
  readonly username: string
  readonly email: string
  /** A bcrypt hash, or {@link noLogin}. */
  readonly passwordHash: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly admin?: boolean | undefined
}

/** A hash that no password has: the user exists but cannot log in. */
export const noLogin = '!'

/** The columns of `users u`. */
export const userColumns =
  'u.id, u.username, u.email, u.first_name, u.last_name, u.is_active, u.is_admin, ' +
  'u.created_at, u.updated_at, u.last_login'

/** A user as the database returns it. */
export type UserRow = Omit<User, 'is_active' | 'is_admin'> & { is_active: number; is_admin: number }
export const userFromRow = (row: UserRow): User => ({
  ...row,
  is_active: row.is_active === 1,
  is_admin: row.is_admin === 1,
})

/**
 * Creates a user and resolves to it. Call it in a transaction: the user and its log row belong together. Rejects with
 * DUPLICATE, naming the value that is taken.
 */
export async function insertUser(queries: Queries, author: Author, user: NewUser): Promise<User> {
  const change = await queries.execute(insertion, valuesOf(user)).catch((error: unknown) => {
    throw duplicateUser(error, user)
  })
  const id = newId(change)
  await writeLog(queries, author, creation(id))
  return getUserById(queries, id)
}

/** Like {@link insertUser}, for many at once; resolves to their ids. A DUPLICATE does not name the user. */
export async function insertUsers(queries: Queries, author: Author, users: readonly NewUser[]): Promise<number[]> {
  const rows = await queries.bulk<{ id: number }>(`${insertion} RETURNING id`, users.map(valuesOf))
  const ids = rows.map(({ id }) => id)
  await writeLogs(
    queries,
    author,
    users.map((_user, index) => creation(ids[index] ?? 0)),
  )
  return ids
}

const insertion =
  'INSERT INTO users (username, email, email_ascii, password_hash, first_name, last_name, is_admin) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?)'

function valuesOf({ username, email, passwordHash, firstName, lastName, admin = false }: NewUser): Value[] {
  return [username, email, asciiEmail(email), new Secret(passwordHash), firstName ?? null, lastName ?? null, admin]
}

const creation = (entityId: number): LogEntry => ({ entity: 'users', entityId, message: 'created' })

/** Explains a duplicate username or email; returns other errors unchanged. */
export function duplicateUser(error: unknown, { username, email }: Pick<NewUser, 'username' | 'email'>): unknown {
  if (!(error instanceof DatabaseError) || error.code !== 'DUPLICATE') return error
  const [field, value] = error.key === 'email_key' ? ['email', email] : ['username', username]
  return new DbtoolError('DUPLICATE', `the ${field} ${quoteValue(value)} is already taken`, {
    cause: error,
    hint: `see which user has it: dbtool users get ${quotedForShell(value)}`,
  })
}

/** Whether a user with this username or email exists. */
export async function userExists(queries: Queries, column: 'username' | 'email', text: string): Promise<boolean> {
  const sql = `SELECT 1 FROM users WHERE ${column === 'email' ? 'email_key' : column} = ?`
  return (await firstRow(queries, sql, [column === 'email' ? emailKey(text) : text])) !== undefined
}

/**
 * Resolves to one user. Rejects with NOT_FOUND. With `FOR UPDATE`, no other transaction can change the user or place an
 * order for it until this one ends.
 */
export async function getUserById(queries: Queries, id: number, lock: '' | 'FOR UPDATE' = ''): Promise<User> {
  const row = await firstRow<UserRow>(queries, `SELECT ${userColumns} FROM users u WHERE u.id = ? ${lock}`, [id])
  if (row === undefined) throw new DbtoolError('NOT_FOUND', `there is no user ${id}`)
  return userFromRow(row)
}

/** A reference that {@link findUser} resolves to this user and no other. */
export function userReference({ id, username }: Pick<User, 'id' | 'username'>): string {
  return /^\d+$/.test(username) ? `id:${id}` : username
}

/** Finds the users with this id, username or email: at most two. `id:7` and `username:7` name one of them. */
export async function usersNamed(queries: Queries, reference: string): Promise<User[]> {
  const { id, name, rest } = parseReference(reference, ['id', 'username', 'email'])
  const rows = await queries.rows<UserRow>(
    `SELECT ${userColumns} FROM users u WHERE u.id = ? OR u.username = ? OR u.email_key = ? LIMIT 2`,
    [
      id ?? null,
      name === 'username' || name === undefined ? rest.toLowerCase() : null,
      name === 'email' || name === undefined ? emailKey(rest) : null,
    ],
  )
  return rows.map(userFromRow)
}

/**
 * Finds a user by id, username or email. Rejects with USAGE if digits are the id of one user and the username of
 * another.
 */
export async function findUser(queries: Queries, reference: string): Promise<User | undefined> {
  const things = (byId: User, byName: User): string =>
    `the id of ${byId.username} <${byId.email}> and the username of user ${byName.id} <${byName.email}>`
  return onlyOne(reference, await usersNamed(queries, reference), 'username', things)
}

/**
 * Like {@link findUser}, but rejects with NOT_FOUND. An empty reference, as from an unset variable of a script, rejects
 * with BAD_INPUT.
 */
export async function getUser(queries: Queries, reference: string): Promise<User> {
  if (reference.trim() === '')
    throw new DbtoolError('BAD_INPUT', `a user is an id, a username or an email, not ${quoteValue(reference)}`)
  const user = await findUser(queries, reference)
  if (user === undefined)
    throw new DbtoolError('NOT_FOUND', `there is no user ${quoteValue(reference)}`, {
      hint: 'a user is an id, a username or an email; search with: dbtool users list --search TEXT',
    })
  return user
}

export const userSortColumns = ['id', 'username', 'email', 'created_at', 'last_login'] as const

export interface UserFilter {
  readonly active?: boolean | undefined
  /** Text in username, email, first or last name. */
  readonly search?: string | undefined
  /** Cancelled orders do not count. */
  readonly minOrders?: number | undefined
  readonly createdSince?: Date | undefined
}

/** The WHERE conditions on `users u`. */
export function userConditions({ active, search, minOrders, createdSince }: UserFilter): (Condition | undefined)[] {
  return [
    active === undefined ? undefined : { sql: 'u.is_active = ?', values: [active] },
    search === undefined ? undefined : contains(['u.username', 'u.email', 'u.first_name', 'u.last_name'], search),
    minOrders === undefined
      ? undefined
      : {
          sql: `(SELECT COUNT(*) FROM orders o WHERE o.user_id = u.id AND o.status <> 'cancelled') >= ?`,
          values: [minOrders],
        },
    createdSince === undefined ? undefined : { sql: 'u.created_at >= ?', values: [createdSince] },
  ]
}

/** The users of a list, for {@link eachOf}. */
export function selectUsers(
  filter: UserFilter,
  sort: Sort<(typeof userSortColumns)[number]>,
  page: Page,
): Select<UserRow, User> {
  const select = `SELECT ${userColumns} FROM users u`
  return { ...joined(select, where(userConditions(filter)), orderAndPage('u', sort, page)), fromRow: userFromRow }
}

export function listUsers(queries: Queries, ...parts: Parameters<typeof selectUsers>): Promise<User[]> {
  return allOf(queries, selectUsers(...parts))
}
