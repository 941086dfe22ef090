import { firstRow, type Queries } from '../../src/db/queries.ts'
import { serverFigures } from '../../src/db/server-side.ts'
import { DbtoolError } from '../../src/errors.ts'
import { counted } from '../../src/values.ts'

/** How many connections the server takes, how many others have, and what it is. */
export interface Room {
  readonly max: number
  readonly used: number
  readonly version: string
}

/**
 * The room that there is, without the connection that asks. Rejects with USAGE where a load test would take connections
 * that others may need.
 */
export async function roomFor(queries: Queries, wanted: number): Promise<Room> {
  const { max_connections: max, threads_connected } = await serverFigures(queries)
  const server = await firstRow<{ version: string }>(queries, 'SELECT VERSION() AS version')
  const used = threads_connected - 1
  if (wanted <= max - used) return { max, used, version: server?.version ?? '' }
  throw new DbtoolError(
    'USAGE',
    `${counted(wanted, 'connection')} would not leave anybody else any: the server takes ${max} (max_connections), and ${used} are in use`,
    { hint: 'use a smaller pool, or raise max_connections' },
  )
}
