import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { DbtoolError } from '../../errors.ts'

/**
 * A migration is two files. Every statement of `down` takes back one of `up`, in reverse order: what stopped after k
 * statements
 * is taken back by the last k of `down`, and by nothing else, since the rest would destroy what is not ours.
 */
export interface Migration {
  readonly version: number
  readonly name: string
  /** SHA-256 of the `up` file; an applied migration must never change. */
  readonly checksum: string
  readonly up: readonly string[]
  /** As many as `up` has; each can run twice (IF EXISTS). */
  readonly down: readonly string[]
  /** The tables that `up` creates; none of them may be there before. */
  readonly tables: readonly string[]
}

const shipped = new URL('./sql/', import.meta.url)
const creation = /^CREATE\s+(?:OR\s+REPLACE\s+|TEMPORARY\s+)*TABLE\b/i
const plainCreation = /^CREATE\s+TABLE\s+(?!IF\s)`?([\w$]+)`?(?=[\s(])/i
const upFile = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/

/** The migrations that come with this dbtool, in order of their number, starting at 1 without a gap. */
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
  const wrong = (what: string): DbtoolError =>
    new DbtoolError('UNEXPECTED', `migration ${Number(version)} (${name}) ${what}`)
  if (up.length !== down.length)
    throw wrong(
      `has ${up.length} statements up and ${down.length} down: each one down takes back one up, in reverse order`,
    )
  const tables = up
    .filter((statement) => creation.test(statement))
    .map((statement) => {
      const [, table] = plainCreation.exec(statement) ?? []
      if (table === undefined)
        throw wrong('must say CREATE TABLE name, nothing between: it may only create what is not there yet')
      return table
    })
  return { version: Number(version), name, checksum: createHash('sha256').update(file).digest('hex'), up, down, tables }
}

/**
 * A statement ends with a semicolon at the end of a line; comments are whole lines. Enough for DDL, and easy to keep
 * to.
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
