import { settingNames } from '../settings.ts'

/** What other programs call the same thing. */
const elsewhere: Readonly<Record<string, string>> = { DB_DATABASE: 'DB_NAME', DB_USERNAME: 'DB_USER', DB_HOSTNAME: 'DB_HOST', DB_PASS: 'DB_PASSWORD' }
const slips = 2

/**
 * One sentence for each `DB_…` name that was probably meant for us: a slip, or another program's word for the same thing. Others
 * belong to others, who may share the file; and the environment belongs to everybody.
 */
export function unknownNames(origin: string, names: readonly string[]): string[] {
  const known = ['DB_URL', ...settingNames]
  return names.filter((name) => name.startsWith('DB_') && !known.includes(name)).flatMap((name) => {
    const near = elsewhere[name] ?? known.find((candidate) => distance(name, candidate) <= slips)
    return near === undefined ? [] : [`${name} (${origin}) is no setting of dbtool; did you mean ${near}?`]
  })
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1]
    for (const [at, same] of Array.from(other).entries()) {
      next.push(Math.min((row[at] ?? 0) + (letter === same ? 0 : 1), (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
