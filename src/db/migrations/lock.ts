import { createHash } from 'node:crypto'
import { DbtoolError } from '../../errors.ts'
import { isGaleraNode } from '../cluster/sync-wait.ts'
import { firstRow, type Queries, type Session } from '../queries.ts'
import { leaseHolder, leaseSeconds, type Migrating, type OpenSession, withLease } from './lease.ts'

const lockWaitSeconds = 60

export interface Locking {
  readonly session: Session
  /** Opens a second connection to the same target. Only the nodes of a cluster need it. */
  readonly open?: OpenSession | undefined
  /** Called when another process migrates the database, so that this one waits. */
  readonly onWait?: ((migrating: Migrating) => void) | undefined
  /** The length of a lease of a cluster, in milliseconds. */
  readonly leaseMs?: number | undefined
}

/**
 * Runs `work` while no other process migrates the database. `work` calls `held` before each statement. A single server
 * has named locks; a named lock of a cluster would hold on one node only, so there it is a lease.
 */
export async function locked<T>(locking: Locking, work: (held: () => Promise<void>) => Promise<T>): Promise<T> {
  const { session, open, onWait = () => undefined, leaseMs = leaseSeconds * 1_000 } = locking
  if (!(await isGaleraNode(session))) return withNamedLock(session, onWait, work)
  if (open === undefined) throw new DbtoolError('UNEXPECTED', 'migrating a cluster needs a second connection')
  return withLease(session, { open, onWait, leaseMs, waitMs: lockWaitSeconds * 1_000 }, work)
}

/** The other process that migrates the database now; undefined if there is none. */
export async function migratingNow(queries: Queries): Promise<Migrating | undefined> {
  return (await isGaleraNode(queries)) ? leaseHolder(queries) : lockHolder(queries, await lockName(queries))
}

/** The name of the database is hashed, because a lock's name has at most 64 characters, as many as a database's. */
async function lockName(queries: Queries): Promise<string> {
  const database = (await firstRow<{ name: string | null }>(queries, 'SELECT DATABASE() AS name'))?.name ?? ''
  return `dbtool.migrate.${createHash('sha256').update(database).digest('hex').slice(0, 32)}`
}

async function lockHolder(queries: Queries, name: string): Promise<Migrating | undefined> {
  const row = await firstRow<{ id: number | null }>(queries, 'SELECT NULLIF(IS_USED_LOCK(?), CONNECTION_ID()) AS id', [
    name,
  ])
  return row === undefined || row.id === null ? undefined : { who: `connection ${row.id}` }
}

/** The server releases its named lock when the connection ends for any reason. */
async function withNamedLock<T>(
  session: Session,
  onWait: (migrating: Migrating) => void,
  work: (held: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const name = await lockName(session)
  const get = async (seconds: number): Promise<boolean> =>
    (await firstRow<{ got: number | null }>(session, 'SELECT GET_LOCK(?, ?) AS got', [name, seconds]))?.got === 1
  if (!(await get(0))) {
    const other = await lockHolder(session, name)
    if (other !== undefined) onWait(other)
    if (!(await get(lockWaitSeconds))) throw lockedElsewhere(other)
  }
  try {
    return await work(() => Promise.resolve())
  } finally {
    await session.rows('SELECT RELEASE_LOCK(?)', [name]).catch(() => session.destroy())
  }
}

function lockedElsewhere(other: Migrating | undefined): DbtoolError {
  const message = `${other?.who ?? 'another process'} has been migrating this database for ${lockWaitSeconds} s`
  return new DbtoolError('LOCK_TIMEOUT', message, { hint: 'wait until it has finished, then run: dbtool db status' })
}
