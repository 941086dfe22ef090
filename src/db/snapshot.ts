import type { Queries, Session } from './queries.ts'
import { rehearsal } from './transaction.ts'

/** Reads that all see the database as it was at one instant, and block nobody. */
export async function transactionSnapshot<T>(session: Session, work: (queries: Queries) => Promise<T>): Promise<T> {
  await session.change('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  return rehearsal(session, work, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
}
