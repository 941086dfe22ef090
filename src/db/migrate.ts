import { createHash } from 'node:crypto'
import { DbtoolError } from '../errors.ts'
import type { Migration } from './migration-files.ts'
import type { Session } from './queries.ts'
import { firstRow } from './queries.ts'
import { appliedMigrations, assertUsable, migrationStates, takeBackHint } from './schema-state.ts'

const lockWaitSeconds = 60

const bookkeeping = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  version INT NOT NULL PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  checksum CHAR(64) NOT NULL,
  direction VARCHAR(4) NOT NULL,
  steps INT NOT NULL,
  steps_done INT NOT NULL,
  started_at DATETIME NOT NULL DEFAULT UTC_TIMESTAMP(),
  finished_at DATETIME
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin`

export interface Step {
  readonly version: number
  readonly name: string
  readonly direction: 'up' | 'down'
}

/**
 * What `migrate` and `rollback` move along: `session` must not have a statement time-out, since DDL on large tables takes
 * long. Another process that migrates the same database is waited for (a named lock, for a minute).
 */
export interface Migrator {
  readonly session: Session
  readonly known: readonly Migration[]
  readonly onStep?: (step: Step) => void
}

/** Applies what is pending, up to version `to`. Returns the steps taken; none when there was nothing to do. */
export async function migrate(migrator: Migrator, to: number = migrator.known.length): Promise<Step[]> {
  return locked(migrator.session, async () => {
    await migrator.session.change(bookkeeping)
    return takeSteps(migrator, await pendingSteps(migrator, to))
  })
}

/** What `migrate` would do now. */
export async function pendingSteps({ session, known }: Migrator, to: number = known.length): Promise<Step[]> {
  assertKnown(known, to)
  const states = migrationStates(known, await appliedMigrations(session))
  assertUsable(states, { pending: 'allowed' })
  return states.filter(({ state, version }) => state === 'pending' && version <= to).map(({ version, name }) => ({ version, name, direction: 'up' }))
}

/** Takes back every migration above `to` (by default the last one), also one that stopped half-way. */
export async function rollback(migrator: Migrator, to?: number): Promise<Step[]> {
  return locked(migrator.session, async () => takeSteps(migrator, await rollbackSteps(migrator, to)))
}

/** What `rollback` would do now. */
export async function rollbackSteps({ session, known }: Migrator, to?: number): Promise<Step[]> {
  const applied = await appliedMigrations(session)
  const unknown = applied.find(({ version }) => version > known.length)
  if (unknown !== undefined) {
    const message = `cannot take migration ${unknown.version} (${unknown.name}) back: this dbtool does not know it`
    throw new DbtoolError('SCHEMA_NEWER', message, { hint: 'use the dbtool that applied it' })
  }
  const last = applied.at(-1)?.version ?? 0
  const target = to ?? Math.max(0, last - 1)
  assertKnown(known, target)
  return applied
    .filter(({ version }) => version > target)
    .sort((a, b) => b.version - a.version)
    .map(({ version, name }) => ({ version, name, direction: 'down' }))
}

function assertKnown(known: readonly Migration[], to: number): void {
  if (to > known.length) throw new DbtoolError('USAGE', `there is no migration ${to}: the last one is ${known.length}`)
}

async function takeSteps({ session, known, onStep }: Migrator, steps: Step[]): Promise<Step[]> {
  for (const step of steps) {
    const migration = known[step.version - 1]
    if (migration === undefined) continue
    await run(session, migration, step.direction)
    onStep?.(step)
  }
  return steps
}

/** DDL commits by itself, so each statement's success is written down: what stops half-way is seen the next time. */
async function run(session: Session, migration: Migration, direction: 'up' | 'down'): Promise<void> {
  const { version, name, checksum } = migration
  const sql = migration[direction]
  await session.change(
    `INSERT INTO schema_migrations (version, name, checksum, direction, steps, steps_done) VALUES (?, ?, ?, ?, ?, 0)
     ON DUPLICATE KEY UPDATE direction = VALUES(direction), steps = VALUES(steps), steps_done = 0, finished_at = NULL`,
    [version, name, checksum, direction, sql.length],
  )
  for (const [done, statement] of sql.entries()) {
    await session.change(statement).catch((error: unknown) => { throw stopped(migration, `statement ${done + 1} of ${sql.length}`, error) })
    await session.change('UPDATE schema_migrations SET steps_done = steps_done + 1 WHERE version = ?', [version])
  }
  if (direction === 'up') await session.change('UPDATE schema_migrations SET finished_at = UTC_TIMESTAMP() WHERE version = ?', [version])
  else await session.change('DELETE FROM schema_migrations WHERE version = ?', [version])
}

/** A lost connection stays what it is: nobody knows whether its statement took place. */
function stopped({ version, name }: Migration, at: string, error: unknown): unknown {
  if (!(error instanceof DbtoolError) || error.code === 'CONNECTION_LOST') return error
  const message = `migration ${version} (${name}) stopped at ${at}: ${error.message}`
  return new DbtoolError('MIGRATION_HALF_RUN', message, { cause: error, hint: takeBackHint(version) })
}

function lockedElsewhere(database: string): DbtoolError {
  const message = `another process has been migrating '${database}' for ${lockWaitSeconds} s`
  return new DbtoolError('LOCK_TIMEOUT', message, { hint: 'wait for it, then look at: dbtool db status' })
}

/** The lock is the server's, so it ends with the connection, however that ends. Its name may have 64 characters, as a database's. */
async function locked<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const database = (await firstRow<{ name: string | null }>(session, 'SELECT DATABASE() AS name'))?.name ?? ''
  const lock = `dbtool.migrate.${createHash('sha256').update(database).digest('hex').slice(0, 32)}`
  const got = await firstRow<{ got: number | null }>(session, 'SELECT GET_LOCK(?, ?) AS got', [lock, lockWaitSeconds])
  if (got?.got !== 1) throw lockedElsewhere(database)
  try {
    return await work()
  } finally {
    await session.rows('SELECT RELEASE_LOCK(?)', [lock]).catch(() => session.destroy())
  }
}
