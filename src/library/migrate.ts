import { connect } from '../db/connection/connect.ts'
import type { Connection } from '../db/connection/connection.ts'
import { migrate as migrateSession, type Step } from '../db/migrations/migrate.ts'
import { loadMigrations } from '../db/migrations/migration-files.ts'
import type { Pool } from '../db/pool/pool.ts'
import { poolClosed } from '../db/pool/stats.ts'
import { DbtoolError } from '../errors.ts'
import { inCode } from './on.ts'
import { notOpened, type Opened, openedFor } from './opened.ts'

/**
 * Applies the pending migrations, and resolves to them. Processes that migrate the same database wait for each other,
 * so every instance of a service may call it when it starts. It uses a connection of its own, because DDL on a large
 * table takes longer than the statement time-out of the pool.
 */
export function migrate(pool: Pool): Promise<Step[]> {
  return inCode(async () => {
    const opened = openedFor(pool)
    if (opened === undefined) throw new DbtoolError('BAD_INPUT', `migrate: ${notOpened}`)
    if (opened.isClosed()) throw poolClosed()
    return onOwnConnection(opened, (session) =>
      migrateSession({ session, open: (work) => onOwnConnection(opened, work), known: loadMigrations() }),
    )
  })
}

async function onOwnConnection<T>({ target, limits }: Opened, work: (session: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(target, { ...limits, statementTimeoutMs: 0 })
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}
