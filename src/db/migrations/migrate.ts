import { createHash } from 'node:crypto'
import { DbtoolError } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import { firstRow, type Session } from '../queries.ts'
import type { Migration } from './migration-files.ts'
import {
  type AppliedMigration,
  appliedMigrations,
  assertNoForeignTables,
  assertUsable,
  bookkeeping,
  migrationStates,
  takeBackHint,
  wayBack,
} from './schema-state.ts'

const lockWaitSeconds = 60

export interface Step {
  readonly version: number
  readonly name: string
  readonly direction: 'up' | 'down'
}

export interface BackStep extends Step {
  /** What it runs: less than the whole way down, if the migration or an earlier rollback of it stopped half-way. */
  readonly statements: readonly string[]
  /** How many the whole way down has. */
  readonly total: number
}

/**
 * What `migrate` and `rollback` move along: `session` must not have a statement time-out, since DDL on large tables
 * takes
 * long. Another process that migrates the same database is waited for (a named lock, for a minute).
 */
export interface Migrator {
  readonly session: Session
  readonly known: readonly Migration[]
  readonly onStep?: (step: Step) => void
}

/** Applies what is pending, up to version `to`. Returns the steps taken; none when there was nothing to do. */
export async function migrate(migrator: Migrator, to: number = migrator.known.length): Promise<Step[]> {
  const { session } = migrator
  return locked(session, async () =>
    runAllSteps(migrator, await pendingSteps(migrator, to), (migration) => apply(session, migration)),
  )
}

/** What `migrate` would do now; refused if it could not start. */
export async function pendingSteps({ session, known }: Migrator, to: number = known.length): Promise<Step[]> {
  assertKnown(known, to)
  const states = migrationStates(known, await appliedMigrations(session))
  assertUsable(states, { pending: 'allowed' })
  const pending = known.filter((_migration, index) => states[index]?.state === 'pending' && index < to)
  if (pending[0] !== undefined) await assertNoForeignTables(session, pending[0])
  return pending.map(({ version, name }) => ({ version, name, direction: 'up' }))
}

/** Takes back every migration above `to` (by default the last one); of one that stopped half-way, what did run. */
export async function rollback(migrator: Migrator, to?: number): Promise<BackStep[]> {
  const { session } = migrator
  return locked(session, async () =>
    runAllSteps(migrator, await rollbackSteps(migrator, to), (migration, { statements }) =>
      takeBack(session, migration, statements),
    ),
  )
}

/** What `rollback` would do now. */
export async function rollbackSteps({ session, known }: Migrator, to?: number): Promise<BackStep[]> {
  const applied = await appliedMigrations(session)
  const unknown = applied.find(({ version }) => version > known.length)
  if (unknown !== undefined) {
    const message = `cannot take migration ${unknown.version} (${unknown.name}) back: this dbtool does not know it`
    throw new DbtoolError('SCHEMA_NEWER', message, { hint: 'use the dbtool that applied it' })
  }
  const target = to ?? Math.max(0, (applied.at(-1)?.version ?? 0) - 1)
  assertKnown(known, target)
  return known.toReversed().flatMap((migration): BackStep[] => {
    const { version, name, down } = migration
    const row = applied.find((one) => one.version === version)
    if (row === undefined || version <= target) return []
    const statements = wayBack(migration, row)
    return [{ version, name, direction: 'down', statements, total: down.length }]
  })
}

function assertKnown(known: readonly Migration[], to: number): void {
  if (to > known.length) throw new DbtoolError('USAGE', `there is no migration ${to}: the last one is ${known.length}`)
}

async function runAllSteps<S extends Step>(
  { known, onStep }: Migrator,
  steps: S[],
  run: (migration: Migration, step: S) => Promise<void>,
): Promise<S[]> {
  for (const step of steps) {
    const migration = known[step.version - 1]
    if (migration === undefined) continue
    await run(migration, step)
    onStep?.(step)
  }
  return steps
}

async function apply(session: Session, migration: Migration): Promise<void> {
  const { version, name, checksum, up } = migration
  await assertNoForeignTables(session, migration)
  await session.execute(bookkeeping)
  await session.execute(
    "INSERT INTO schema_migrations (version, name, checksum, direction, steps) VALUES (?, ?, ?, 'up', ?)",
    [version, name, checksum, up.length],
  )
  await runSteps({ session, migration, statements: up, forget: () => forget(session, version) })
  await session.execute('UPDATE schema_migrations SET finished_at = UTC_TIMESTAMP() WHERE version = ?', [version])
}

async function takeBack(session: Session, migration: Migration, statements: readonly string[]): Promise<void> {
  const { version } = migration
  const before = (await appliedMigrations(session)).find((row) => row.version === version)
  const begin =
    "UPDATE schema_migrations SET direction = 'down', steps = ?, steps_started = 0, steps_done = 0, finished_at = NULL WHERE version = ?"
  await session.execute(begin, [statements.length, version])
  await runSteps({ session, migration, statements, forget: async () => before && restore(session, before) })
  await forget(session, version)
}

async function forget(session: Session, version: number): Promise<void> {
  await session.execute('DELETE FROM schema_migrations WHERE version = ?', [version])
}

async function restore(
  session: Session,
  { version, direction, steps, steps_started, steps_done, finished_at }: AppliedMigration,
): Promise<void> {
  const sql =
    'UPDATE schema_migrations SET direction = ?, steps = ?, steps_started = ?, steps_done = ?, finished_at = ? WHERE version = ?'
  await session.execute(sql, [direction, steps, steps_started, steps_done, finished_at, version])
}

function lockedElsewhere(database: string): DbtoolError {
  const message = `another process has been migrating '${database}' for ${lockWaitSeconds} s`
  return new DbtoolError('LOCK_TIMEOUT', message, { hint: 'wait for it, then look at: dbtool db status' })
}

/**
 * The lock is the server's, so it ends with the connection, however that ends. Its name may have 64 characters, as a
 * database's.
 */
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

const firstServerErrno = 1_000
const connectorErrnos = 45_000

export interface Run {
  readonly session: Session
  readonly migration: Migration
  readonly statements: readonly string[]
  /** Makes its row in schema_migrations what it was before, or takes it away. */
  readonly forget: () => Promise<unknown>
}

/**
 * DDL commits by itself, so each statement is written down before and after: what stops half-way is seen the next time.
 * Of a
 * migration whose first statement is refused nothing took place, and nothing is remembered: whoever lacks the privilege
 * must
 * not leave a shop that nobody can use.
 */
async function runSteps({ session, migration, statements, forget }: Run): Promise<void> {
  const note = (what: string) =>
    session.execute(`UPDATE schema_migrations SET ${what} WHERE version = ?`, [migration.version])
  for (const [index, statement] of statements.entries()) {
    await note('steps_started = steps_done + 1')
    await session.execute(statement).catch(async (error: unknown) => {
      if (refused(error)) {
        if (index === 0 && (await succeeds(forget()))) throw notBegun(migration, error)
        await succeeds(note('steps_started = steps_done'))
      }
      throw stopped(migration, `statement ${index + 1} of ${statements.length}`, error)
    })
    await note('steps_done = steps_started')
  }
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}

/** The server itself says that the statement did not take place. */
function refused(error: unknown): error is DatabaseError {
  const errno = error instanceof DatabaseError && error.code !== 'CONNECTION_LOST' ? (error.errno ?? 0) : 0
  return errno >= firstServerErrno && errno < connectorErrnos
}

function notBegun({ version, name }: Migration, cause: DatabaseError): DbtoolError {
  return new DbtoolError(cause.code, `migration ${version} (${name}) was not begun: ${cause.message}`, {
    cause,
    hint: cause.hint,
  })
}

/** A lost connection stays what it is: nobody knows whether its statement took place. */
function stopped({ version, name }: Migration, at: string, error: unknown): unknown {
  if (!(error instanceof DbtoolError) || error.code === 'CONNECTION_LOST') return error
  const message = `migration ${version} (${name}) stopped at ${at}: ${error.message}`
  return new DbtoolError('MIGRATION_HALF_RUN', message, { cause: error, hint: takeBackHint(version) })
}
