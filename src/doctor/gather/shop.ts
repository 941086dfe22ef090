import type { Connection } from '../../db/connection/connection.ts'
import { migratingNow } from '../../db/migrations/lock.ts'
import { loadMigrations } from '../../db/migrations/migration-files.ts'
import type { Queries } from '../../db/queries.ts'
import { appliedMigrations, migrationStates } from '../../db/migrations/schema-state.ts'
import { pendingConflict } from '../../db/migrations/usable.ts'
import { transactionSnapshot } from '../../db/snapshot.ts'
import { durationText } from '../../values.ts'
import { DbtoolError } from '../../errors.ts'
import { countViolations, invariants } from '../../shop/invariants.ts'
import { surveyShop } from '../../shop/survey.ts'
import type { Target } from '../../db/target.ts'
import {
  type DoctorInput,
  unknown,
  type Fact,
  type Facts,
  type Gathered,
  type Migrations,
  type Tables,
} from '../facts.ts'
import { schemaFault } from '../schema-fault.ts'
import { attempt } from './attempt.ts'

/**
 * The facts about the schema and the data of the shop. Counting the violations of all invariants takes hardly longer
 * than the time limit for one statement.
 */
export async function shopFacts(
  connection: Connection,
  statementTimeoutMs: number,
  connect: DoctorInput['connect'],
): Promise<Partial<Gathered>> {
  const migrations = await attempt(() => migrationFacts(connection))
  const tables = await attempt(() => tableFacts(connection))
  return { migrations, tables, invariants: await soundness(connection, migrations, statementTimeoutMs, connect) }
}

async function migrationFacts(queries: Queries): Promise<Migrations> {
  try {
    const known = loadMigrations()
    const states = migrationStates(known, await appliedMigrations(queries))
    const isHalfRun = states.some(({ state }) => state === 'half-run')
    if (isHalfRun) return { states, migrating: await migratingNow(queries) }
    return { states, conflict: await pendingConflict(queries, known, states) }
  } catch (error) {
    if (!(error instanceof DbtoolError) || error.code !== 'DUPLICATE') throw error
    return { foreign: { code: error.code, message: error.message, hint: error.hint ?? '' } }
  }
}

async function tableFacts(queries: Queries): Promise<Tables> {
  const expected = ['schema_migrations', ...loadMigrations().flatMap(({ tables }) => tables)]
  const found = await queries.rows<Tables['found'][number]>(
    `SELECT TABLE_NAME AS name, ENGINE AS engine, TABLE_COLLATION AS collation FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${expected.map(() => '?').join(', ')}) ORDER BY TABLE_NAME`,
    expected,
  )
  return { expected, found }
}

async function soundness(
  connection: Connection,
  migrations: Fact<Migrations>,
  statementTimeoutMs: number,
  connect: DoctorInput['connect'],
): Promise<Fact<Facts['invariants']>> {
  if ('unknown' in migrations) return unknown('the state of the schema is unknown')
  if (schemaFault(migrations.known) !== undefined) return unknown('the schema is not up to date')
  const surveyWith = (queries: Queries): Promise<ReadonlySet<string>> =>
    withSpare(connect, connection.target, (spare) => surveyShop(queries, spare))
  return attempt(() =>
    transactionSnapshot(connection, (queries) =>
      countAll(queries, () => surveyWith(queries), statementTimeoutMs === 0 ? Infinity : statementTimeoutMs),
    ),
  )
}

/** Runs `work` with a second connection; without it if the server has none to spare. */
async function withSpare<T>(
  connect: DoctorInput['connect'],
  target: Target,
  work: (spare?: Connection) => Promise<T>,
): Promise<T> {
  const spare = { isOpen: false }
  try {
    return await connect(target, (connection) => {
      spare.isOpen = true
      return work(connection)
    })
  } catch (error) {
    if (spare.isOpen) throw error
    return work()
  }
}

async function countAll(
  queries: Queries,
  surveying: () => Promise<ReadonlySet<string>>,
  budgetMs: number,
): Promise<ReadonlyMap<string, Fact<number>>> {
  const end = performance.now() + budgetMs
  const survey = await attempt(surveying)
  const holding = 'known' in survey ? survey.known : new Set<string>()
  const counted = new Map<string, Fact<number>>([...holding].map((name) => [name, { known: 0 }]))
  for (const invariant of invariants.filter(({ name }) => !holding.has(name))) {
    // If the survey took all the time, its error says more.
    const late =
      'unknown' in survey
        ? survey
        : unknown(`the earlier invariants took the ${durationText(budgetMs)} of DB_STATEMENT_TIMEOUT`)
    counted.set(
      invariant.name,
      performance.now() > end ? late : await attempt(() => countViolations(queries, invariant)),
    )
  }
  return counted
}
