import type { Queries } from '../db/queries.ts'

/** Who changes something, and with which command: every change leaves a row in `logs`, in its own transaction. */
export interface Author {
  readonly osUser: string
  readonly command: string
}

export interface LogEntry {
  readonly entity: 'users' | 'addresses' | 'products' | 'orders'
  readonly entityId: number
  /** One line, without secrets; cut at 500 characters. */
  readonly message: string
}

export async function writeLog(queries: Queries, author: Author, { entity, entityId, message }: LogEntry): Promise<void> {
  await queries.change('INSERT INTO logs (os_user, command, entity, entity_id, message) VALUES (?, ?, ?, ?, ?)', [author.osUser, author.command, entity, entityId, message.slice(0, 500)])
}
