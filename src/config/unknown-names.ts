import { nearest } from '../nearest.ts'
import { settingNames } from '../settings.ts'

/** What other programs call the same thing. */
const elsewhere: Readonly<Record<string, string>> = {
  DB_DATABASE: 'DB_NAME',
  DB_USERNAME: 'DB_USER',
  DB_HOSTNAME: 'DB_HOST',
  DB_PASS: 'DB_PASSWORD',
}

/**
 * One sentence for each `DB_…` name that was probably meant for us: a slip, or another program's word for the same
 * thing. Others
 * belong to others, who may share the file; and the environment belongs to everybody.
 */
export function unknownNames(origin: string, names: readonly string[]): string[] {
  const known = ['DB_URL', ...settingNames]
  return names
    .filter((name) => name.startsWith('DB_') && !known.includes(name))
    .flatMap((name) => {
      const meant = elsewhere[name] ?? nearest(name, known)
      return meant === undefined ? [] : [`${name} (${origin}) is no setting of dbtool; did you mean ${meant}?`]
    })
}
