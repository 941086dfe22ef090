import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { DbtoolError } from '../errors.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  /** SHA-256 of the `up` file; an applied migration must never change. */
  readonly checksum: string
  readonly up: readonly string[]
  readonly down: readonly string[]
}

const shipped = new URL('./migrations/', import.meta.url)
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
    if (version !== index + 1) throw new DbtoolError('UNEXPECTED', `migration ${version} (${name}) should have number ${index + 1}`)
  })
  return migrations
}

function load(folder: URL, version: string, name: string): Migration {
  const up = readFileSync(new URL(`${version}_${name}.up.sql`, folder), 'utf8')
  const down = readFileSync(new URL(`${version}_${name}.down.sql`, folder), 'utf8')
  return { version: Number(version), name, checksum: createHash('sha256').update(up).digest('hex'), up: statements(up), down: statements(down) }
}

/** A statement ends with a semicolon at the end of a line; comments are whole lines. Enough for DDL, and easy to keep to. */
export function statements(sql: string): string[] {
  return sql
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
