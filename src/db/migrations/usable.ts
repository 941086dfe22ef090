import { DbtoolError } from '../../errors.ts'
import type { Queries } from '../queries.ts'
import type { Migrating } from './lease.ts'
import { migratingNow } from './lock.ts'
import type { Migration } from './migration-files.ts'
import {
  afterConflict,
  appliedMigrations,
  assertUsable,
  existingTables,
  migrationStates,
  tableConflict,
  type MigrationState,
  type PendingRule,
} from './schema-state.ts'

/**
 * Like {@link assertUsable}, for the current state of the database. A migration that another process is applying is
 * MIGRATIONS_PENDING: to roll it back would drop what that process creates. Resolves to the states.
 */
export async function assertSchema(
  queries: Queries,
  known: readonly Migration[],
  rule?: PendingRule,
): Promise<MigrationState[]> {
  const states = migrationStates(known, await appliedMigrations(queries))
  const isHalfRun = states.some(({ state }) => state === 'half-run')
  if (!isHalfRun && (await conflictOf(queries, known, states, rule)) === undefined) {
    assertUsable(states, rule)
    return states
  }
  const migrating = await migratingNow(queries)
  if (migrating !== undefined) throw beingMigrated(migrating)
  // That process may have finished between the questions.
  const later = migrationStates(known, await appliedMigrations(queries))
  const conflict = await conflictOf(queries, known, later, rule)
  if (conflict !== undefined) throw conflict
  assertUsable(later, rule)
  return later
}

/** The reason why to migrate would be in vain, for a caller that cannot use a schema with pending migrations. */
async function conflictOf(
  queries: Queries,
  known: readonly Migration[],
  states: readonly MigrationState[],
  rule?: PendingRule,
): Promise<DbtoolError | undefined> {
  if (rule?.pending === 'allowed' || states.some(({ state }) => state === 'half-run')) return undefined
  return pendingConflict(queries, known, states)
}

/** The error of pending migrations that `migrate` would refuse; undefined if there is no reason to. */
export async function pendingConflict(
  queries: Queries,
  known: readonly Migration[],
  states: readonly MigrationState[],
): Promise<DbtoolError | undefined> {
  const next = states.find(({ state }) => state === 'pending')
  const migration = known.find(({ version }) => version === next?.version)
  const conflict = migration === undefined ? undefined : await tableConflict(queries, migration)
  return conflict === undefined ? undefined : new DbtoolError('MIGRATIONS_PENDING', conflict, { hint: afterConflict })
}

/** The tables that applied migrations have created, and that do not exist or are not visible to this account. */
export async function missingTables(
  queries: Queries,
  known: readonly Migration[],
  states: readonly MigrationState[],
): Promise<string[]> {
  const applied = new Set(states.flatMap(({ state, version }) => (state === 'applied' ? [version] : [])))
  const tables = known.flatMap((migration) => (applied.has(migration.version) ? migration.tables : []))
  const existing = new Set(await existingTables(queries, tables))
  return tables.filter((table) => !existing.has(table))
}

export function beingMigrated({ who, since }: Migrating): DbtoolError {
  const message = `${who} is migrating this database${since === undefined ? ' now' : `, since ${since}`}`
  return new DbtoolError('MIGRATIONS_PENDING', message, {
    hint: 'wait until it has finished; dbtool db migrate waits for it, and takes over from a process that has died',
    hintInCode: 'wait until it has finished; migrate(pool) waits for it, and takes over from a process that has died',
  })
}
