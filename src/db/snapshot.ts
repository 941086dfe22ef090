import type { Queries, Session } from './queries.ts'
import { dryRun } from './transaction.ts'

/** Runs `work`, whose reads all see the database at one instant and block no other session. */
export async function transactionSnapshot<T>(session: Session, work: (queries: Queries) => Promise<T>): Promise<T> {
  await session.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  return dryRun(session, work, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
}
