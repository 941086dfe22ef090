import { urlParts } from '../connection-url.ts'
import { osUserName } from '../context/os-user.ts'
import { defaultPoolOptions, type Pool, type PoolOptions } from '../db/pool/pool.ts'
import {
  defaultLimits,
  type Limits,
  type Pem,
  type SslMode,
  sslModes,
  type Target,
  serversOf,
  type TargetRole,
  targetRoles,
  type TlsVersion,
  tlsVersions,
} from '../db/target.ts'
import { allFaults, InvalidValue } from '../errors.ts'
import { parseHosts } from '../hosts.ts'
import { orNearest } from '../nearest.ts'
import { callerVariable } from '../db/connection/caller-variables.ts'
import { openedFor } from './opened.ts'

/** A password, or a function that returns the password of each new connection, for passwords that rotate. */
export type Password = string | (() => string | Promise<string>)

/** Certificates and a private key as text or bytes in PEM format, instead of paths. */
export interface TlsObjects {
  /** The authorities to trust. */
  readonly ca?: string | Buffer | undefined
  /** The certificate of this client, and its private key. */
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
}

/**
 * Options of `createPool`: the target, the pool and the time limits. The defaults are those of the command line, and
 * all times are in milliseconds.
 */
export interface CreatePoolOptions extends Partial<PoolOptions>, Partial<Limits> {
  /** `mariadb://user:password@host:port/database`, or `…?socket=/path`. The single options override its parts. */
  readonly url?: string
  /** Host name or address of the server, or several in order of preference: `a,b:3307`; default `localhost`. */
  readonly host?: string | undefined
  /** Port of the server, and of each host without its own; default 3306. */
  readonly port?: number | undefined
  /** The role that the server must have; default `writer` with several hosts, `any` with one. */
  readonly target?: TargetRole | undefined
  /**
   * For a reader: a pool of the writer. Each connection of this pool is first waited for, until its server has applied
   * everything that the other pool has committed.
   */
  readonly readAfter?: Pool | undefined
  /** Path of a unix socket, instead of host and port. */
  readonly socket?: string | undefined
  /** Database user; default the operating-system user. */
  readonly user?: string | undefined
  /** Password of the database user; default empty. */
  readonly password?: Password | undefined
  /** Name of the database; default `dbtool`. */
  readonly database?: string | undefined
  /** Default `preferred`: encrypted if the server supports TLS. */
  readonly sslMode?: SslMode | undefined
  /** Path of a PEM file with the CA certificate. */
  readonly sslCa?: string | undefined
  /** Path of a PEM file with the certificate of this client, and of one with its private key. */
  readonly sslCert?: string | undefined
  readonly sslKey?: string | undefined
  /** The contents of these files, instead of their paths. */
  readonly tls?: TlsObjects | undefined
  /** The TLS versions to accept; both unless it is said. */
  readonly tlsVersions?: readonly TlsVersion[] | undefined
  /** Session variables of every connection, such as `{ group_concat_max_len: 4_194_304 }`. */
  readonly sessionVariables?: Readonly<Record<string, string | number>> | undefined
}

/** The options of a pool, checked and complete. */
export interface ParsedPoolOptions {
  readonly target: Target
  readonly limits: Limits
  readonly options: PoolOptions
  readonly readAfter: Pool | undefined
}

const longestMs = 2 ** 31 - 1
const mostConnections = 10_000

/** Throws InvalidValue; the message continues the name of the option. */
type Rule = (value: unknown) => void

const invalid = (rule: string, value: unknown): InvalidValue =>
  new InvalidValue(`must be ${rule}, not ${typeOrNumber(value)}`)

/** Text and lists could hold a secret in a place where nobody expects one. */
function typeOrNumber(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (value === undefined) return 'undefined'
  if (value instanceof URL) return 'a URL object: use its href'
  if (value instanceof Promise) return 'a promise: await it'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

const whole =
  (least: number, most: number): Rule =>
  (value) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      throw invalid(`a whole number from ${least} to ${most}`, value)
  }
const milliseconds =
  (least: number, most = longestMs): Rule =>
  (value) => {
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw invalid(`a number of milliseconds, at least ${least}`, value)
  }
const text: Rule = (value) => {
  if (typeof value !== 'string') throw invalid('text', value)
  if (value === '') throw new InvalidValue('must not be empty')
}
const oneOf =
  (choices: readonly string[]): Rule =>
  (value) => {
    if (choices.some((known) => known === value)) return
    const near = typeof value === 'string' ? orNearest(value, choices) : ''
    throw new InvalidValue(`must be one of ${choices.join(', ')}${near}`)
  }
const hosts: Rule = (value) => {
  text(value)
  parseHosts(value as string)
}
const versions: Rule = (value) => {
  const known: readonly unknown[] = tlsVersions
  if (!Array.isArray(value) || value.length === 0 || value.some((one) => !known.includes(one)))
    throw new InvalidValue(`must be a list of ${tlsVersions.join(' and ')}`)
}
const password: Rule = (value) => {
  if (typeof value !== 'string' && typeof value !== 'function') throw invalid('text or a function', value)
}
const pems: Rule = (value) => {
  const names: readonly string[] = ['ca', 'cert', 'key']
  if (typeof value !== 'object' || value === null) throw invalid('an object with ca, cert and key', value)
  for (const [name, pem] of Object.entries(value)) {
    if (!names.includes(name)) throw new InvalidValue(`has no part '${name}'${orNearest(name, names)}`)
    if (pem !== undefined && typeof pem !== 'string' && !Buffer.isBuffer(pem))
      throw new InvalidValue(`.${name} must be text or a Buffer in PEM format`)
  }
}
const ownPool: Rule = (value) => {
  if (typeof value !== 'object' || value === null || openedFor(value as Pool) === undefined)
    throw new InvalidValue('must be a pool that createPool has returned')
}
const variables: Rule = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('an object of names and values', value)
  for (const [name, one] of Object.entries(value)) callerVariable(name, one)
}

const rules: Readonly<Record<keyof CreatePoolOptions, Rule>> = {
  url: text,
  host: hosts,
  port: whole(1, 65_535),
  target: oneOf(targetRoles),
  readAfter: ownPool,
  socket: text,
  user: text,
  password,
  database: text,
  sslMode: oneOf(sslModes),
  sslCa: text,
  sslCert: text,
  sslKey: text,
  tls: pems,
  tlsVersions: versions,
  sessionVariables: variables,
  size: whole(1, mostConnections),
  maxOverflow: whole(0, mostConnections),
  timeoutMs: milliseconds(1),
  recycleMs: milliseconds(0),
  pingAfterIdleMs: milliseconds(0, Infinity),
  idleTimeoutMs: milliseconds(0),
  leakAfterMs: milliseconds(0),
  connectTimeoutMs: milliseconds(0),
  statementTimeoutMs: milliseconds(0),
  lockWaitMs: milliseconds(0),
}

/**
 * Checks the options of `createPool` and completes them with the defaults.
 * @throws DbtoolError BAD_CONFIG with all faults.
 */
export function parsePoolOptions(given: unknown): ParsedPoolOptions {
  const { parts, faults } = checked(given)
  const fromUrl = urlOf(parts.url, faults)
  if (faults.length > 0) throw allFaults('BAD_CONFIG', 'the options of createPool', faults)
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
    return { parts: {}, faults: [`createPool needs a URL or an object of options, not ${typeOrNumber(given)}`] }
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
  if (!Object.hasOwn(rules, name)) return [`there is no option '${name}'${orNearest(name, Object.keys(rules))}`]
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
