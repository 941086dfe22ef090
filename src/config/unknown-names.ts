import { nearest } from '../nearest.ts'
import { settingNames } from '../settings.ts'

/** Names for the same settings in other programs. */
const synonyms: Readonly<Record<string, string>> = {
  DB_DATABASE: 'DB_NAME',
  DB_USERNAME: 'DB_USER',
  DB_HOSTNAME: 'DB_HOST',
  DB_PASS: 'DB_PASSWORD',
}

/**
 * One sentence for each `DB_…` name that was probably meant for dbtool: a misspelling, or a synonym of another program.
 * Other names are ignored, because other programs may share the file and the environment.
 */
export function unknownNames(origin: string, names: readonly string[]): string[] {
  const known = ['DB_URL', ...settingNames]
  return names
    .filter((name) => name.startsWith('DB_') && !known.includes(name))
    .flatMap((name) => {
      const meant = synonyms[name] ?? nearest(name, known)
      return meant === undefined ? [] : [`${name} (${origin}) is not a setting of dbtool; did you mean ${meant}?`]
    })
}
