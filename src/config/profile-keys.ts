import { nearest } from '../nearest.ts'
import { settingNames, type SettingName } from '../settings.ts'

/** The keys of a profile, in the order of the settings: `DB_SSL_MODE` is `sslMode` there. */
export const profileKeys: Readonly<Record<string, SettingName | 'DB_URL'>> = Object.fromEntries(
  (['DB_URL', ...settingNames] as const).map((name) => [keyOf(name), name]),
)

/** What a setting is called in a profile. */
export function keyOf(name: SettingName | 'DB_URL'): string {
  if (name === 'DB_NAME') return 'database'
  return name
    .slice('DB_'.length)
    .toLowerCase()
    .replace(/_(.)/g, (_mark, letter: string) => letter.toUpperCase())
}

/** What other programs, and dbtool elsewhere, call the same thing. */
const elsewhere: Readonly<Record<string, string>> = {
  name: 'database',
  db: 'database',
  dbname: 'database',
  username: 'user',
  hostname: 'host',
  pass: 'password',
  ssl: 'sslMode',
}

/** The key that was probably meant. */
export function nearestKey(key: string): string | undefined {
  const meant = key.toLowerCase().replace(/^db_/, '').replace(/[-_]/g, '')
  const same = Object.keys(profileKeys).find((known) => known.toLowerCase() === meant)
  return same ?? elsewhere[meant] ?? nearest(key, Object.keys(profileKeys))
}
