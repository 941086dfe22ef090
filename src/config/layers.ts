import { urlParts } from '../connection-url.ts'
import { InvalidValue } from '../errors.ts'
import type { SettingName } from '../settings.ts'

export type Texts = Partial<Record<SettingName, string>>

/** Everything that the configuration is made from. */
export interface ConfigSources {
  /** What was said on the command line, by the variable that it stands for. */
  readonly flags: Texts & { readonly DB_URL?: string | undefined }
  /** `--profile`. */
  readonly profile: string | undefined
  /** `--defaults-file`. */
  readonly optionFile: string | undefined
  readonly envFile: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly osUser: string
  /** Looks for the running private server; asked only when nothing else says where to connect. */
  readonly findPrivateServer: () => Promise<{ socket: string; user: string; database: string } | undefined>
}

/** Where settings are written. */
export interface Place {
  readonly origin: string
  /** What a setting is called there; where nothing is said, its variable. */
  readonly nameOf?: (name: SettingName) => string
  /** Asked for by name: a profile, an option file. If it says where the server is, it says all about that. */
  readonly chosen?: true
}

/** What one place says; the first layer that has a value wins. */
export interface Layer extends Place {
  readonly texts: Texts
  /** Those of them that its URL says; it may hold a password. */
  readonly url?: Texts
}

/** The layer of the command line, whose settings have names of their own there. */
export const flagOrigin = 'flag'

/** The variables of one place, and those in its URL; what is wrong with that is added to `faults`. */
export function layerOf(place: Place, source: Readonly<Record<string, string | undefined>>, faults: string[]): Layer {
  // An empty variable counts as not set, but for an empty password.
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
