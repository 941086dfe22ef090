import { sslModes, type SslMode, targetRoles, type TargetRole, tlsVersions, type TlsVersion } from './db/target.ts'
import { InvalidValue } from './errors.ts'
import { type ListedHost, parseHosts } from './hosts.ts'
import { parseChoice, parseSecondsOrWait, parseWhole, quoteValue } from './values.ts'

/** All settings, parsed. Times are in milliseconds. */
export interface Settings {
  /** One host, or several in order of preference. */
  readonly DB_HOST: readonly ListedHost[]
  readonly DB_PORT: number
  readonly DB_TARGET: TargetRole | undefined
  readonly DB_SOCKET: string | undefined
  readonly DB_NAME: string
  readonly DB_USER: string
  readonly DB_PASSWORD: string
  readonly DB_PASSWORD_FILE: string | undefined
  readonly DB_CHARSET: string
  readonly DB_SSL_MODE: SslMode
  readonly DB_SSL_CA: string | undefined
  /** The certificate of this client, and its private key. */
  readonly DB_SSL_CERT: string | undefined
  readonly DB_SSL_KEY: string | undefined
  readonly DB_TLS_VERSION: readonly TlsVersion[]
  readonly DB_POOL_SIZE: number
  readonly DB_MAX_OVERFLOW: number
  readonly DB_POOL_TIMEOUT: number
  readonly DB_POOL_RECYCLE: number
  readonly DB_CONNECT_TIMEOUT: number
  readonly DB_STATEMENT_TIMEOUT: number
  /** Protected database: risky commands require its name as confirmation. */
  readonly DB_PROTECTED: boolean
  /** Read-only database: dbtool and the server reject every change. */
  readonly DB_READ_ONLY: boolean
  /** The currency of the shop, for tables; amounts are stored without one. */
  readonly DB_CURRENCY: string | undefined
}

export type SettingName = keyof Settings

/** The parser and the default of a setting. */
export interface Setting {
  readonly parse: (text: string) => unknown
  /** The default, as a user would write it; undefined: not set. */
  readonly fallback: string | undefined
  readonly secret?: boolean
}

const text = (value: string): string => value

function parseCharset(value: string): string {
  if (value.toLowerCase() !== 'utf8mb4')
    throw new InvalidValue(`must be utf8mb4, not ${quoteValue(value)}: other character sets lose characters`)
  return 'utf8mb4'
}

/** A code of ISO 4217 that the platform knows. */
function parseCurrency(value: string): string {
  const code = value.toUpperCase()
  if (!Intl.supportedValuesOf('currency').includes(code))
    throw new InvalidValue(`must be a currency code of ISO 4217 such as EUR, not ${quoteValue(value)}`)
  return code
}

/** As tls_version of MariaDB: one version or several, with commas between them. */
function parseTlsVersions(value: string): readonly TlsVersion[] {
  return value.split(',').map((one) => {
    const version = tlsVersions.find((known) => known.toLowerCase() === one.trim().toLowerCase())
    if (version === undefined)
      throw new InvalidValue(`must be ${tlsVersions.join(' or ')}, or both with a comma, not ${quoteValue(value)}`)
    return version
  })
}

const switches: Readonly<Record<string, boolean>> = {
  1: true,
  true: true,
  yes: true,
  0: false,
  false: false,
  no: false,
}

/** True if the text switches on; false also for an invalid text. */
export function isOn(value = ''): boolean {
  return Object.hasOwn(switches, value.toLowerCase()) && switches[value.toLowerCase()] === true
}

function parseSwitch(value: string): boolean {
  const on = Object.hasOwn(switches, value.toLowerCase()) ? switches[value.toLowerCase()] : undefined
  if (on === undefined) throw new InvalidValue(`must be 1 or 0, not ${quoteValue(value)}`)
  return on
}

/** All settings by name. The chapter's variables keep their names, and their durations may be bare seconds as there. */
export function settingTable(osUser: string): Readonly<Record<SettingName, Setting>> {
  return {
    DB_HOST: { parse: parseHosts, fallback: 'localhost' },
    DB_PORT: { parse: parseWhole(1, 65_535), fallback: '3306' },
    DB_TARGET: { parse: parseChoice(targetRoles), fallback: undefined },
    DB_SOCKET: { parse: text, fallback: undefined },
    DB_NAME: { parse: text, fallback: 'dbtool' },
    DB_USER: { parse: text, fallback: osUser },
    DB_PASSWORD: { parse: text, fallback: '', secret: true },
    DB_PASSWORD_FILE: { parse: text, fallback: undefined },
    DB_CHARSET: { parse: parseCharset, fallback: 'utf8mb4' },
    DB_SSL_MODE: { parse: parseChoice(sslModes), fallback: 'preferred' },
    DB_SSL_CA: { parse: text, fallback: undefined },
    DB_SSL_CERT: { parse: text, fallback: undefined },
    DB_SSL_KEY: { parse: text, fallback: undefined },
    DB_TLS_VERSION: { parse: parseTlsVersions, fallback: tlsVersions.join(',') },
    DB_POOL_SIZE: { parse: parseWhole(1, 10_000), fallback: '5' },
    DB_MAX_OVERFLOW: { parse: parseWhole(0, 10_000), fallback: '10' },
    DB_POOL_TIMEOUT: { parse: parseSecondsOrWait, fallback: '30s' },
    DB_POOL_RECYCLE: { parse: parseSecondsOrWait, fallback: '3600s' },
    DB_CONNECT_TIMEOUT: { parse: parseSecondsOrWait, fallback: '10s' },
    DB_STATEMENT_TIMEOUT: { parse: parseSecondsOrWait, fallback: '30s' },
    DB_PROTECTED: { parse: parseSwitch, fallback: '0' },
    DB_READ_ONLY: { parse: parseSwitch, fallback: '0' },
    DB_CURRENCY: { parse: parseCurrency, fallback: undefined },
  }
}

export const settingNames = Object.keys(settingTable('')) as readonly SettingName[]
