import { settingNames, type SettingName } from '../settings.ts'
import { hasAddress, type Layer } from './layers.ts'

/** What one place says of one setting. */
export interface Statement {
  readonly layer: Layer
  readonly text: string
  /** The place above it whose word counts instead. */
  readonly hiddenBy: string | undefined
}

export type Statements = ReadonlyMap<SettingName, readonly Statement[]>

/** Where, and how to get there: of one server. */
const where = [
  'DB_HOST',
  'DB_PORT',
  'DB_SOCKET',
  'DB_NAME',
  'DB_SSL_MODE',
  'DB_SSL_CA',
  'DB_SSL_CERT',
  'DB_SSL_KEY',
  'DB_TLS_VERSION',
] as const satisfies readonly SettingName[]
/** Two ways to say one thing. */
const passwords = ['DB_PASSWORD', 'DB_PASSWORD_FILE'] as const satisfies readonly SettingName[]

/** All that is said of each setting, from the highest place to the lowest, with what counts. */
export function weigh(layers: readonly Layer[]): Statements {
  const statements = new Map<SettingName, Statement[]>(settingNames.map((name) => [name, []]))
  const hidden = new Map<SettingName, string>()
  for (const layer of layers) {
    const named = settingNames.filter((name) => layer.texts[name] !== undefined)
    const heard = named.filter(
      (name) => !hidden.has(name) && !(name === 'DB_PASSWORD_FILE' && layer.texts.DB_PASSWORD !== undefined),
    )
    for (const name of named) {
      const hiddenBy = heard.includes(name) ? undefined : (hidden.get(name) ?? layer.origin)
      statements.get(name)?.push({ layer, text: layer.texts[name] ?? '', hiddenBy })
    }
    for (const name of hiddenBelow(layer, heard)) if (!hidden.has(name)) hidden.set(name, layer.origin)
  }
  return statements
}

/** The one that counts. */
export function winner(statements: Statements, name: SettingName): Statement | undefined {
  return statements.get(name)?.find(({ hiddenBy }) => hiddenBy === undefined)
}

/** A socket and a host say the same thing twice, and so do a password and its file: whichever is higher up counts. */
function hiddenBelow(layer: Layer, heard: readonly SettingName[]): readonly SettingName[] {
  const password = passwords.some((name) => heard.includes(name)) ? passwords : []
  if (!hasAddress(layer)) return [...heard, ...password]
  const network = layer.texts.DB_SOCKET === undefined ? (['DB_SOCKET'] as const) : []
  return [...heard, ...password, ...network, ...(layer.chosen === true ? where : [])]
}
