import { urlParts } from '../connection-url.ts'
import { InvalidValue } from '../errors.ts'
import type { SettingName } from '../settings.ts'

export type Texts = Partial<Record<SettingName, string>>

/** One place that settings come from; the first layer that has a value wins. */
export interface Layer {
  readonly origin: string
  readonly texts: Texts
  /** Those of them that its URL says; it may hold a password. */
  readonly url?: Texts
}

/** The layer of the command line, whose settings have names of their own there. */
export const flagOrigin = 'flag'

/** The variables of one place, and those in its URL; what is wrong with that is added to `faults`. */
export function layerOf(origin: string, source: Readonly<Record<string, string | undefined>>, faults: string[]): Layer {
  // An empty variable counts as not set, but for an empty password.
  const given = Object.entries(source).filter(([name, text]) => name.startsWith('DB_') && text !== undefined && (text !== '' || name === 'DB_PASSWORD'))
  const { DB_URL: url, ...texts } = Object.fromEntries(given) as Texts & { DB_URL?: string }
  if (texts.DB_HOST !== undefined && texts.DB_SOCKET !== undefined) {
    faults.push(`${origin === flagOrigin ? '--host and --socket' : `DB_HOST and DB_SOCKET (${origin})`} exclude each other`)
  }
  if (url === undefined) return { origin, texts }
  try {
    const parts = urlParts(url)
    return { origin, texts: { ...parts, ...texts }, url: parts }
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    faults.push(`DB_URL (${origin}) ${error.message}`)
    return { origin, texts }
  }
}

export function hasAddress(texts: Texts): boolean {
  return texts.DB_HOST !== undefined || texts.DB_PORT !== undefined || texts.DB_SOCKET !== undefined
}

/** A socket and a host say the same thing twice: whichever a higher layer gave hides the other below it. */
export function withoutOtherAddresses(layers: readonly Layer[]): Layer[] {
  let kind: 'socket' | 'network' | undefined
  return layers.map((layer) => {
    const { texts } = layer
    kind ??= texts.DB_SOCKET !== undefined ? 'socket' : hasAddress(texts) ? 'network' : undefined
    const { DB_SOCKET: socket, ...rest } = texts
    return { ...layer, texts: kind === 'network' || socket === undefined ? rest : texts }
  })
}
