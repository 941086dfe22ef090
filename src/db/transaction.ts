import { DbtoolError } from '../errors.ts'
import { DatabaseError } from './failures.ts'
import type { Queries, Session } from './queries.ts'

/**
 * Runs `work` between START TRANSACTION and COMMIT. The first error wins: a rollback that fails only destroys the
 * connection. Rejects with OUTCOME_UNKNOWN when the connection dies at COMMIT: then nobody here knows whether it took
 * place.
 */
export async function transaction<T>(session: Session, work: (queries: Queries) => Promise<T>): Promise<T> {
  await session.execute('START TRANSACTION')
  let result: T
  try {
    result = await work(session)
  } catch (error) {
    await rollBack(session)
    throw error
  }
  await commit(session)
  return result
}

/** The same, but everything is rolled back at the end: what `--dry-run` shows has really been tried. */
export async function dryRun<T>(
  session: Session,
  work: (queries: Queries) => Promise<T>,
  start = 'START TRANSACTION',
): Promise<T> {
  await session.execute(start)
  try {
    const result = await work(session)
    if (!session.inTransaction)
      throw endedEarly('a statement ended the transaction that was to be rolled back: what it did is kept')
    return result
  } finally {
    await rollBack(session)
  }
}

/** Work inside of a transaction that is taken back alone when it fails; what was done before it stays. */
export async function savepoint<T>(queries: Queries, work: (queries: Queries) => Promise<T>): Promise<T> {
  await queries.execute('SAVEPOINT part')
  try {
    return await work(queries)
  } catch (error) {
    // After a deadlock the whole transaction is gone, and the savepoint with it.
    if (!(error instanceof DbtoolError) || error.code !== 'DEADLOCK')
      await queries.execute('ROLLBACK TO SAVEPOINT part')
    throw error
  }
}

async function rollBack(session: Session): Promise<void> {
  await session.execute('ROLLBACK').catch(() => session.destroy())
}

async function commit(session: Session): Promise<void> {
  if (!session.usable) throw lostBefore()
  // The connector's commit() would resolve without doing anything.
  if (!session.inTransaction)
    throw endedEarly('nothing was committed: the server has no transaction open here; a statement must have ended it')
  try {
    await session.execute('COMMIT')
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'CONNECTION_LOST') throw outcomeUnknown(error)
    await rollBack(session)
    throw error
  }
}

function endedEarly(message: string): DbtoolError {
  return new DbtoolError('UNEXPECTED', message, {
    hint: 'DDL, COMMIT and ROLLBACK do not belong in the work of a transaction',
  })
}

function lostBefore(): DatabaseError {
  const message = 'the connection was lost before the transaction was committed: nothing of it took place'
  return new DatabaseError('CONNECTION_LOST', message, { hint: 'try again' })
}

function outcomeUnknown(cause: DatabaseError): DbtoolError {
  return new DbtoolError(
    'OUTCOME_UNKNOWN',
    'the connection was lost while the transaction was being committed: it may or may not have taken place',
    {
      cause,
      hint: 'look before you try again',
    },
  )
}
