import type { Queries, Session } from './queries.ts'
import { dryRun } from './transaction.ts'

/** Reads that all see the database as it was at one instant, and block nobody. */
export async function transactionSnapshot<T>(session: Session, work: (queries: Queries) => Promise<T>): Promise<T> {
  await session.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  return dryRun(session, work, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
}
