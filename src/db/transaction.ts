import { DbtoolError } from '../errors.ts'
import { DatabaseError } from './failures.ts'
import type { Queries, Session } from './queries.ts'

/**
 * Runs `work` between START TRANSACTION and COMMIT, and resolves to its result. Rejects with the first error: a failed
 * rollback only destroys the connection. Rejects with OUTCOME_UNKNOWN if the connection dies at COMMIT, and with
 * UNEXPECTED if a statement of `work` ended the transaction.
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

/** Like `transaction`, but rolls everything back at the end. `--dry-run` therefore reports real results. */
export async function dryRun<T>(
  session: Session,
  work: (queries: Queries) => Promise<T>,
  start = 'START TRANSACTION',
): Promise<T> {
  await session.execute(start)
  try {
    const result = await work(session)
    if (!session.inTransaction) throw endedEarly()
    return result
  } finally {
    await rollBack(session)
  }
}

/** Not the name of a savepoint of the caller: a second one of the same name would replace it. */
const name = 'dbtool_part'

/** Runs `work` inside a transaction. If it fails, rolls back only `work` and rejects with its error. */
export async function savepoint<T>(queries: Queries, work: (queries: Queries) => Promise<T>): Promise<T> {
  await queries.execute(`SAVEPOINT ${name}`)
  try {
    return await work(queries)
  } catch (error) {
    // After a deadlock the whole transaction is gone, and the savepoint with it.
    if (!(error instanceof DbtoolError) || error.code !== 'DEADLOCK')
      await queries.execute(`ROLLBACK TO SAVEPOINT ${name}`)
    throw error
  }
}

async function rollBack(session: Session): Promise<void> {
  await session.execute('ROLLBACK').catch(() => session.destroy())
}

async function commit(session: Session): Promise<void> {
  if (!session.usable) throw lostBefore()
  // The connector's commit() would resolve without doing anything.
  if (!session.inTransaction) throw endedEarly()
  try {
    await session.execute('COMMIT')
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'CONNECTION_LOST') throw outcomeUnknown(error)
    if (error instanceof DatabaseError && error.code === 'NODE_NOT_READY') {
      session.destroy()
      throw outcomeUnknown(error)
    }
    await rollBack(session)
    throw error instanceof DatabaseError && error.code === 'LOCK_TIMEOUT' ? notCommitted(error) : error
  }
}

/** A statement has committed the transaction, as DDL does, or rolled it back. */
export function endedEarly(): DbtoolError {
  return new DbtoolError('UNEXPECTED', 'a statement has ended the transaction early: its changes may be permanent', {
    hint: 'do not run DDL, COMMIT or ROLLBACK inside a transaction',
  })
}

function lostBefore(): DatabaseError {
  const message = 'the connection was lost before COMMIT: the transaction took no effect'
  return new DatabaseError('CONNECTION_LOST', message, { hint: 'try again' })
}

/** No row lock delays a COMMIT: a backup or a global read lock does, and the server has rolled back. */
function notCommitted({ message, hint, errno, sqlState, cause }: DatabaseError): DatabaseError {
  return new DatabaseError('LOCK_TIMEOUT', `nothing was committed: ${message}`, { hint, errno, sqlState, cause })
}

function outcomeUnknown(cause: DatabaseError): DbtoolError {
  return new DbtoolError(
    'OUTCOME_UNKNOWN',
    `${cause.code === 'NODE_NOT_READY' ? 'the node left its cluster' : 'the connection was lost'} during COMMIT: ` +
      'the transaction may or may not have taken effect',
    {
      cause,
      hint: 'check the result before you try again',
    },
  )
}
