import type { Queries } from '../db/queries.ts'

/** Who changes something, and with which command: every change leaves a row in `logs`, in its own transaction. */
export interface Author {
  readonly osUser: string
  readonly command: string
}

/** What a change is about; `shop` is all of it at once. */
export const logEntities = ['users', 'addresses', 'products', 'orders', 'shop'] as const
export type LogEntity = (typeof logEntities)[number]

export interface LogEntry {
  readonly entity: LogEntity
  /** Zero for `shop`. */
  readonly entityId: number
  /** One line, without secrets; cut at 500 characters. */
  readonly message: string
}

export async function writeLog(queries: Queries, author: Author, { entity, entityId, message }: LogEntry): Promise<void> {
  await queries.change('INSERT INTO logs (os_user, command, entity, entity_id, message) VALUES (?, ?, ?, ?, ?)', [author.osUser, author.command, entity, entityId, cut(message)])
}

/** As writeLog, for many changes at once: one statement whatever their number. */
export async function writeLogs(queries: Queries, { osUser, command }: Author, entries: readonly LogEntry[]): Promise<void> {
  const rows = entries.map(({ entity, entityId, message }) => [entity, entityId, cut(message)])
  await queries.change(
    `INSERT INTO logs (os_user, command, entity, entity_id, message) SELECT ?, ?, entry.entity, entry.entity_id, entry.message
      FROM JSON_TABLE(?, '$[*]' COLUMNS (entity VARCHAR(30) PATH '$[0]', entity_id INT PATH '$[1]', message VARCHAR(500) PATH '$[2]')) AS entry`,
    [osUser, command, JSON.stringify(rows)],
  )
}

/** Never in the middle of a character: half of one is no text. */
function cut(message: string): string {
  return Array.from(message).slice(0, 500).join('')
}
