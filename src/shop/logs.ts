import type { Queries, Value } from '../db/queries.ts'
import { orderAndPage, where, type Page } from './filters.ts'
import { asItIs, type Select } from './select.ts'

/**
 * The operating-system user and the command that make a change. Every change adds a row to `logs` in its own
 * transaction.
 */
export interface Author {
  readonly osUser: string
  readonly command: string
}

/** The entities that a change can concern; `shop` is all of them at once. */
export const logEntities = ['users', 'addresses', 'products', 'orders', 'shop'] as const
export type LogEntity = (typeof logEntities)[number]

export interface LogEntry {
  readonly entity: LogEntity
  /** Zero for `shop`. */
  readonly entityId: number
  /** One line without secrets, truncated at 500 characters. */
  readonly message: string
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

function valuesOf({ osUser, command }: Author, { entity, entityId, message }: LogEntry): Value[] {
  return [osUser, command, entity, entityId, cut(message)]
}

/** Never in the middle of a character: half of one is no text. */
function cut(message: string): string {
  return Array.from(message).slice(0, 500).join('')
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
  const condition = where([
    entities.length === 0
      ? undefined
      : { sql: `l.entity IN (${entities.map(() => '?').join(', ')})`, values: entities },
    entityId === undefined ? undefined : { sql: 'l.entity_id = ?', values: [entityId] },
    osUser === undefined ? undefined : { sql: 'l.os_user = ?', values: [osUser] },
    since === undefined ? undefined : { sql: 'l.created_at >= ?', values: [since] },
    until === undefined ? undefined : { sql: 'l.created_at < ?', values: [until] },
  ])
  const paging = orderAndPage('l', { column: 'created_at', descending: true }, page)
  return {
    sql: `SELECT l.id, l.created_at, l.os_user, l.command, l.entity, l.entity_id, l.message
      FROM logs l ${condition.sql} ${paging.sql}`,
    values: [...condition.values, ...paging.values],
    fromRow: asItIs,
  }
}
