import { readFileSync } from 'node:fs'
import { readEnvFile, type EnvFile } from './config/env-file.ts'
import { refusal, wrongValue, type ConfigFault } from './config/fault.ts'
import { flagOrigin, hasAddress, layerOf, withoutOtherAddresses, type Layer, type Texts } from './config/layers.ts'
import { reasonOf } from './config/reason.ts'
import { defaultPoolOptions, type PoolOptions } from './db/pool.ts'
import { defaultLimits, type Limits, type Target } from './db/target.ts'
import { InvalidValue } from './errors.ts'
import { settingNames, settingTable, type SettingName, type Settings } from './settings.ts'

export interface ConfigSources {
  /** What was said on the command line, by the variable that it stands for. */
  readonly flags: Texts & { readonly DB_URL?: string | undefined }
  readonly envFile: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly osUser: string
  /** Looks for the running private server; asked only when nothing else says where to connect. */
  readonly findPrivateServer: () => Promise<{ socket: string; user: string; database: string } | undefined>
}

export interface ConfigEntry {
  readonly name: string
  /** As it was written; secrets are stars. */
  readonly value: string | null
  readonly origin: string
}

export interface Config {
  readonly target: Target
  readonly limits: Limits
  readonly pool: PoolOptions
  /** DB_PROTECTED. */
  readonly isProtected: boolean
  readonly entries: readonly ConfigEntry[]
}

/** The configuration with everything that is wrong with it. */
export interface Inspection {
  /** Undefined where there are faults. */
  readonly config: Config | undefined
  readonly entries: readonly ConfigEntry[]
  readonly faults: readonly ConfigFault[]
  readonly envFile: EnvFile
  /** Whose URL holds a password: an origin. */
  readonly passwordInUrl: string | undefined
}

/** Gathers, checks and explains the configuration; never rejects for what is wrong with it. */
export async function inspectConfig(sources: ConfigSources): Promise<Inspection> {
  const { flags, env, envFile: asked, cwd, osUser } = sources
  const envFile = readEnvFile(asked, cwd)
  const wrong: string[] = []
  const layers = [layerOf(flagOrigin, flags, wrong), layerOf('environment', env, wrong), layerOf(envFile.name, envFile.texts, wrong)]
  if (!layers.some(({ texts }) => hasAddress(texts))) layers.push(await privateServerLayer(sources))
  const texts = withoutOtherAddresses(layers)
  const table = settingTable(osUser)
  const found = new Map(settingNames.map((name) => [name, lookUp(name, texts, table[name].fallback)]))
  const settings = Object.fromEntries(settingNames.map((name) => [name, parsed(name, found.get(name), table[name].parse, wrong)])) as unknown as Settings
  const entries = settingNames.map((name) => entry(name, found.get(name), table[name].secret === true))
  const { secret, unreadable } = password(settings, texts)
  const faults = [envFile.exposed, ...envFile.faults, ...wrong.map(wrongValue), unreadable].filter((fault) => fault !== undefined)
  const config = faults.length > 0 ? undefined : build({ ...settings, DB_PASSWORD: secret }, entries)
  return { config, entries, faults, envFile, passwordInUrl: layers.find(({ url }) => url?.DB_PASSWORD !== undefined)?.origin }
}

/** @throws DbtoolError BAD_CONFIG naming everything that is wrong. */
export function soundConfig({ config, faults }: Inspection): Config {
  if (config === undefined) throw refusal(faults)
  return config
}

interface Found {
  readonly text: string | undefined
  readonly origin: string
}

function lookUp(name: SettingName, layers: readonly Layer[], fallback: string | undefined): Found {
  const layer = layers.find(({ texts }) => texts[name] !== undefined)
  return { text: layer?.texts[name] ?? fallback, origin: layer?.origin ?? 'default' }
}

function parsed(name: string, found: Found | undefined, parse: (text: string) => unknown, faults: string[]): unknown {
  if (found?.text === undefined) return undefined
  try {
    return parse(found.text)
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    faults.push(`${name} (${found.origin}) ${error.message}`)
    return undefined
  }
}

function entry(name: string, found: Found | undefined, secret: boolean): ConfigEntry {
  const text = found?.text
  return { name, value: secret && text !== undefined && text !== '' ? '********' : (text ?? null), origin: found?.origin ?? 'default' }
}

async function privateServerLayer({ findPrivateServer }: ConfigSources): Promise<Layer> {
  const server = await findPrivateServer()
  const texts = server === undefined ? {} : { DB_SOCKET: server.socket, DB_USER: server.user, DB_NAME: server.database }
  return { origin: 'private server', texts }
}

function build(settings: Settings, entries: readonly ConfigEntry[]): Config {
  const target: Target = {
    host: settings.DB_HOST,
    port: settings.DB_PORT,
    socket: settings.DB_SOCKET,
    user: settings.DB_USER,
    password: settings.DB_PASSWORD,
    database: settings.DB_NAME,
    ssl: { mode: settings.DB_SSL_MODE, ca: settings.DB_SSL_CA },
  }
  const { DB_CONNECT_TIMEOUT: connectTimeoutMs, DB_STATEMENT_TIMEOUT: statementTimeoutMs } = settings
  const { DB_POOL_SIZE: size, DB_MAX_OVERFLOW: maxOverflow, DB_POOL_TIMEOUT: timeoutMs, DB_POOL_RECYCLE: recycleMs } = settings
  return {
    target,
    limits: { ...defaultLimits, connectTimeoutMs, statementTimeoutMs },
    isProtected: settings.DB_PROTECTED,
    pool: { ...defaultPoolOptions, size, maxOverflow, timeoutMs, recycleMs },
    entries: [...entries, { name: 'DB_URL', value: urlOf(target), origin: 'all of the above' }],
  }
}

/** A file of a higher layer beats a password of a lower one. */
function password(settings: Settings, layers: readonly Layer[]): { secret: string; unreadable?: ConfigFault } {
  const layer = layers.find(({ texts }) => texts.DB_PASSWORD !== undefined || texts.DB_PASSWORD_FILE !== undefined)
  const path = layer?.texts.DB_PASSWORD === undefined ? layer?.texts.DB_PASSWORD_FILE : undefined
  if (path === undefined) return { secret: settings.DB_PASSWORD }
  try {
    return { secret: readFileSync(path, 'utf8').replace(/\r?\n$/, '') }
  } catch (cause) {
    return { secret: '', unreadable: { sentence: `cannot read the password file ${path}: ${reasonOf(cause)}`, fix: 'check --password-file and DB_PASSWORD_FILE' } }
  }
}

function urlOf({ user, password: secret, host, port, socket, database }: Target): string {
  const stars = secret === '' ? '' : ':********'
  const where = socket === undefined ? `${host.includes(':') ? `[${host}]` : host}:${port}` : 'localhost'
  return `mariadb://${encodeURIComponent(user)}${stars}@${where}/${encodeURIComponent(database ?? '')}${socket === undefined ? '' : `?socket=${socket}`}`
}
