import {
  profileEntry,
  profileVariable,
  entry,
  parsed,
  statement,
  statementsOf,
  type ConfigEntry,
  type ConfigStatement,
} from './entries.ts'
import { readEnvFile, type EnvFile } from './env-file.ts'
import { configError, wrongValue, type ConfigFault } from './fault.ts'
import type { ConfigSources, Layer } from './layers.ts'
import type { IgnoredPlace } from './own-file.ts'
import { readPasswordFile } from './password-file.ts'
import { gatherPlaces, type Places } from './places.ts'
import { weigh, winner, type Statements } from './precedence.ts'
import type { Profile } from './profile.ts'
import { defaultPoolOptions, type PoolOptions } from '../db/pool/pool.ts'
import { addressOf, defaultLimits, type Limits, serversOf, type Target } from '../db/target.ts'
import { settingNames, settingTable, type SettingName, type Settings } from '../settings.ts'

export interface Config {
  readonly target: Target
  readonly limits: Limits
  readonly pool: PoolOptions
  /** DB_PROTECTED. */
  readonly isProtected: boolean
  /** The code of the shop's currency, if it is set. */
  readonly currency: string | undefined
  readonly entries: readonly ConfigEntry[]
}

/** The configuration with all its faults. */
export interface Inspection {
  /** Undefined if there are faults. */
  readonly config: Config | undefined
  readonly entries: readonly ConfigEntry[]
  /** For each setting, its value in every place that sets it, in order of precedence. */
  readonly statements: readonly ConfigStatement[]
  readonly faults: readonly ConfigFault[]
  /** The files and servers that were found but not trusted. */
  readonly ignored: readonly IgnoredPlace[]
  readonly envFile: EnvFile
  readonly profile: Profile | undefined
  /** The origin of the URL that contains a password. */
  readonly passwordInUrl: string | undefined
}

/** Reads, checks and explains the configuration. Faults are part of the result and never reject. */
export async function inspectConfig(sources: ConfigSources): Promise<Inspection> {
  const envFile = readEnvFile(sources.envFile, sources)
  const wrong: string[] = []
  const places = await gatherPlaces(sources, envFile, wrong)
  const { layers, faults: misplaced, ignored, profile } = places
  const statements = weigh(layers)
  const table = settingTable(sources.osUser)
  const settings = Object.fromEntries(
    settingNames.map((name) => [name, parsed(name, winner(statements, name), table[name], wrong)]),
  ) as unknown as Settings
  const entries = [
    ...settingNames.map((name) => entry(name, winner(statements, name), table[name])),
    profileEntry(profile),
  ]
  const passwordFile = winner(statements, 'DB_PASSWORD_FILE')
  const password = passwordFile === undefined ? undefined : readPasswordFile(passwordFile, sources.cwd)
  const unreadable = password !== undefined && 'unreadable' in password ? password.unreadable : undefined
  const faults = [
    envFile.exposed,
    ...envFile.faults,
    ...misplaced,
    ...wrong.map(wrongValue),
    redirected(statements, profile),
    unreadable,
  ].filter((fault) => fault !== undefined)
  const secret = password !== undefined && 'secret' in password ? password.secret : settings.DB_PASSWORD
  const config = faults.length > 0 ? undefined : build({ ...settings, DB_PASSWORD: secret }, entries, places)
  const passwordInUrl = layers.find(({ url }) => url?.DB_PASSWORD !== undefined)?.origin
  return {
    config,
    entries,
    statements: [...statementsOf(statements, table), statement(profileEntry(profile))],
    faults,
    ignored,
    envFile,
    profile,
    passwordInUrl,
  }
}

/** @throws DbtoolError BAD_CONFIG with all faults of the configuration. */
export function soundConfig({ config, faults }: Inspection): Config {
  if (config === undefined) throw configError(faults)
  return config
}

function build(settings: Settings, entries: readonly ConfigEntry[], { isServerStopped }: Places): Config {
  const target: Target = {
    ...serversOf(settings.DB_HOST, { port: settings.DB_PORT, socket: settings.DB_SOCKET, role: settings.DB_TARGET }),
    socket: settings.DB_SOCKET,
    user: settings.DB_USER,
    password: settings.DB_PASSWORD,
    database: settings.DB_NAME,
    ssl: {
      mode: settings.DB_SSL_MODE,
      ca: settings.DB_SSL_CA,
      cert: settings.DB_SSL_CERT,
      key: settings.DB_SSL_KEY,
      versions: settings.DB_TLS_VERSION,
    },
    readOnly: settings.DB_READ_ONLY,
    isInsteadOfPrivate: isServerStopped,
  }
  const { DB_CONNECT_TIMEOUT: connectTimeoutMs, DB_STATEMENT_TIMEOUT: statementTimeoutMs } = settings
  const {
    DB_POOL_SIZE: size,
    DB_MAX_OVERFLOW: maxOverflow,
    DB_POOL_TIMEOUT: timeoutMs,
    DB_POOL_RECYCLE: recycleMs,
  } = settings
  return {
    target,
    limits: { ...defaultLimits, connectTimeoutMs, statementTimeoutMs },
    isProtected: settings.DB_PROTECTED,
    currency: settings.DB_CURRENCY,
    pool: { ...defaultPoolOptions, size, maxOverflow, timeoutMs, recycleMs },
    entries: [...entries, { name: 'DB_URL', value: urlOf(target), origin: 'all of the above' }],
  }
}

/**
 * The fault of a found file that names the server, and also selects a profile of this user's configuration. The
 * password of that profile would go to that server.
 */
function redirected(statements: Statements, profile: Profile | undefined): ConfigFault | undefined {
  const layersOf = (names: readonly SettingName[]): (Layer | undefined)[] =>
    names.map((name) => winner(statements, name)?.layer)
  const server = layersOf(['DB_SOCKET', 'DB_HOST', 'DB_PORT']).find((layer) => layer?.found !== undefined)
  const own = layersOf(['DB_PASSWORD', 'DB_PASSWORD_FILE']).find((layer) => layer !== undefined)
  if (server === undefined || own === undefined || own !== profile?.layer) return undefined
  if (own.found !== undefined || profile.origin !== server.origin) return undefined
  return {
    sentence: `${server.origin} names a server, and would send it the password of ${own.origin}`,
    fix: `remove the server or ${profileVariable} from ${server.origin}, or select the profile with --profile`,
  }
}

function urlOf(target: Target): string {
  const { user, password: secret, socket, database } = target
  const stars = secret === '' ? '' : ':********'
  const address = socket === undefined ? addressOf(target) : 'localhost'
  const query = socket === undefined ? '' : `?socket=${socket.split('/').map(encodeURIComponent).join('/')}`
  return `mariadb://${encodeURIComponent(user)}${stars}@${address}/${encodeURIComponent(database ?? '')}${query}`
}
