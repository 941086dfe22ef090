import { urlParts } from '../connection-url.ts'
import { osUserName } from '../context/os-user.ts'
import { defaultPoolOptions, type Pool, type PoolOptions } from '../db/pool/pool.ts'
import { defaultLimits, type Limits, type Pem, serversOf, type Target } from '../db/target.ts'
import { allFaults, InvalidValue } from '../errors.ts'
import { parseHosts } from '../hosts.ts'
import { kindOf } from '../kind-of.ts'
import { orNearest } from '../nearest.ts'
import type { CreatePoolOptions, TlsObjects } from './create-pool-options.ts'
import { ownOptions } from './foreign-options.ts'
import { remedyFor, rules } from './option-rules.ts'

/** The options of a pool, checked and complete. */
export interface ParsedPoolOptions {
  readonly target: Target
  readonly limits: Limits
  readonly options: PoolOptions
  readonly readAfter: Pool | undefined
}

/**
 * Checks the options of `createPool` and completes them with the defaults.
 * @throws DbtoolError BAD_CONFIG with all faults.
 */
export function parsePoolOptions(given: unknown): ParsedPoolOptions {
  const { parts, faults } = checked(given)
  const fromUrl = urlOf(parts.url, faults)
  if (faults.length > 0) throw allFaults('BAD_CONFIG', 'the options of createPool', faults).inCode()
  const merged = { ...fromUrl, ...parts }
  return {
    target: targetOf(merged),
    limits: withDefaults(defaultLimits, merged),
    options: withDefaults(defaultPoolOptions, merged),
    readAfter: merged.readAfter,
  }
}

interface Checked {
  readonly parts: CreatePoolOptions
  readonly faults: string[]
}

function checked(given: unknown): Checked {
  if (typeof given === 'string') return { parts: { url: given }, faults: given === '' ? ['the URL is empty'] : [] }
  if (!isPlain(given))
    return {
      parts: {},
      faults: [`createPool needs a URL or an object of options, not ${kindOf(given)}${remedyFor(given)}`],
    }
  const faults: string[] = []
  // A variable of the environment that is not set would mean another server.
  if ('url' in given && given.url === undefined) faults.push('url is undefined: set it, or omit it')
  const parts = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  for (const [name, value] of Object.entries(parts)) faults.push(...faultsOf(name, value))
  for (const name of ['ca', 'cert', 'key'] as const) {
    const option = `ssl${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`
    if (option in parts && hasPart(parts.tls, name)) faults.push(`${option} and tls.${name} exclude each other`)
  }
  if ('readAfter' in parts && parts['target'] !== 'reader') faults.push("readAfter needs the target 'reader'")
  return { parts, faults }
}

/** A URL object or a promise has no properties of its own: all options would be defaults, without a word. */
function isPlain(given: unknown): given is object {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false
  const prototype: unknown = Object.getPrototypeOf(given)
  return prototype === null || prototype === Object.prototype || Object.keys(given).length > 0
}

const hasPart = (object: unknown, name: string): boolean =>
  typeof object === 'object' && object !== null && name in object

function faultsOf(name: string, value: unknown): string[] {
  if (!Object.hasOwn(rules, name)) {
    const own = ownOptions(name)
    const meant = own.length > 0 ? `; here it is ${own.join(' and ')}` : orNearest(name, Object.keys(rules))
    return [`there is no option '${name}'${meant}`]
  }
  try {
    rules[name as keyof CreatePoolOptions](value)
    return []
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    return [/^\./.test(error.message) ? `${name}${error.message}` : `${name} ${error.message}`]
  }
}

function urlOf(url: unknown, faults: string[]): CreatePoolOptions {
  if (typeof url !== 'string' || url === '') return {}
  try {
    const { DB_PORT: port, ...parts } = urlParts(url)
    if (parts.DB_HOST !== undefined) parseHosts(parts.DB_HOST)
    return definedOnly({
      host: parts.DB_HOST,
      port: port === undefined ? undefined : Number(port),
      socket: parts.DB_SOCKET,
      user: parts.DB_USER,
      password: parts.DB_PASSWORD,
      database: parts.DB_NAME,
    })
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    faults.push(`the URL of the pool ${error.message}`)
    return {}
  }
}

function targetOf(given: CreatePoolOptions): Target {
  const {
    host = 'localhost',
    port = 3306,
    target: role,
    socket,
    user = osUserName(),
    password: secret = '',
    database = 'dbtool',
    sslMode = 'preferred',
    sslCa,
    sslCert,
    sslKey,
    tls,
    tlsVersions: accepted,
    sessionVariables,
  } = given
  return {
    ...serversOf(parseHosts(host), { port, socket, role }),
    socket,
    user,
    ...(typeof secret === 'string' ? { password: secret } : { password: '', passwordFrom: secret }),
    database,
    ssl: { mode: sslMode, ca: sslCa, cert: sslCert, key: sslKey, pem: pemOf(tls), versions: accepted },
    variables: sessionVariables,
    inCode: true,
  }
}

function pemOf(tls: TlsObjects = {}): Pem {
  const asText = (pem: string | Buffer | undefined): string | undefined => pem?.toString()
  return { ca: asText(tls.ca), cert: asText(tls.cert), key: asText(tls.key) }
}

/** The defined values alone. */
function definedOnly(parts: Readonly<Record<string, unknown>>): CreatePoolOptions {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

/** The values of `given` for the names in `defaults`, or the defaults. */
function withDefaults<T extends object>(defaults: T, given: object): T {
  const names = Object.keys(defaults)
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))) }
}
