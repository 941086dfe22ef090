import { DbtoolError } from '../errors.ts'
import { DatabaseError } from './failures.ts'
import type { Migration } from './migrations/migration-files.ts'
import type { Session } from './queries.ts'
import { takeBackHint } from './migrations/schema-state.ts'

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
export async function runSteps({ session, migration, statements, forget }: Run): Promise<void> {
  const note = (what: string) =>
    session.change(`UPDATE schema_migrations SET ${what} WHERE version = ?`, [migration.version])
  for (const [index, statement] of statements.entries()) {
    await note('steps_started = steps_done + 1')
    await session.change(statement).catch(async (error: unknown) => {
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
