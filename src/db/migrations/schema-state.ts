import { noSuchColumn, noSuchTable } from '../error-numbers.ts'
import { DbtoolError, type ErrorDetails } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import type { Migration } from './migration-files.ts'
import type { Queries } from '../queries.ts'

/**
 * A row of schema_migrations: a migration of this database, and its progress. `steps` is the number of statements to
 * run: all of `up`, or those at the end of `down` that this rollback needs. A step is recorded as started before it
 * runs and as done afterwards.
 */
export interface AppliedMigration {
  readonly version: number
  readonly name: string
  readonly checksum: string
  readonly direction: 'up' | 'down'
  readonly steps: number
  /** Greater than `steps_done` only if the outcome of the next step is unknown: the process or the connection died. */
  readonly steps_started: number
  readonly steps_done: number
  readonly started_at: Date
  readonly finished_at: Date | null
}

export interface MigrationState {
  readonly version: number
  readonly name: string
  /** `changed`: the file differs from the applied one. `newer`: this version of dbtool does not have the migration. */
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

/**
 * Resolves to the rows of schema_migrations by version, empty if the table does not exist. Rejects with DUPLICATE if
 * the table belongs to another tool.
 */
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
  const message = `the table schema_migrations belongs to another tool: ${cause.message}`
  return new DbtoolError('DUPLICATE', message, {
    cause,
    hint: 'nothing was changed; use another database, or rename the table',
  })
}

/**
 * Rejects with DUPLICATE if the migration would create a table whose name a table or view already has. The same holds
 * for foreign keys. Otherwise a later rollback could drop data that dbtool did not create.
 */
export async function assertNoForeignTables(queries: Queries, migration: Migration): Promise<void> {
  const conflict = await tableConflict(queries, migration)
  if (conflict !== undefined)
    throw new DbtoolError('DUPLICATE', conflict, { hint: `nothing was changed; ${afterConflict}` })
}

/** The name of a foreign key is unique in its database, up to MariaDB 12.0. */
async function foreignKeyConflict(queries: Queries, { up }: Migration): Promise<string | undefined> {
  const names = up.flatMap((statement) => [...statement.matchAll(foreignKey)].map(([, name = '']) => name))
  if (names.length === 0) return undefined
  const existing = await queries.rows<{ name: string }>(
    `SELECT CONCAT(CONSTRAINT_NAME, ' of the table ', TABLE_NAME) AS name FROM information_schema.TABLE_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'FOREIGN KEY'
       AND CONSTRAINT_NAME IN (${names.map(() => '?').join(', ')}) /*M!120100 AND FALSE */`,
    names,
  )
  if (existing.length === 0) return undefined
  const what = existing.length === 1 ? 'a foreign key that already exists' : 'foreign keys that already exist'
  return `${what}: ${existing.map(({ name }) => name).join(', ')}`
}

const foreignKey = /\bCONSTRAINT (\w+) FOREIGN KEY\b/g

/** A restore that stopped early leaves tables, but not yet schema_migrations. */
export const afterConflict =
  'use another database, or rename them; after a restore that stopped early, restore the dump again'

/** The reason why the migration cannot create its tables, if there is one. */
export async function tableConflict(queries: Queries, migration: Migration): Promise<string | undefined> {
  const { version, name, tables } = migration
  const conflicting = await existingTables(queries, tables)
  const what = conflicting.length === 1 ? 'a table that already exists' : 'tables that already exist'
  const conflict =
    conflicting.length === 0 ? await foreignKeyConflict(queries, migration) : `${what}: ${conflicting.join(', ')}`
  return conflict === undefined ? undefined : `migration ${version} (${name}) cannot create ${conflict}`
}

/** The tables among these that exist and are visible to this account. A view of the same name counts, too. */
export async function existingTables(queries: Queries, tables: readonly string[]): Promise<string[]> {
  const existing = await queries.rows<{ name: string; folded: number }>(
    `SELECT TABLE_NAME AS name, @@lower_case_table_names AS folded
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()`,
  )
  return tables.filter((table) =>
    existing.some(({ name, folded }) => name === table || (folded > 0 && name.toLowerCase() === table.toLowerCase())),
  )
}

/** Whether pending migrations are an error. */
export interface PendingRule {
  readonly pending: 'allowed' | 'refused'
}

/** The state of every migration of this version of dbtool and of the database. */
export function migrationStates(known: readonly Migration[], applied: readonly AppliedMigration[]): MigrationState[] {
  const rows = new Map(applied.map((row) => [row.version, row]))
  const states = known.map(({ version, name, checksum, up }): MigrationState => {
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
  return [...states, ...newer]
}

function reached({ version, name, steps, steps_done, finished_at }: AppliedMigration): Omit<MigrationState, 'state'> {
  return { version, name, steps, steps_done, applied_at: finished_at }
}

/**
 * Throws if the schema is half-run (MIGRATION_HALF_RUN), newer than this version of dbtool (SCHEMA_NEWER) or changed
 * (UNEXPECTED). Pending migrations are MIGRATIONS_PENDING, unless they are `allowed`.
 */
export function assertUsable(
  states: readonly MigrationState[],
  { pending }: PendingRule = { pending: 'refused' },
): void {
  const halfRun = states.find(({ state }) => state === 'half-run')
  if (halfRun !== undefined) throw halfRunError(halfRun)
  const newer = states.filter(({ state }) => state === 'newer')
  if (newer.length > 0) {
    const names = newer.map(({ version, name }) => `${version} (${name})`).join(', ')
    throw new DbtoolError('SCHEMA_NEWER', `the schema is newer than this dbtool: it has migration ${names}`, {
      hint: 'install the version of dbtool that applied it, or a later one',
    })
  }
  const changed = states.find(({ state }) => state === 'changed')
  if (changed !== undefined) {
    const message = `migration ${changed.version} (${changed.name}) was changed after it had been applied`
    throw new DbtoolError('UNEXPECTED', `${message}: its checksum differs`, {
      hint: 'restore its file, and write a new migration',
    })
  }
  const behind = states.filter(({ state }) => state === 'pending')
  if (pending === 'refused' && behind.length > 0) {
    const count = behind.length === 1 ? '1 migration is' : `${behind.length} migrations are`
    throw new DbtoolError('MIGRATIONS_PENDING', `the database is not up to date: ${count} pending`, {
      hint: 'run: dbtool db migrate',
      hintInCode: 'call migrate(pool)',
    })
  }
}

/**
 * The down statements that undo exactly the existing part of a migration. Of an `up`, they are those of the steps that
 * ran or may have run, since their objects did not exist before. Of a `down` that stopped, they are the remaining ones.
 * Throws UNEXPECTED if the file has changed.
 */
export function downStatements({ version, name, checksum, down }: Migration, row: AppliedMigration): string[] {
  if (row.checksum !== checksum) {
    const message = `cannot roll back migration ${version} (${name}): it was changed after it had been applied`
    throw new DbtoolError('UNEXPECTED', `${message}, its checksum differs`, {
      hint: 'restore its file, or use the version of dbtool that applied it: other down statements may not match',
    })
  }
  const { direction, finished_at, steps, steps_started, steps_done } = row
  if (direction === 'down') return down.slice(down.length - steps + steps_done)
  return finished_at === null ? down.slice(down.length - steps_started) : [...down]
}

function halfRunError({ version, name, steps, steps_done }: MigrationState): DbtoolError {
  const progress = `stopped after statement ${steps_done} of ${steps}`
  const message = `migration ${version} (${name}) ${progress}; MariaDB cannot roll back DDL`
  return new DbtoolError('MIGRATION_HALF_RUN', message, rollbackHints(version))
}

export function rollbackHints(version: number): Pick<ErrorDetails, 'hint' | 'hintInCode'> {
  const rollback = `dbtool db rollback --to ${version - 1}`
  return {
    hint: `roll it back with: ${rollback}, then run: dbtool db migrate`,
    hintInCode: `roll it back with: npx ${rollback}, then call migrate(pool)`,
  }
}
