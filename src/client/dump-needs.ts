import { firstRow, type Queries } from '../db/queries.ts'

/** Only an INSERT of an older mariadb-dump has a longer line. */
const mostCharacters = 4_096
const newline = 0x0a
/** Each row of an INSERT is a line that begins with a bracket. */
const bracket = 0x28
const semicolon = 0x3b
const carriageReturn = 0x0d
const version = /^-- Server version\s+(\d+\.\d+\.\d+)/
const definer = /\bDEFINER=`([^`]*)`@`([^`]*)`/g
const collation = /\b(?:COLLATE[ =]|collation_connection\s*=)\s*(\w+_(?:ci|cs|bin))\b/gi

/**
 * The needs of a dump: the length of its longest statement, and the collations and accounts of its statements, but not
 * of its rows.
 */
export class DumpNeeds {
  /** The version of the server from which the dump comes, if it says so. */
  version: string | undefined
  readonly collations = new Set<string>()
  /** The accounts that own its views, triggers, routines and events, as `user@host`. */
  readonly definers = new Set<string>()
  longestStatement = 0
  #statement = 0
  #last = 0
  #line = ''
  #isRow = false
  #atStart = true

  add(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(newline, from)
      if (this.#atStart) this.#isRow = chunk[from] === bracket
      this.measure(chunk, from, end < 0 ? chunk.length : end)
      if (!this.#isRow) this.keep(chunk.subarray(from, end < 0 ? undefined : end))
      this.#atStart = end >= 0
      if (!this.#atStart) return
      this.endLine()
      from = end + 1
    }
  }

  /** A statement ends with the line that ends with a semicolon. */
  private measure(chunk: Buffer, from: number, end: number): void {
    this.#statement += end - from
    this.longestStatement = Math.max(this.longestStatement, this.#statement)
    const last = chunk[end - 1] === carriageReturn ? end - 2 : end - 1
    if (last >= from) this.#last = chunk[last] ?? 0
    if (end < chunk.length && this.#last === semicolon) this.#statement = 0
  }

  private keep(part: Buffer): void {
    this.#line += part.subarray(0, mostCharacters - this.#line.length).toString('latin1')
  }

  private endLine(): void {
    const line = this.#line
    this.#line = ''
    if (this.#isRow || line.startsWith('INSERT ')) return
    this.version ??= version.exec(line)?.[1]
    for (const [, name = ''] of line.matchAll(collation)) this.collations.add(name.toLowerCase())
    for (const [, user = '', host = ''] of line.matchAll(definer)) this.definers.add(`${user}@${host}`)
  }
}

/** `uca1400_ai_ci` is one collation of many character sets. */
const known = `SELECT LOWER(COLLATION_NAME) AS name FROM information_schema.COLLATIONS
UNION SELECT LOWER(CONCAT(CHARACTER_SET_NAME, '_', COLLATION_NAME))
  FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY`

/** Resolves to the collations of a dump that this server does not know. */
export async function unknownCollations(queries: Queries, { collations }: DumpNeeds): Promise<string[]> {
  if (collations.size === 0) return []
  const names = new Set((await queries.rows<{ name: string }>(known)).map(({ name }) => name))
  return [...collations].filter((name) => !names.has(name)).sort()
}

const mayCreateForOthers = /^GRANT [^]*\b(?:ALL PRIVILEGES|SUPER|SET USER)\b[^]* ON \*\.\* TO /

/** Resolves to the other accounts of a dump whose objects this account may not create. */
export async function foreignDefiners(queries: Queries, { definers }: DumpNeeds): Promise<string[]> {
  const account = (await firstRow<{ name: string }>(queries, 'SELECT CURRENT_USER() AS name'))?.name
  const others = [...definers].filter((name) => name !== account)
  if (others.length === 0) return []
  const grants = await queries.rows<Record<string, string>>('SHOW GRANTS')
  return grants.some((row) => mayCreateForOthers.test(Object.values(row)[0] ?? '')) ? [] : others.sort()
}

/** Whether a version is of a later series: 11.8.3 is, beside 10.11.19. */
export function isLater(version: string, than: string): boolean {
  const [of = [], ofOther = []] = [version, than].map((one) => one.split('.').map((part) => parseInt(part, 10)))
  const [major = 0, minor = 0] = of
  const [otherMajor = 0, otherMinor = 0] = ofOther
  return major > otherMajor || (major === otherMajor && minor > otherMinor)
}
