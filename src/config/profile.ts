import { nearest } from '../nearest.ts'
import { isOn, type SettingName, settingNames } from '../settings.ts'
import { quoteValue } from '../values.ts'
import { type ConfigFault, wrongValue } from './fault.ts'
import { flagOrigin, type Layer, layerOf } from './layers.ts'
import { pathIn } from './paths.ts'
import { isObject } from '../kind-of.ts'
import type { ProfileFile } from './profile-files.ts'

/** The keys of a profile in the order of the settings: `DB_SSL_MODE` has the key `sslMode`. */
const profileKeys: Readonly<Record<string, SettingName | 'DB_URL'>> = Object.fromEntries(
  (['DB_URL', ...settingNames] as const).map((name) => [keyOf(name), name]),
)

/** The key of a setting in a profile. */
export function keyOf(name: SettingName | 'DB_URL'): string {
  if (name === 'DB_NAME') return 'database'
  return name
    .slice('DB_'.length)
    .toLowerCase()
    .replace(/_(.)/g, (_mark, letter: string) => letter.toUpperCase())
}

/** The keys that a profile may have. */
const keys: readonly string[] = Object.keys(profileKeys).flatMap((key) => (key === 'host' ? ['host', 'hosts'] : [key]))

/** Names for the same settings in other programs, and elsewhere in dbtool. */
const synonyms: Readonly<Record<string, string>> = {
  name: 'database',
  db: 'database',
  dbname: 'database',
  username: 'user',
  hostname: 'host',
  servers: 'hosts',
  role: 'target',
  pass: 'password',
  ssl: 'sslMode',
}

/** The key that the user probably meant. */
function nearestKey(key: string): string | undefined {
  const meant = key.toLowerCase().replace(/^db_/, '').replace(/[-_]/g, '')
  const same = keys.find((known) => known.toLowerCase() === meant)
  return same ?? synonyms[meant] ?? nearest(key, keys)
}

export { readProfileFiles } from './profile-files.ts'

/** The name of a profile, and the place that selects it. */
export interface ProfileChoice {
  readonly name: string
  readonly origin: string
}

/** A selected profile with all its faults. */
export interface Profile extends ProfileChoice {
  /** Undefined if the profile does not exist. */
  readonly layer: Layer | undefined
  readonly faults: readonly ConfigFault[]
}

/** The profile of that name. If both files have one, the project's file takes precedence. */
export function findProfile(files: readonly ProfileFile[], choice: ProfileChoice, home: string): Profile {
  const file = files.find(({ profiles }) => profiles.has(choice.name))
  if (file === undefined) return { ...choice, layer: undefined, faults: noSuchProfile(files, choice) }
  const wrong: string[] = []
  const layer = profileLayer(file, choice.name, { home, wrong })
  return { ...choice, layer, faults: wrong.map(wrongValue) }
}

/**
 * The profile that applies if no other place has an address. A protected profile is a fault here: it must be selected
 * explicitly, so that nobody works on its database by accident.
 */
export function defaultProfile(files: readonly ProfileFile[], home: string): Profile | undefined {
  const file = files.find(({ standard }) => standard !== undefined)
  if (file?.standard === undefined) return undefined
  const profile = findProfile(files, { name: file.standard, origin: `default of ${file.name}` }, home)
  if (!isOn(profile.layer?.texts.DB_PROTECTED)) return profile
  const sentence =
    `the default of ${file.name}, ${quoteValue(profile.name)}, is protected, ` +
    'and a protected profile must be selected explicitly'
  return {
    ...profile,
    faults: [...profile.faults, { sentence, fix: `remove the default, and use: --profile ${profile.name}` }],
  }
}

/** The settings with a path, which is relative to the folder of the profile's file. */
const paths: readonly string[] = ['DB_SOCKET', 'DB_SSL_CA', 'DB_SSL_CERT', 'DB_SSL_KEY', 'DB_PASSWORD_FILE']

/** The settings of a profile. Sentences about unknown keys and invalid values are added to `wrong`. */
export function profileLayer(
  file: ProfileFile,
  name: string,
  { home, wrong }: { home: string; wrong: string[] },
): Layer {
  const place = {
    origin: `profile ${name} of ${file.name}`,
    nameOf: keyOf,
    chosen: true,
    ...(file.isFound ? { found: file.folder } : {}),
  } as const
  const profile = file.profiles.get(name)
  if (!isObject(profile)) wrong.push(`${place.origin} must be an object, such as {"host": "db.example.com"}`)
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(isObject(profile) ? withHost(profile, place.origin, wrong) : {})) {
    const given: unknown = value
    const setting = Object.hasOwn(profileKeys, key) ? profileKeys[key] : undefined
    if (setting === undefined) wrong.push(unknownKey(key, place.origin))
    else if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean')
      wrong.push(`${key} (${place.origin}) must be a string, a number, true or false`)
    else
      texts[setting] =
        paths.includes(setting) && given !== '' ? pathIn(file.folder, home, String(given)) : String(given)
  }
  return layerOf(place, texts, wrong)
}

/** The same with `hosts`, a list or a text, as the text of `host`. */
function withHost(profile: Readonly<Record<string, unknown>>, origin: string, wrong: string[]): object {
  if (!('hosts' in profile)) return profile
  const { hosts, ...others } = profile
  const list: readonly unknown[] = Array.isArray(hosts) ? hosts : [hosts]
  if (list.length > 0 && list.every((host) => typeof host === 'string' && host !== '')) {
    if ('host' in others) wrong.push(`host and hosts (${origin}) exclude each other`)
    return { ...others, host: list.join(',') }
  }
  wrong.push(`hosts (${origin}) must be a list of hosts, such as ["a", "b:3307"]`)
  return others
}

function unknownKey(key: string, origin: string): string {
  const meant = nearestKey(key)
  const hint = meant === undefined ? `the settings are ${keys.join(', ')}` : `did you mean ${meant}?`
  return `${quoteValue(key)} (${origin}) is not a profile setting; ${hint}`
}

/** The fault of a missing profile. Empty if a file has faults itself: the profile may be in that file. */
function noSuchProfile(files: readonly ProfileFile[], { name, origin }: ProfileChoice): ConfigFault[] {
  if (files.some(({ faults }) => faults.length > 0)) return []
  const ignored = files.find((file) => file.ignored !== undefined)?.ignored
  const names = files.flatMap(({ profiles }) => [...profiles.keys()])
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  return [
    {
      sentence: `unknown profile ${quoteValue(name)} (${origin === flagOrigin ? '--profile' : origin})${hint}`,
      fix:
        ignored !== undefined
          ? `${ignored.sentence}; ${ignored.fix}`
          : names.length > 0
            ? `the profiles are ${names.join(', ')}; see: dbtool config profiles`
            : 'add it to .dbtool.json, here or in a folder above, or to ~/.config/dbtool/config.json',
    },
  ]
}
