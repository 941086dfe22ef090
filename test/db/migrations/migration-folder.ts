import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Session } from '../../../src/db/queries.ts'
import type { Target } from '../../../src/db/target.ts'
import { loadMigrations, type Migration } from '../../../src/db/migrations/migration-files.ts'
import { filesIn } from '../../../src/db/migrations/shipped-files.ts'
import { appliedMigrations, migrationStates } from '../../../src/db/migrations/schema-state.ts'

/** Three small migrations; `changes` replaces files. */
export function folder(changes: Record<string, string> = {}): Migration[] {
  const path = mkdtempSync(join(tmpdir(), 'dbtool-migrations-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  const files = {
    '0001_books.up.sql': 'CREATE TABLE books (id INT PRIMARY KEY);\nCREATE TABLE authors (id INT PRIMARY KEY);\n',
    '0001_books.down.sql': 'DROP TABLE IF EXISTS authors;\nDROP TABLE IF EXISTS books;\n',
    '0002_titles.up.sql': '-- A title is optional.\nALTER TABLE books ADD COLUMN title VARCHAR(100);\n',
    '0002_titles.down.sql': 'ALTER TABLE books DROP COLUMN IF EXISTS title;\n',
    '0003_shelves.up.sql':
      'CREATE TABLE shelves (id INT PRIMARY KEY);\n' +
      'CREATE TABLE floors (id INT PRIMARY KEY);\n' +
      'CREATE INDEX by_title ON books (title);\n',
    '0003_shelves.down.sql':
      'DROP INDEX IF EXISTS by_title ON books;\nDROP TABLE IF EXISTS floors;\nDROP TABLE IF EXISTS shelves;\n',
    ...changes,
  }
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(path, name), sql)
  return loadMigrations(filesIn(pathToFileURL(`${path}/`)))
}

/** Its third statement adds a column that already exists from the second migration. */
export const broken = {
  '0003_shelves.up.sql':
    'CREATE TABLE shelves (id INT PRIMARY KEY);\n' +
    'CREATE TABLE floors (id INT PRIMARY KEY);\n' +
    'ALTER TABLE books ADD COLUMN title INT;\n' +
    'CREATE TABLE never (id INT);\n',
  '0003_shelves.down.sql':
    'DROP TABLE IF EXISTS never;\n' +
    'ALTER TABLE books DROP COLUMN IF EXISTS title;\n' +
    'DROP TABLE IF EXISTS floors;\n' +
    'DROP TABLE IF EXISTS shelves;\n',
}

/** Calls `before` ahead of each `execute` of this session. */
export function interfere(session: Session, before: (sql: string) => Promise<void> | void): void {
  const execute = session.execute.bind(session)
  session.execute = async (...statement: Parameters<Session['execute']>) => {
    await before(statement[0])
    return execute(...statement)
  }
}

/** A connection that is destroyed before the chosen statement, as if the process were killed there. */
export async function dyingSession(target: Target, before: (sql: string) => boolean): Promise<Session> {
  const session = await connect(target)
  onTestFinished(() => session.close())
  interfere(session, (sql) => (before(sql) ? session.destroy() : undefined))
  return session
}

/** The states as texts such as `1 applied 2/2`. */
export async function statesOf(session: Session, known: Migration[]): Promise<string[]> {
  const states = migrationStates(known, await appliedMigrations(session))
  return states.map(({ version, state, steps, steps_done }) => `${version} ${state} ${steps_done}/${steps}`)
}

export async function tablesOf(session: Session): Promise<string[]> {
  const rows = await session.rows<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  )
  return rows.map(({ name }) => name)
}

export async function dropTables(session: Session): Promise<void> {
  for (const table of await tablesOf(session)) await session.execute(`DROP TABLE \`${table}\``)
}
