import { firstRow, type Queries, type Value } from '../db/queries.ts'
import { counted } from '../in-words.ts'
import { describeChanges, type Patch } from './changes.ts'
import { joined, orderAndPage, where, type Page } from './filters.ts'
import { asItIs, type Select } from './select.ts'

/**
 * The operating-system user and the command that make a change. Every change adds a row to `logs` in its own
 * transaction.
 */
export interface Author {
  /** The operating-system user, or the account of a service. */
  readonly osUser: string
  /** The command, or the operation of a service. */
  readonly command: string
}

/** The entities that a change can concern; `shop` is all of them at once. */
export const logEntities = ['users', 'addresses', 'products', 'orders', 'shop'] as const
export type LogEntity = (typeof logEntities)[number]

/**
 * The messages about people: fixed words and numbers. No name or address fits in, because the log outlives the person.
 * Keep `0003_log_privacy.up.sql` in mind: it writes these messages too.
 */
export type PersonalMessage =
  | 'created'
  | 'updated'
  | 'set a new password'
  | 'logged in'
  | 'logged in; renewed the hash of the password'
  | 'login refused'
  | `${'deleted' | 'purged' | 'anonymised'} (addresses: ${number})`
  | `${'added for' | 'updated for' | 'removed from'} user ${number}`

/** A row to write: a message of at most 500 characters, longer ones are truncated. */
export type LogEntry = {
  /** Zero for `shop`, and for a login with an email that no user has. */
  readonly entityId: number
  /** The changed columns follow the message: with their values if {@link loggedValues} allows it, else by name. */
  readonly changes?: { readonly before: Patch; readonly after: Patch } | undefined
} & (
  | { readonly entity: 'users' | 'addresses'; readonly message: PersonalMessage }
  | { readonly entity: 'products' | 'orders' | 'shop'; readonly message: string }
)

/** The columns whose values the log may hold. All others are personal, secret or long, and appear by name. */
const loggedValues: Readonly<Record<LogEntity, readonly string[]>> = {
  users: ['is_active', 'is_admin'],
  addresses: ['address_type'],
  products: ['sku', 'price', 'stock', 'is_active', 'created_at', 'name'],
  orders: ['status'],
  shop: [],
}

export async function writeLog(queries: Queries, author: Author, entry: LogEntry): Promise<void> {
  await queries.execute(insertion, valuesOf(author, entry))
}

/** Like {@link writeLog}, for many changes in one message to the server. */
export async function writeLogs(queries: Queries, author: Author, entries: readonly LogEntry[]): Promise<void> {
  if (entries.length > 0)
    await queries.bulk(
      insertion,
      entries.map((entry) => valuesOf(author, entry)),
    )
}

const insertion = 'INSERT INTO logs (os_user, command, entity, entity_id, message) VALUES (?, ?, ?, ?, ?)'

function valuesOf({ osUser, command }: Author, entry: LogEntry): Value[] {
  return [osUser, command, entry.entity, entry.entityId, cut(messageOf(entry))]
}

function messageOf({ entity, message, changes }: LogEntry): string {
  if (changes === undefined) return message
  const nameOnly = Object.keys(changes.after).filter((column) => !loggedValues[entity].includes(column))
  return `${message}: ${describeChanges(changes.after, changes.before, nameOnly)}`
}

const mostCharacters = 500

/** Never in the middle of a character: half of one is no text. A text never has more characters than UTF-16 units. */
function cut(message: string): string {
  return message.length <= mostCharacters ? message : Array.from(message).slice(0, mostCharacters).join('')
}

/** A row of `logs`, by the names of its columns. */
export interface LogRow {
  readonly id: number
  readonly created_at: Date
  readonly os_user: string
  readonly command: string
  readonly entity: LogEntity
  readonly entity_id: number
  readonly message: string
}

export interface LogFilter {
  readonly entity?: LogEntity | undefined
  readonly entityId?: number | undefined
  readonly osUser?: string | undefined
  readonly since?: Date | undefined
  /** Exclusive. */
  readonly until?: Date | undefined
}

/** The log rows of a list, newest first, for {@link eachOf}. */
export function selectLogs({ entity, entityId, osUser, since, until }: LogFilter, page: Page): Select<LogRow, LogRow> {
  // An entity id alone also needs the entities: the index starts with them.
  const entities = entity !== undefined ? [entity] : entityId !== undefined ? logEntities : []
  const conditions = where([
    entities.length === 0
      ? undefined
      : { sql: `l.entity IN (${entities.map(() => '?').join(', ')})`, values: entities },
    entityId === undefined ? undefined : { sql: 'l.entity_id = ?', values: [entityId] },
    osUser === undefined ? undefined : { sql: 'l.os_user = ?', values: [osUser] },
    since === undefined ? undefined : { sql: 'l.created_at >= ?', values: [since] },
    until === undefined ? undefined : { sql: 'l.created_at < ?', values: [until] },
  ])
  const select = 'SELECT l.id, l.created_at, l.os_user, l.command, l.entity, l.entity_id, l.message FROM logs l'
  const paging = orderAndPage('l', { column: 'created_at', descending: true }, page)
  return { ...joined(select, conditions, paging), fromRow: asItIs }
}

/** The number of log rows from before a time. */
export async function countLogs(queries: Queries, before: Date): Promise<number> {
  const row = await firstRow<{ n: number }>(queries, 'SELECT COUNT(*) AS n FROM logs WHERE created_at < ?', [before])
  return row?.n ?? 0
}

/** Rows per statement: a log of millions of rows must not exceed the statement time-out. */
const purgedAtOnce = 10_000

/** Deletes the log rows from before a time, and logs their number. Call it in a transaction. */
export async function purgeLogs(queries: Queries, author: Author, before: Date): Promise<number> {
  let deleted = 0
  for (let last = purgedAtOnce; last === purgedAtOnce; deleted += last)
    last = (
      await queries.execute(`DELETE FROM logs WHERE created_at < ? ORDER BY created_at, id LIMIT ${purgedAtOnce}`, [
        before,
      ])
    ).affectedRows
  if (deleted > 0)
    await writeLog(queries, author, {
      entity: 'shop',
      entityId: 0,
      message: `purged ${counted(deleted, 'log row')} from before ${before.toISOString().slice(0, 19)}Z`,
    })
  return deleted
}
