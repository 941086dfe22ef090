import { settingNames, type SettingName } from '../settings.ts'
import { hasAddress, type Layer } from './layers.ts'

/** The value of one setting in one place. */
export interface Statement {
  readonly layer: Layer
  readonly text: string
  /** The place whose value takes precedence. */
  readonly hiddenBy: string | undefined
}

export type Statements = ReadonlyMap<SettingName, readonly Statement[]>

/** The settings that belong to one server: its address, database and encryption. */
const serverSettings = [
  'DB_HOST',
  'DB_PORT',
  'DB_TARGET',
  'DB_SOCKET',
  'DB_NAME',
  'DB_SSL_MODE',
  'DB_SSL_CA',
  'DB_SSL_CERT',
  'DB_SSL_KEY',
  'DB_TLS_VERSION',
] as const satisfies readonly SettingName[]
/** Two ways to set the password. */
const passwords = ['DB_PASSWORD', 'DB_PASSWORD_FILE'] as const satisfies readonly SettingName[]

/** All values of each setting in order of precedence, each with the place that hides it. */
export function weigh(layers: readonly Layer[]): Statements {
  const statements = new Map<SettingName, Statement[]>(settingNames.map((name) => [name, []]))
  const hidden = new Map<SettingName, string>()
  for (const layer of layers) {
    const named = settingNames.filter((name) => layer.texts[name] !== undefined)
    const effective = named.filter(
      (name) => !hidden.has(name) && !(name === 'DB_PASSWORD_FILE' && layer.texts.DB_PASSWORD !== undefined),
    )
    for (const name of named) {
      const hiddenBy = effective.includes(name) ? undefined : (hidden.get(name) ?? layer.origin)
      statements.get(name)?.push({ layer, text: layer.texts[name] ?? '', hiddenBy })
    }
    for (const name of hiddenBelow(layer, effective)) if (!hidden.has(name)) hidden.set(name, layer.origin)
  }
  return statements
}

/** The value that takes effect. */
export function winner(statements: Statements, name: SettingName): Statement | undefined {
  return statements.get(name)?.find(({ hiddenBy }) => hiddenBy === undefined)
}

/**
 * The settings that this layer hides in the layers below it. A socket and a host are alternatives, and so are a
 * password and a password file: the one in the higher layer takes precedence.
 */
function hiddenBelow(layer: Layer, effective: readonly SettingName[]): readonly SettingName[] {
  const password = passwords.some((name) => effective.includes(name)) ? passwords : []
  if (!hasAddress(layer)) return [...effective, ...password]
  const network = layer.texts.DB_SOCKET === undefined ? (['DB_SOCKET'] as const) : []
  return [...effective, ...password, ...network, ...(layer.chosen === true ? serverSettings : [])]
}
