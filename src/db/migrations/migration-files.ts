import { createHash } from 'node:crypto'
import { DbtoolError } from '../../errors.ts'
import { shippedFiles } from './shipped-files.ts'

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
  /** The checks that `up` adds to tables. Existing rows must obey them. */
  readonly checks: readonly AddedCheck[]
}

export interface AddedCheck {
  readonly table: string
  readonly constraint: string
  readonly condition: string
}

const creation = /^CREATE\s+(?:OR\s+REPLACE\s+|TEMPORARY\s+)*TABLE\b/i
const plainCreation = /^CREATE\s+TABLE\s+(?!IF\s)`?([\w$]+)`?(?=[\s(])/i
const checkAddition = /^ALTER\s+TABLE\s+`?([\w$]+)`?\s+ADD\s+CONSTRAINT\s+`?([\w$]+)`?\s+CHECK\s*\(([^]*)\)$/i
const upFile = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/

/**
 * Loads the migrations of this version of dbtool, by number from 1 without gaps. Throws UNEXPECTED for invalid files.
 */
export function loadMigrations(files: ReadonlyMap<string, string> = shippedFiles()): Migration[] {
  const migrations = [...files.keys()]
    .flatMap((file) => {
      const [, version, name] = upFile.exec(file) ?? []
      return version === undefined || name === undefined ? [] : [load(files, version, name)]
    })
    .sort((a, b) => a.version - b.version)
  migrations.forEach(({ version, name }, index) => {
    if (version !== index + 1)
      throw new DbtoolError('UNEXPECTED', `migration ${version} (${name}) should have number ${index + 1}`)
  })
  return migrations
}

function load(files: ReadonlyMap<string, string>, version: string, name: string): Migration {
  const textOf = (file: string): string => {
    const text = files.get(file)
    if (text === undefined) throw new DbtoolError('UNEXPECTED', `there is no file ${file} of a migration`)
    return text
  }
  const file = textOf(`${version}_${name}.up.sql`)
  const [up, down] = [statements(file), statements(textOf(`${version}_${name}.down.sql`))]
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
  const checks = up.flatMap((statement): AddedCheck[] => {
    const [, table, constraint, condition] = checkAddition.exec(statement) ?? []
    return table === undefined || constraint === undefined || condition === undefined
      ? []
      : [{ table, constraint, condition }]
  })
  const checksum = createHash('sha256').update(file).digest('hex')
  return { version: Number(version), name, checksum, up, down, tables, checks }
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
