import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse as parseEnv } from 'dotenv'
import { maskedUrl, urlParts } from './connection-url.ts'
import { defaultPoolOptions, type PoolOptions } from './db/pool.ts'
import { defaultLimits, type Limits, type Target } from './db/target.ts'
import { allFaults, DbtoolError, InvalidValue, isNodeError } from './errors.ts'
import { settingTable, type SettingName, type Settings } from './settings.ts'

type Texts = Partial<Record<SettingName, string>>

/** One place that settings come from; the first layer that has a value wins. */
interface Layer {
  readonly origin: string
  readonly texts: Texts
}

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
  readonly entries: readonly ConfigEntry[]
}

/** Gathers, checks and explains the configuration. Rejects with BAD_CONFIG naming every value that is wrong. */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const { flags, env, osUser } = sources
  const layers = [layer('flag', flags, '--url'), layer('environment', env, 'DB_URL'), envFileLayer(sources)]
  if (!layers.some(({ texts }) => hasAddress(texts))) layers.push(await privateServerLayer(sources))
  const texts = withoutOtherAddresses(layers)
  const table = settingTable(osUser)
  const names = Object.keys(table) as SettingName[]
  const found = new Map(names.map((name) => [name, lookUp(name, texts, table[name].fallback)]))
  const faults: string[] = []
  const settings = Object.fromEntries(names.map((name) => [name, parsed(name, found.get(name), table[name].parse, faults)]))
  if (faults.length > 0) throw allFaults('BAD_CONFIG', 'the configuration is wrong', faults, 'see where each value comes from: dbtool config show')
  return build(settings as unknown as Settings, names.map((name) => entry(name, found.get(name), table[name].secret === true)), texts)
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

/** Empty variables count as not set, but for an empty password. */
function layer(origin: string, source: Record<string, string | undefined>, urlName: string): Layer {
  const given = Object.entries(source).filter(([name, text]) => name.startsWith('DB_') && text !== undefined && (text !== '' || name === 'DB_PASSWORD'))
  const { DB_URL: url, ...texts } = Object.fromEntries(given) as Texts & { DB_URL?: string }
  return { origin, texts: url === undefined ? texts : { ...urlParts(url, origin === 'flag' ? urlName : `${urlName} (${origin})`), ...texts } }
}

function envFileLayer({ envFile, cwd }: ConfigSources): Layer {
  const name = envFile ?? '.env'
  const path = resolve(cwd, name)
  const texts = readEnvFile(path, name, envFile !== undefined)
  const holdsSecret = (texts['DB_PASSWORD'] ?? '') !== '' || maskedUrl(texts['DB_URL'] ?? '') !== (texts['DB_URL'] ?? '')
  const readableByAll = holdsSecret && process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0
  if (readableByAll) throw new DbtoolError('BAD_CONFIG', `${name} holds a password and every user of this machine can read it`, { hint: `run: chmod 600 ${name}` })
  return layer(name, texts, 'DB_URL')
}

function readEnvFile(path: string, name: string, asked: boolean): Record<string, string> {
  try {
    return parseEnv(readFileSync(path))
  } catch (cause) {
    if (!asked && isNodeError(cause) && cause.code === 'ENOENT') return {}
    const why = isNodeError(cause) ? cause.code : 'unreadable'
    throw new DbtoolError('BAD_CONFIG', `cannot read the environment file ${name} (${why})`, { cause, hint: 'check its path and permissions, or name another one with --env-file' })
  }
}

async function privateServerLayer({ findPrivateServer }: ConfigSources): Promise<Layer> {
  const server = await findPrivateServer()
  const texts = server === undefined ? {} : { DB_SOCKET: server.socket, DB_USER: server.user, DB_NAME: server.database }
  return { origin: 'private server', texts }
}

function hasAddress(texts: Texts): boolean {
  return texts.DB_HOST !== undefined || texts.DB_PORT !== undefined || texts.DB_SOCKET !== undefined
}

/** A socket and a host say the same thing twice: whichever a higher layer gave hides the other below it. */
function withoutOtherAddresses(layers: readonly Layer[]): Layer[] {
  let kind: 'socket' | 'network' | undefined
  return layers.map(({ origin, texts }) => {
    kind ??= texts.DB_SOCKET !== undefined ? 'socket' : hasAddress(texts) ? 'network' : undefined
    const { DB_SOCKET: socket, ...rest } = texts
    return { origin, texts: kind === 'network' || socket === undefined ? rest : texts }
  })
}

function build(settings: Settings, entries: ConfigEntry[], layers: readonly Layer[]): Config {
  const target: Target = {
    host: settings.DB_HOST,
    port: settings.DB_PORT,
    socket: settings.DB_SOCKET,
    user: settings.DB_USER,
    password: password(settings, layers),
    database: settings.DB_NAME,
    ssl: { mode: settings.DB_SSL_MODE, ca: settings.DB_SSL_CA },
  }
  const { DB_CONNECT_TIMEOUT: connectTimeoutMs, DB_STATEMENT_TIMEOUT: statementTimeoutMs } = settings
  const { DB_POOL_SIZE: size, DB_MAX_OVERFLOW: maxOverflow, DB_POOL_TIMEOUT: timeoutMs, DB_POOL_RECYCLE: recycleMs } = settings
  return {
    target,
    limits: { ...defaultLimits, connectTimeoutMs, statementTimeoutMs },
    pool: { ...defaultPoolOptions, size, maxOverflow, timeoutMs, recycleMs },
    entries: [...entries, { name: 'DB_URL', value: urlOf(target), origin: 'all of the above' }],
  }
}

/** A file of a higher layer beats a password of a lower one. */
function password(settings: Settings, layers: readonly Layer[]): string {
  const layer = layers.find(({ texts }) => texts.DB_PASSWORD !== undefined || texts.DB_PASSWORD_FILE !== undefined)
  const path = layer?.texts.DB_PASSWORD === undefined ? layer?.texts.DB_PASSWORD_FILE : undefined
  if (path === undefined) return settings.DB_PASSWORD
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new DbtoolError('BAD_CONFIG', `cannot read the password file '${path}' (${isNodeError(cause) ? cause.code : 'unreadable'})`, { cause })
  }
}

function urlOf({ user, password: secret, host, port, socket, database }: Target): string {
  const stars = secret === '' ? '' : ':********'
  const where = socket === undefined ? `${host.includes(':') ? `[${host}]` : host}:${port}` : 'localhost'
  return `mariadb://${encodeURIComponent(user)}${stars}@${where}/${encodeURIComponent(database ?? '')}${socket === undefined ? '' : `?socket=${socket}`}`
}
