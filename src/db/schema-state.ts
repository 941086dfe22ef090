import { DbtoolError } from '../errors.ts'
import { DatabaseError } from './failures.ts'
import type { Migration } from './migration-files.ts'
import type { Queries } from './queries.ts'

const noSuchTable = 1146

/** A row of schema_migrations: what was run here, how far it came. */
export interface AppliedMigration {
  readonly version: number
  readonly name: string
  readonly checksum: string
  readonly direction: 'up' | 'down'
  readonly steps: number
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

export async function appliedMigrations(queries: Queries): Promise<AppliedMigration[]> {
  try {
    return await queries.rows<AppliedMigration>('SELECT * FROM schema_migrations ORDER BY version')
  } catch (error) {
    if (error instanceof DatabaseError && error.errno === noSuchTable) return []
    throw error
  }
}

/** Every migration that this dbtool or the database knows, with where it stands. */
export function migrationStates(known: readonly Migration[], applied: readonly AppliedMigration[]): MigrationState[] {
  const rows = new Map(applied.map((row) => [row.version, row]))
  const ours = known.map(({ version, name, checksum, up }): MigrationState => {
    const row = rows.get(version)
    if (row === undefined) return { version, name, state: 'pending', steps: up.length, steps_done: 0, applied_at: null }
    return { ...reached(row), state: row.finished_at === null ? 'half-run' : row.checksum === checksum ? 'applied' : 'changed' }
  })
  const newer = applied.filter((row) => row.version > known.length).map((row): MigrationState => ({ ...reached(row), state: 'newer' }))
  return [...ours, ...newer]
}

function reached({ version, name, steps, steps_done, finished_at }: AppliedMigration): Omit<MigrationState, 'state'> {
  return { version, name, steps, steps_done, applied_at: finished_at }
}

/** Refuses to work on a schema that is half-run, newer than this dbtool, changed or, unless `pending` is allowed, behind. */
export function assertUsable(states: readonly MigrationState[], { pending }: { pending: 'allowed' | 'refused' } = { pending: 'refused' }): void {
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
    throw new DbtoolError('MIGRATIONS_PENDING', `the database is not up to date: ${count} pending`, { hint: 'run: dbtool db migrate' })
  }
}

function halfRunError({ version, name, steps, steps_done }: MigrationState): DbtoolError {
  const message = `migration ${version} (${name}) stopped after statement ${steps_done} of ${steps}; MariaDB cannot roll DDL back`
  return new DbtoolError('MIGRATION_HALF_RUN', message, { hint: takeBackHint(version) })
}

export function takeBackHint(version: number): string {
  return `take back what did run with: dbtool db rollback --to ${version - 1}, then: dbtool db migrate`
}
