import { createHash } from 'node:crypto'
import { DbtoolError } from '../../errors.ts'
import { assertLoggable } from '../binary-log.ts'
import { DatabaseError } from '../failures.ts'
import { firstRow, type Session } from '../queries.ts'
import { assertRowsFit } from './existing-rows.ts'
import type { Migration } from './migration-files.ts'
import {
  type AppliedMigration,
  appliedMigrations,
  assertNoForeignTables,
  assertUsable,
  bookkeeping,
  migrationStates,
  downStatements,
  rollbackHints,
} from './schema-state.ts'

const lockWaitSeconds = 60

export interface Step {
  readonly version: number
  readonly name: string
  readonly direction: 'up' | 'down'
}

export interface RollbackStep extends Step {
  /** The statements to run: fewer than `total` if the migration or an earlier rollback of it stopped half-way. */
  readonly statements: readonly string[]
  /** Number of statements of the complete rollback. */
  readonly total: number
}

/**
 * The session and the migrations for `migrate` and `rollback`. `session` must not have a statement time-out, since DDL
 * on large tables takes long. A named lock makes processes that migrate the same database wait for each other, for at
 * most a minute.
 */
export interface Migrator {
  readonly session: Session
  readonly known: readonly Migration[]
  readonly onStep?: (step: Step) => void
}

/**
 * Applies the pending migrations up to version `to`. Resolves to the applied steps. Rejects with LOCK_TIMEOUT if
 * another process migrates for longer than a minute, and with MIGRATION_HALF_RUN if a statement failed half-way.
 */
export async function migrate(migrator: Migrator, to: number = migrator.known.length): Promise<Step[]> {
  const { session } = migrator
  return locked(session, async () =>
    runAllSteps(migrator, await pendingSteps(migrator, to), (migration) => apply(session, migration)),
  )
}

/** Resolves to the steps that `migrate` would apply now. Rejects if it could not start. */
export async function pendingSteps({ session, known }: Migrator, to: number = known.length): Promise<Step[]> {
  assertKnown(known, to)
  const states = migrationStates(known, await appliedMigrations(session))
  assertUsable(states, { pending: 'allowed' })
  const pending = known.filter((_migration, index) => states[index]?.state === 'pending' && index < to)
  if (pending[0] !== undefined) {
    // The server would accept the DDL of a migration, and then refuse to record it.
    await assertLoggable(session)
    await assertNoForeignTables(session, pending[0])
    await assertRowsFit(session, pending[0])
  }
  return pending.map(({ version, name }) => ({ version, name, direction: 'up' }))
}

/**
 * Rolls back every migration above version `to`, by default only the last one. Of a half-run migration, it undoes the
 * statements that ran. Resolves to the completed steps; rejects as `migrate` does.
 */
export async function rollback(migrator: Migrator, to?: number): Promise<RollbackStep[]> {
  const { session } = migrator
  return locked(session, async () =>
    runAllSteps(migrator, await rollbackSteps(migrator, to), (migration, { statements }) =>
      revert(session, migration, statements),
    ),
  )
}

/** Resolves to the steps that `rollback` would run now. Rejects with SCHEMA_NEWER for an unknown migration. */
export async function rollbackSteps({ session, known }: Migrator, to?: number): Promise<RollbackStep[]> {
  const applied = await appliedMigrations(session)
  if (applied.length > 0) await assertLoggable(session)
  const unknown = applied.find(({ version }) => version > known.length)
  if (unknown !== undefined) {
    const migration = `migration ${unknown.version} (${unknown.name})`
    const message = `cannot roll back ${migration}: this version of dbtool does not have it`
    throw new DbtoolError('SCHEMA_NEWER', message, { hint: 'use the version of dbtool that applied it' })
  }
  const target = to ?? Math.max(0, (applied.at(-1)?.version ?? 0) - 1)
  assertKnown(known, target)
  return known.toReversed().flatMap((migration): RollbackStep[] => {
    const { version, name, down } = migration
    const row = applied.find((entry) => entry.version === version)
    if (row === undefined || version <= target) return []
    const statements = downStatements(migration, row)
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
  await assertRowsFit(session, migration)
  await session.execute(bookkeeping)
  await session.execute(
    "INSERT INTO schema_migrations (version, name, checksum, direction, steps) VALUES (?, ?, ?, 'up', ?)",
    [version, name, checksum, up.length],
  )
  await runSteps({ session, migration, statements: up, forget: () => forget(session, version) })
  await session.execute('UPDATE schema_migrations SET finished_at = UTC_TIMESTAMP() WHERE version = ?', [version])
}

async function revert(session: Session, migration: Migration, statements: readonly string[]): Promise<void> {
  const { version } = migration
  const before = (await appliedMigrations(session)).find((row) => row.version === version)
  const begin = `UPDATE schema_migrations
    SET direction = 'down', steps = ?, steps_started = 0, steps_done = 0, finished_at = NULL
    WHERE version = ?`
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
  const sql = `UPDATE schema_migrations
    SET direction = ?, steps = ?, steps_started = ?, steps_done = ?, finished_at = ?
    WHERE version = ?`
  await session.execute(sql, [direction, steps, steps_started, steps_done, finished_at, version])
}

function lockedElsewhere(database: string): DbtoolError {
  const message = `another process has been migrating '${database}' for ${lockWaitSeconds} s`
  return new DbtoolError('LOCK_TIMEOUT', message, {
    hint: 'wait until it has finished, then run: dbtool db status',
    hintInCode: 'wait until it has finished, then call migrate(pool) again',
  })
}

/**
 * Runs `work` under a named lock of the server, which the server releases when the connection ends for any reason. The
 * name of the database is hashed, because the name of a lock has at most 64 characters, as many as that of a database.
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
  /** Restores the previous row of the migration in schema_migrations, or deletes it. */
  readonly forget: () => Promise<unknown>
}

/**
 * Runs the statements of one migration. DDL commits implicitly, so each statement is recorded before and after it runs;
 * the next command then sees a run that stopped half-way. If the server rejects the first statement, nothing has
 * changed, and no record remains. A user without the privilege must not leave the shop half-migrated and unusable.
 */
async function runSteps({ session, migration, statements, forget }: Run): Promise<void> {
  const record = (assignment: string) =>
    session.execute(`UPDATE schema_migrations SET ${assignment} WHERE version = ?`, [migration.version])
  for (const [index, statement] of statements.entries()) {
    await record('steps_started = steps_done + 1')
    await session.execute(statement).catch(async (error: unknown) => {
      if (isRejected(error)) {
        if (index === 0 && (await succeeds(forget()))) throw notStarted(migration, error)
        await succeeds(record('steps_started = steps_done'))
      }
      throw stopped(migration, `statement ${index + 1} of ${statements.length}`, error)
    })
    await record('steps_done = steps_started')
  }
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}

/** True if the server rejected the statement; it then took no effect. */
function isRejected(error: unknown): error is DatabaseError {
  const errno = error instanceof DatabaseError && error.code !== 'CONNECTION_LOST' ? (error.errno ?? 0) : 0
  return errno >= firstServerErrno && errno < connectorErrnos
}

function notStarted({ version, name }: Migration, cause: DatabaseError): DbtoolError {
  return new DbtoolError(cause.code, `migration ${version} (${name}) did not start: ${cause.message}`, {
    cause,
    hint: cause.hint,
  })
}

/** A lost connection keeps its own error, because the outcome of its statement is unknown. */
function stopped({ version, name }: Migration, at: string, error: unknown): unknown {
  if (!(error instanceof DbtoolError) || error.code === 'CONNECTION_LOST') return error
  const message = `migration ${version} (${name}) stopped at ${at}: ${error.message}`
  return new DbtoolError('MIGRATION_HALF_RUN', message, { cause: error, ...rollbackHints(version) })
}
