import { firstRow, type Queries } from '../../src/db/queries.ts'
import { DbtoolError } from '../../src/errors.ts'
import { counted } from '../../src/values.ts'

/** How many connections the server takes, and how many others have. */
export interface Room {
  readonly max: number
  readonly used: number
}

/** Without the one that asks. */
export async function roomAt(queries: Queries): Promise<Room> {
  const row = await firstRow<Room>(queries, "SELECT @@max_connections AS max, CAST(VARIABLE_VALUE AS SIGNED) - 1 AS used FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'THREADS_CONNECTED'")
  return row ?? { max: Infinity, used: 0 }
}

/** Rejects with USAGE where a load test would take connections that others may need. */
export async function refuseIfTooMany(queries: Queries, wanted: number): Promise<void> {
  const { max, used } = await roomAt(queries)
  if (wanted <= max - used) return
  throw new DbtoolError('USAGE', `${counted(wanted, 'connection')} would not leave anybody else any: the server takes ${max} (max_connections), and ${used} are in use`, { hint: 'use a smaller pool, or raise max_connections' })
}
