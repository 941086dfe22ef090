import { firstConnectorErrno } from '../error-numbers.ts'
import { DbtoolError } from '../../errors.ts'
import { assertLoggable } from '../binary-log.ts'
import { DatabaseError } from '../failures.ts'
import type { Session } from '../queries.ts'
import { assertRowsFit } from './existing-rows.ts'
import { locked, type Locking, migratingNow } from './lock.ts'
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
import { assertSchema, beingMigrated } from './usable.ts'

/** A migration that was applied (`up`) or rolled back (`down`). */
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
 * on large tables takes long. Processes that migrate the same database wait for each other, for at most a minute.
 */
export interface Migrator extends Locking {
  readonly known: readonly Migration[]
  readonly onStep?: (step: Step) => void
}

/**
 * Applies the pending migrations up to version `to`. Resolves to the applied steps. Rejects with LOCK_TIMEOUT if
 * another process migrates for longer than a minute, and with MIGRATION_HALF_RUN if a statement failed half-way.
 */
export async function migrate(migrator: Migrator, to: number = migrator.known.length): Promise<Step[]> {
  const { session } = migrator
  return locked(migrator, async (held) =>
    runAllSteps(migrator, await stepsUp(migrator, to), (migration) => apply(session, held, migration)),
  )
}

/** Resolves to the steps that `migrate` would apply now. Rejects if it could not start. */
export async function pendingSteps(migrator: Migrator, to?: number): Promise<Step[]> {
  await assertSchema(migrator.session, migrator.known, { pending: 'allowed' })
  return stepsUp(migrator, to)
}

async function stepsUp({ session, known }: Migrator, to: number = known.length): Promise<Step[]> {
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
  return locked(migrator, async (held) =>
    runAllSteps(migrator, await stepsDown(migrator, to), (migration, { statements }) =>
      revert(session, held, { migration, statements }),
    ),
  )
}

/**
 * Resolves to the steps that `rollback` would run now. Rejects with SCHEMA_NEWER for an unknown migration, and with
 * MIGRATIONS_PENDING if another process is applying one.
 */
export async function rollbackSteps(migrator: Migrator, to?: number): Promise<RollbackStep[]> {
  const { session } = migrator
  const isHalfRun = (await appliedMigrations(session)).some(({ finished_at }) => finished_at === null)
  const other = isHalfRun ? await migratingNow(session) : undefined
  if (other !== undefined) throw beingMigrated(other)
  return stepsDown(migrator, to)
}

async function stepsDown({ session, known }: Migrator, to?: number): Promise<RollbackStep[]> {
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

/** Rejects if this process may not migrate any more, because another one has taken over. */
type Held = () => Promise<void>

async function apply(session: Session, held: Held, migration: Migration): Promise<void> {
  const { version, name, checksum, up } = migration
  await assertNoForeignTables(session, migration)
  await assertRowsFit(session, migration)
  await held()
  await session.execute(bookkeeping)
  await session.execute(
    "INSERT INTO schema_migrations (version, name, checksum, direction, steps) VALUES (?, ?, ?, 'up', ?)",
    [version, name, checksum, up.length],
  )
  await runSteps({ session, held, migration, statements: up, forget: () => forget(session, version) })
  await session.execute('UPDATE schema_migrations SET finished_at = UTC_TIMESTAMP() WHERE version = ?', [version])
}

async function revert(
  session: Session,
  held: Held,
  { migration, statements }: Pick<Run, 'migration' | 'statements'>,
): Promise<void> {
  const { version } = migration
  await held()
  const before = (await appliedMigrations(session)).find((row) => row.version === version)
  const begin = `UPDATE schema_migrations
    SET direction = 'down', steps = ?, steps_started = 0, steps_done = 0, finished_at = NULL
    WHERE version = ?`
  await session.execute(begin, [statements.length, version])
  await runSteps({ session, held, migration, statements, forget: async () => before && restore(session, before) })
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

export interface Run {
  readonly session: Session
  readonly held: Held
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
async function runSteps({ session, held, migration, statements, forget }: Run): Promise<void> {
  const record = (assignment: string) =>
    session.execute(`UPDATE schema_migrations SET ${assignment} WHERE version = ?`, [migration.version])
  for (const [index, statement] of statements.entries()) {
    if (index > 0) await held()
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

/** True if the server rejected the statement; it then took no effect. The number of a full disk is below 1000. */
function isRejected(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.code === 'CONNECTION_LOST') return false
  return error.sqlState !== undefined && (error.errno ?? firstConnectorErrno) < firstConnectorErrno
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
