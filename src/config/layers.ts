import { urlParts } from '../connection-url.ts'
import { InvalidValue } from '../errors.ts'
import type { SettingName } from '../settings.ts'

export type Texts = Partial<Record<SettingName, string>>

/** All inputs of the configuration. */
export interface ConfigSources {
  /** The flags of the command line, each under the variable that it overrides. */
  readonly flags: Texts & { readonly DB_URL?: string | undefined }
  /** `--profile`. */
  readonly profile: string | undefined
  /** `--defaults-file`. */
  readonly optionFile: string | undefined
  readonly envFile: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly osUser: string
  /** Finds the private server. Called only if no other place has an address. */
  readonly findPrivateServer: () => Promise<PrivateServer | undefined>
}

/**
 * The private server. `foreign`: it listens, but belongs to somebody else, which is a reason to ignore it. `isStopped`:
 * it has data, and does not run.
 */
export type PrivateServer =
  | { readonly socket: string; readonly user: string; readonly database: string }
  | { readonly foreign: string }
  | { readonly isStopped: true }

/** A place with settings, such as the environment or a file. */
export interface Place {
  readonly origin: string
  /** The name of a setting in this place; by default its variable. */
  readonly nameOf?: (name: SettingName) => string
  /** A profile or an option file: if it has an address, lower places add nothing to the address. */
  readonly chosen?: true
  /** The folder of a file that dbtool has found by itself: no password file outside it may be named there. */
  readonly found?: string | undefined
}

/** The settings of one place. The first layer with a value takes precedence. */
export interface Layer extends Place {
  readonly texts: Texts
  /** The settings that come from the URL of this place; a password may be among them. */
  readonly url?: Texts
}

/** The origin of the command line, where settings have the names of flags. */
export const flagOrigin = 'flag'

/** The settings of one place, including those in its URL. An invalid URL or address adds a sentence to `faults`. */
export function layerOf(place: Place, source: Readonly<Record<string, string | undefined>>, faults: string[]): Layer {
  // An empty variable counts as not set, except for an empty password.
  const given = Object.entries(source).filter(
    ([name, text]) => name.startsWith('DB_') && text !== undefined && (text !== '' || name === 'DB_PASSWORD'),
  )
  const { DB_URL: url, ...texts } = Object.fromEntries(given) as Texts & { DB_URL?: string }
  if (texts.DB_HOST !== undefined && texts.DB_SOCKET !== undefined) {
    const both = `${nameIn(place, 'DB_HOST')} and ${nameIn(place, 'DB_SOCKET')}`
    faults.push(
      place.origin === flagOrigin
        ? '--host and --socket exclude each other'
        : `${both} (${place.origin}) exclude each other`,
    )
  }
  if (url === undefined) return { ...place, texts }
  try {
    const parts = urlParts(url)
    return { ...place, texts: { ...parts, ...texts }, url: parts }
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    faults.push(`${place.nameOf === undefined ? 'DB_URL' : 'url'} (${place.origin}) ${error.message}`)
    return { ...place, texts }
  }
}

export function nameIn({ nameOf }: Place, name: SettingName): string {
  return nameOf?.(name) ?? name
}

export function hasAddress({ texts }: Layer): boolean {
  return texts.DB_HOST !== undefined || texts.DB_PORT !== undefined || texts.DB_SOCKET !== undefined
}
