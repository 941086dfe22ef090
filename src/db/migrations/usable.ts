import { DbtoolError } from '../../errors.ts'
import type { Queries } from '../queries.ts'
import type { Migrating } from './lease.ts'
import { migratingNow } from './lock.ts'
import type { Migration } from './migration-files.ts'
import {
  appliedMigrations,
  assertUsable,
  migrationStates,
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
  if (!states.some(({ state }) => state === 'half-run')) {
    assertUsable(states, rule)
    return states
  }
  const migrating = await migratingNow(queries)
  if (migrating !== undefined) throw beingMigrated(migrating)
  // That process may have finished between the two questions.
  const later = migrationStates(known, await appliedMigrations(queries))
  assertUsable(later, rule)
  return later
}

export function beingMigrated({ who, since }: Migrating): DbtoolError {
  const message = `${who} is migrating this database${since === undefined ? ' now' : `, since ${since}`}`
  return new DbtoolError('MIGRATIONS_PENDING', message, {
    hint: 'wait until it has finished; dbtool db migrate waits for it, and takes over from a process that has died',
  })
}
