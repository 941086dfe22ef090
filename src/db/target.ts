export const sslModes = [
  'disabled',
  'preferred',
  'required',
  'verify-fingerprint',
  'verify-ca',
  'verify-identity',
] as const
export type SslMode = (typeof sslModes)[number]

/** The versions that are still safe (RFC 8996), from the oldest. */
export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const
export type TlsVersion = (typeof tlsVersions)[number]
export const defaultTlsVersions: readonly TlsVersion[] = tlsVersions

/** How connections are encrypted, and what proves who is at each end. Each file is a path. */
export interface Ssl {
  readonly mode: SslMode
  /** The authorities to trust. */
  readonly ca?: string | undefined
  /** The certificate of this client, and its private key. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly versions?: readonly TlsVersion[] | undefined
  /** The contents of these files, from a caller that has them; then no path is read. */
  readonly pem?: Pem | undefined
}

/** Certificates and a private key in PEM format. */
export interface Pem {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** The server, user and database of a connection. A socket, if given, is used instead of host and port. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly socket: string | undefined
  readonly user: string
  readonly password: string
  readonly database: string | undefined
  readonly ssl: Ssl
  /** Every session is read-only: the server rejects every change. */
  readonly readOnly?: boolean
  /** True for work that needs no shop: the server may be MySQL. Otherwise dbtool does not log in there. */
  readonly allowsMySql?: boolean
  /** Gives the password of each new connection, in place of `password`. */
  readonly passwordFrom?: (() => string | Promise<string>) | undefined
  /** Session variables of the caller, beside those of dbtool. */
  readonly variables?: Readonly<Record<string, string | number>> | undefined
  /** True for a pool of the library: its errors name options instead of flags. */
  readonly inCode?: boolean
}

/** Time limits of every operation, in milliseconds; zero means no limit. */
export interface Limits {
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
  readonly lockWaitMs: number
}

const longestTimerMs = 2 ** 31 - 1

/** Limits a delay for setTimeout, which treats 25 days or more as one millisecond. */
export function timerMs(ms: number): number {
  return Math.min(ms, longestTimerMs)
}

export const defaultLimits: Limits = { connectTimeoutMs: 10_000, statementTimeoutMs: 30_000, lockWaitMs: 10_000 }

/** The target of a login over a unix socket, without password and without TLS. */
export function socketTarget(socket: string, user: string, database?: string): Target {
  return { host: 'localhost', port: 3306, socket, user, password: '', database, ssl: { mode: 'disabled' } }
}

/** The address for messages: `host:port`, or the path of the socket. */
export function addressOf(target: Target): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  return target.socket ?? `${host}:${target.port}`
}

/** `user@address/database` for messages and confirmations; never contains a secret. */
export function describeTarget(target: Target): string {
  return `${target.user}@${addressOf(target)}${target.database === undefined ? '' : `/${target.database}`}`
}
