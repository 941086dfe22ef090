import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import type { Database } from '../../src/db/database.ts'
import { withPool, type TestDatabase } from './database.ts'

/**
 * Runs `work` while somebody else has done `change` and not committed; who commits as soon as `work` waits for that.
 */
export async function meanwhile<T>(
  { target }: TestDatabase,
  change: (somebody: Connection) => Promise<unknown>,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const somebody = await connect(target)
  try {
    await somebody.execute('START TRANSACTION')
    await change(somebody)
    return await withPool(target, {}, async (db) => {
      const result = work(db)
      result.catch(() => undefined)
      await somebodyWaits(somebody)
      await somebody.execute('COMMIT')
      return await result
    })
  } finally {
    await somebody.close()
  }
}

/** The table is a snapshot that the server renews only for who has not looked for 100 ms. */
async function somebodyWaits(connection: Connection): Promise<void> {
  const waiting =
    'SELECT COUNT(*) AS n FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = ' +
    "t.trx_mysql_thread_id WHERE p.db = DATABASE() AND t.trx_state = 'LOCK WAIT'"
  while ((await connection.rows<{ n: number }>(waiting))[0]?.n === 0) await sleep(150)
}
