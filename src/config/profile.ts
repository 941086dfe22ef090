import { nearest } from '../nearest.ts'
import { isOn, type SettingName, settingNames } from '../settings.ts'
import { quoteValue } from '../values.ts'
import { type ConfigFault, wrongValue } from './fault.ts'
import { flagOrigin, type Layer, layerOf } from './layers.ts'
import { pathIn } from './paths.ts'
import { isObject, type ProfileFile } from './profile-files.ts'

/** The keys of a profile, in the order of the settings: `DB_SSL_MODE` is `sslMode` there. */
const profileKeys: Readonly<Record<string, SettingName | 'DB_URL'>> = Object.fromEntries(
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
function nearestKey(key: string): string | undefined {
  const meant = key.toLowerCase().replace(/^db_/, '').replace(/[-_]/g, '')
  const same = Object.keys(profileKeys).find((known) => known.toLowerCase() === meant)
  return same ?? elsewhere[meant] ?? nearest(key, Object.keys(profileKeys))
}

export { readProfileFiles } from './profile-files.ts'

/** A name, and where it was said. */
export interface ProfileChoice {
  readonly name: string
  readonly origin: string
}

/** A profile that was asked for, as far as it is there, with all that is wrong with it. */
export interface Profile extends ProfileChoice {
  readonly layer: Layer | undefined
  readonly faults: readonly ConfigFault[]
}

/** The profile of that name; that of the project's file, where both files have one. */
export function findProfile(files: readonly ProfileFile[], choice: ProfileChoice, home: string): Profile {
  const file = files.find(({ profiles }) => profiles.has(choice.name))
  if (file === undefined) return { ...choice, layer: undefined, faults: noSuchProfile(files, choice) }
  const wrong: string[] = []
  const layer = profileLayer(file, choice.name, { home, wrong })
  return { ...choice, layer, faults: wrong.map(wrongValue) }
}

/**
 * What is used where nothing says where the server is. A protected one never is: nobody should get there without having
 * said so.
 */
export function defaultProfile(files: readonly ProfileFile[], home: string): Profile | undefined {
  const file = files.find(({ standard }) => standard !== undefined)
  if (file?.standard === undefined) return undefined
  const profile = findProfile(files, { name: file.standard, origin: `default of ${file.name}` }, home)
  if (!isOn(profile.layer?.texts.DB_PROTECTED)) return profile
  const sentence = `the default of ${file.name}, ${quoteValue(profile.name)}, is protected, and such a profile must be asked for by its name`
  return {
    ...profile,
    faults: [...profile.faults, { sentence, fix: `take the default away, and use: --profile ${profile.name}` }],
  }
}

/** Where a file may name another one; from its own folder. */
const paths: readonly string[] = ['DB_SOCKET', 'DB_SSL_CA', 'DB_SSL_CERT', 'DB_SSL_KEY', 'DB_PASSWORD_FILE']

export function profileLayer(
  file: ProfileFile,
  name: string,
  { home, wrong }: { home: string; wrong: string[] },
): Layer {
  const place = { origin: `profile ${name} of ${file.name}`, nameOf: keyOf, chosen: true } as const
  const profile = file.profiles.get(name)
  if (!isObject(profile)) wrong.push(`${place.origin} must be an object, such as {"host": "db.example.com"}`)
  const texts: Record<string, string> = {}
  for (const [key, given] of Object.entries(isObject(profile) ? profile : {})) {
    const setting = Object.hasOwn(profileKeys, key) ? profileKeys[key] : undefined
    if (setting === undefined) wrong.push(unknownKey(key, place.origin))
    else if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean')
      wrong.push(`${key} (${place.origin}) must be a text, a number, true or false`)
    else
      texts[setting] =
        paths.includes(setting) && given !== '' ? pathIn(file.folder, home, String(given)) : String(given)
  }
  return layerOf(place, texts, wrong)
}

function unknownKey(key: string, origin: string): string {
  const meant = nearestKey(key)
  return `${quoteValue(key)} (${origin}) is no setting of a profile; ${meant === undefined ? `there are ${Object.keys(profileKeys).join(', ')}` : `did you mean ${meant}?`}`
}

/** None where that cannot be known, as a file cannot be read: then that is the fault. */
function noSuchProfile(files: readonly ProfileFile[], { name, origin }: ProfileChoice): ConfigFault[] {
  if (files.some(({ faults }) => faults.length > 0)) return []
  const names = files.flatMap(({ profiles }) => [...profiles.keys()])
  const meant = nearest(name, names)
  return [
    {
      sentence: `there is no profile ${quoteValue(name)} (${origin === flagOrigin ? '--profile' : origin})${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      fix:
        names.length > 0
          ? `there are ${names.join(', ')}; see: dbtool config profiles`
          : 'write it into .dbtool.json, here or in a folder above, or into ~/.config/dbtool/config.json',
    },
  ]
}
