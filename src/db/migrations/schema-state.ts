import { DbtoolError } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import type { Migration } from './migration-files.ts'
import type { Queries } from '../queries.ts'

const noSuchTable = 1146
const noSuchColumn = 1054

/**
 * A row of schema_migrations: what was run here, how far it came. `steps` counts the statements of `up`, or those at
 * the end of
 * `down` that this rollback has to run; a step is noted as started before it runs and as done after.
 */
export interface AppliedMigration {
  readonly version: number
  readonly name: string
  readonly checksum: string
  readonly direction: 'up' | 'down'
  readonly steps: number
  /**
   * More than `steps_done` only if nobody knows whether the next one took place: the process or the connection died.
   */
  readonly steps_started: number
  readonly steps_done: number
  readonly started_at: Date
  readonly finished_at: Date | null
}

export interface MigrationState {
  readonly version: number
  readonly name: string
  /** `changed`: the file differs from what was applied. `newer`: this dbtool does not know it. */
  readonly state: 'applied' | 'pending' | 'half-run' | 'changed' | 'newer'
  readonly steps: number
  readonly steps_done: number
  readonly applied_at: Date | null
}

export const bookkeeping = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  version INT NOT NULL PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  checksum CHAR(64) NOT NULL,
  direction VARCHAR(4) NOT NULL,
  steps INT NOT NULL,
  steps_started INT NOT NULL DEFAULT 0,
  steps_done INT NOT NULL DEFAULT 0,
  started_at DATETIME NOT NULL DEFAULT UTC_TIMESTAMP(),
  finished_at DATETIME
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin`

const columns = 'version, name, checksum, direction, steps, steps_started, steps_done, started_at, finished_at'

export async function appliedMigrations(queries: Queries): Promise<AppliedMigration[]> {
  try {
    return await queries.rows<AppliedMigration>(`SELECT ${columns} FROM schema_migrations ORDER BY version`)
  } catch (error) {
    if (error instanceof DatabaseError && error.errno === noSuchTable) return []
    if (error instanceof DatabaseError && error.errno === noSuchColumn) throw foreignBookkeeping(error)
    throw error
  }
}

/** Other tools have a table of this name too. */
function foreignBookkeeping(cause: DatabaseError): DbtoolError {
  const message = `the table schema_migrations is not the one of this dbtool: ${cause.message}`
  return new DbtoolError('DUPLICATE', message, {
    cause,
    hint: 'nothing was changed; use another database, or rename it',
  })
}

/**
 * Refuses to start a migration that would create a table (or a view's name) that is there: nobody's data may become
 * ours to drop.
 */
export async function assertNoForeignTables(queries: Queries, { version, name, tables }: Migration): Promise<void> {
  const existing = await queries.rows<{ name: string; folded: number }>(
    'SELECT TABLE_NAME AS name, @@lower_case_table_names AS folded FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  )
  const conflicting = tables.filter((table) =>
    existing.some((one) => one.name === table || (one.folded > 0 && one.name.toLowerCase() === table.toLowerCase())),
  )
  if (conflicting.length === 0) return
  const what = conflicting.length === 1 ? 'a table that is' : 'tables that are'
  throw new DbtoolError(
    'DUPLICATE',
    `migration ${version} (${name}) would create ${what} there already: ${conflicting.join(', ')}`,
    {
      hint: 'it changed nothing; use another database, or rename what is there',
    },
  )
}

/** Every migration that this dbtool or the database knows, with where it stands. */
export function migrationStates(known: readonly Migration[], applied: readonly AppliedMigration[]): MigrationState[] {
  const rows = new Map(applied.map((row) => [row.version, row]))
  const ours = known.map(({ version, name, checksum, up }): MigrationState => {
    const row = rows.get(version)
    if (row === undefined) return { version, name, state: 'pending', steps: up.length, steps_done: 0, applied_at: null }
    return {
      ...reached(row),
      state: row.finished_at === null ? 'half-run' : row.checksum === checksum ? 'applied' : 'changed',
    }
  })
  const newer = applied
    .filter((row) => row.version > known.length)
    .map((row): MigrationState => ({ ...reached(row), state: 'newer' }))
  return [...ours, ...newer]
}

function reached({ version, name, steps, steps_done, finished_at }: AppliedMigration): Omit<MigrationState, 'state'> {
  return { version, name, steps, steps_done, applied_at: finished_at }
}

/**
 * Refuses to work on a schema that is half-run, newer than this dbtool, changed or, unless `pending` is allowed,
 * behind.
 */
export function assertUsable(
  states: readonly MigrationState[],
  { pending }: { pending: 'allowed' | 'refused' } = { pending: 'refused' },
): void {
  const halfRun = states.find(({ state }) => state === 'half-run')
  if (halfRun !== undefined) throw halfRunError(halfRun)
  const newer = states.filter(({ state }) => state === 'newer')
  if (newer.length > 0) {
    const names = newer.map(({ version, name }) => `${version} (${name})`).join(', ')
    throw new DbtoolError('SCHEMA_NEWER', `the schema is newer than this dbtool: it has migration ${names}`, {
      hint: 'install the dbtool that made it, or a later one',
    })
  }
  const changed = states.find(({ state }) => state === 'changed')
  if (changed !== undefined) {
    const message = `migration ${changed.version} (${changed.name}) is not the one that was applied: its checksum differs`
    throw new DbtoolError('UNEXPECTED', message, { hint: 'put its file back as it was, and write a new migration' })
  }
  const behind = states.filter(({ state }) => state === 'pending')
  if (pending === 'refused' && behind.length > 0) {
    const count = behind.length === 1 ? '1 migration is' : `${behind.length} migrations are`
    throw new DbtoolError('MIGRATIONS_PENDING', `the database is not up to date: ${count} pending`, {
      hint: 'run: dbtool db migrate',
    })
  }
}

/**
 * The statements that take back what is there, and nothing else: of an `up`, one for each step that ran or may have run
 * (before
 * it, what it creates was not there); of a `down` that stopped, those that are left.
 */
export function wayBack({ version, name, checksum, down }: Migration, row: AppliedMigration): string[] {
  if (row.checksum !== checksum) {
    const message = `cannot take migration ${version} (${name}) back: it is not the one that was applied, its checksum differs`
    throw new DbtoolError('UNEXPECTED', message, {
      hint: 'put its file back as it was, or use the dbtool that applied it: another way down may not fit',
    })
  }
  const { direction, finished_at, steps, steps_started, steps_done } = row
  if (direction === 'down') return down.slice(down.length - steps + steps_done)
  return finished_at === null ? down.slice(down.length - steps_started) : [...down]
}

function halfRunError({ version, name, steps, steps_done }: MigrationState): DbtoolError {
  const message = `migration ${version} (${name}) stopped after statement ${steps_done} of ${steps}; MariaDB cannot roll DDL back`
  return new DbtoolError('MIGRATION_HALF_RUN', message, { hint: takeBackHint(version) })
}

export function takeBackHint(version: number): string {
  return `take back what did run with: dbtool db rollback --to ${version - 1}, then: dbtool db migrate`
}
