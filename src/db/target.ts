export const sslModes = [
  'disabled',
  'preferred',
  'required',
  'verify-fingerprint',
  'verify-ca',
  'verify-identity',
] as const
/** How connections are encrypted, with the names of MariaDB's own clients. */
export type SslMode = (typeof sslModes)[number]

/** The versions that are still safe (RFC 8996), from the oldest. */
export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const
/** A version of TLS that may be used. */
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

export const targetRoles = ['writer', 'reader', 'any'] as const
/** The role that the server of a connection must have; `any` asks for none. */
export type TargetRole = (typeof targetRoles)[number]

export interface Host {
  readonly host: string
  readonly port: number
}

/** The server, user and database of a connection. A socket, if given, is used instead of host and port. */
export interface Target {
  readonly host: string
  readonly port: number
  /** Several servers in order of preference; `host` and `port` are those of the first. */
  readonly hosts?: readonly Host[] | undefined
  /** Undefined: no role is asked for. */
  readonly role?: TargetRole | undefined
  readonly socket: string | undefined
  readonly user: string
  readonly password: string
  readonly database: string | undefined
  readonly ssl: Ssl
  /** Every session is read-only: the server rejects every change. */
  readonly readOnly?: boolean
  /** No setting names a server, and the private server does not run: this is the default address. */
  readonly isInsteadOfPrivate?: boolean
  /** Whether the greeting of the server has offered TLS; undefined before it. */
  readonly offersTls?: boolean | undefined
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
  /** For opening one connection. */
  readonly connectTimeoutMs: number
  /** For each statement. The server stops it, and it rejects with STATEMENT_TIMEOUT. */
  readonly statementTimeoutMs: number
  /** For each wait for a lock, which rejects with LOCK_TIMEOUT. */
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

/** The servers of a target in order of preference. */
export function hostsOf({ hosts, host, port }: Target): readonly Host[] {
  return hosts ?? [{ host, port }]
}

/** Whether a target is one server, in whatever role it is. */
export function isOneServer({ hosts, role = 'any' }: Target): boolean {
  return hosts === undefined && role === 'any'
}

/** The target of one of these servers alone, in whatever role it is. */
export function targetAt(target: Target, { host, port }: Host): Target {
  return { ...target, host, port, hosts: undefined, role: undefined }
}

/** `host:port`, with brackets around an address of IPv6. */
export function hostText({ host, port }: Host): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The address for messages: `host:port`, several of them with commas, or the path of the socket. */
export function addressOf(target: Target): string {
  return target.socket ?? hostsOf(target).map(hostText).join(',')
}

/** `user@address/database` for messages and confirmations; never contains a secret. */
export function describeTarget(target: Target): string {
  return `${target.user}@${addressOf(target)}${target.database === undefined ? '' : `/${target.database}`}`
}

/** The servers of a list of hosts. Several need a writer unless another role is asked for. A socket is one server. */
export function serversOf(
  listed: readonly { readonly host: string; readonly port: number | undefined }[],
  { port: commonPort, socket, role }: Pick<Target, 'port' | 'socket' | 'role'>,
): Pick<Target, 'host' | 'port' | 'hosts' | 'role'> {
  const all = listed.map(({ host, port = commonPort }): Host => ({ host, port }))
  const [first = { host: 'localhost', port: commonPort }] = all
  const isSeveral = all.length > 1 && socket === undefined
  return { ...first, ...(isSeveral ? { hosts: all, role: role ?? 'writer' } : { role }) }
}
