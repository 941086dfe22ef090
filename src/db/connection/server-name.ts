import { firstRow, type Queries } from '../queries.ts'

/**
 * Names the process of a server, as SQL. Two servers have different names, and so have a server before and after a
 * restart. UUID_SHORT() begins with the second of the start; UUID() ends with a random number of the process and the
 * address of a network card.
 */
export const serverName = `CONCAT_WS('/', @@hostname, @@port, UUID_SHORT() >> 24, RIGHT(UUID(), 17))`

/**
 * Asks a new connection which server it has reached, for its number there, and for its role, if the server is a
 * MariaDB.
 */
export const reachedServer = `SELECT ${serverName} AS server, CONNECTION_ID() AS thread/*M! , CURRENT_ROLE() AS role */`

export interface ReachedServer {
  readonly server: string
  readonly thread: number
  readonly role?: string | null
}

/** Resolves to those of these connections that exist, undefined if `queries` reached another server. */
export async function existing(
  queries: Queries,
  server: string,
  threads: readonly number[],
): Promise<number[] | undefined> {
  const marks = threads.map(() => '?').join(', ')
  const row = await firstRow<{ server: string; ids: string | null }>(
    queries,
    `SELECT ${serverName} AS server, (SELECT GROUP_CONCAT(ID) FROM information_schema.PROCESSLIST
     WHERE ID IN (${marks}) AND ID <> CONNECTION_ID()) AS ids`,
    threads,
  )
  if (row?.server !== server) return undefined
  return row.ids === null ? [] : row.ids.split(',').map(Number)
}
