import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { DbtoolError } from '../../errors.ts'

/**
 * A migration consists of two files. Every statement of `down` undoes one statement of `up`, in reverse order. A
 * migration that stopped after k statements is undone by exactly the last k statements of `down`. The others could
 * destroy data that dbtool did not create.
 */
export interface Migration {
  readonly version: number
  readonly name: string
  /** SHA-256 of the `up` file; an applied migration must never change. */
  readonly checksum: string
  readonly up: readonly string[]
  /** As many statements as `up` has. Each can run twice (IF EXISTS). */
  readonly down: readonly string[]
  /** The tables that `up` creates. None of them may exist before. */
  readonly tables: readonly string[]
}

const shipped = new URL('./sql/', import.meta.url)
const creation = /^CREATE\s+(?:OR\s+REPLACE\s+|TEMPORARY\s+)*TABLE\b/i
const plainCreation = /^CREATE\s+TABLE\s+(?!IF\s)`?([\w$]+)`?(?=[\s(])/i
const upFile = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/

/**
 * Loads the migrations of this version of dbtool, by number from 1 without gaps. Throws UNEXPECTED for invalid files.
 */
export function loadMigrations(folder: URL = shipped): Migration[] {
  const migrations = readdirSync(folder)
    .flatMap((file) => {
      const [, version, name] = upFile.exec(file) ?? []
      return version === undefined || name === undefined ? [] : [load(folder, version, name)]
    })
    .sort((a, b) => a.version - b.version)
  migrations.forEach(({ version, name }, index) => {
    if (version !== index + 1)
      throw new DbtoolError('UNEXPECTED', `migration ${version} (${name}) should have number ${index + 1}`)
  })
  return migrations
}

function load(folder: URL, version: string, name: string): Migration {
  const file = readFileSync(new URL(`${version}_${name}.up.sql`, folder), 'utf8')
  const [up, down] = [
    statements(file),
    statements(readFileSync(new URL(`${version}_${name}.down.sql`, folder), 'utf8')),
  ]
  const invalid = (problem: string): DbtoolError =>
    new DbtoolError('UNEXPECTED', `migration ${Number(version)} (${name}) ${problem}`)
  if (up.length !== down.length)
    throw invalid(
      `has ${up.length} up and ${down.length} down statements: each down statement must undo one up statement`,
    )
  const tables = up
    .filter((statement) => creation.test(statement))
    .map((statement) => {
      const [, table] = plainCreation.exec(statement) ?? []
      if (table === undefined)
        throw invalid('must use CREATE TABLE name, with nothing in between: it may only create new tables')
      return table
    })
  return { version: Number(version), name, checksum: createHash('sha256').update(file).digest('hex'), up, down, tables }
}

/**
 * Splits SQL into its statements. A statement ends with a semicolon at the end of a line, and a comment is a line of
 * its own. These rules suffice for DDL.
 */
export function statements(sql: string): string[] {
  return sql
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
