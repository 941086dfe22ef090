import type { Pool, PoolOptions } from '../db/pool/pool.ts'
import type { Limits, SslMode, TargetRole, TlsVersion } from '../db/target.ts'

/** A password, or a function that returns the password of each new connection, for passwords that rotate. */
export type Password = string | (() => string | Promise<string>)

/** Certificates and a private key as text or bytes in PEM format, instead of paths. */
export interface TlsObjects {
  /** The authorities to trust. */
  readonly ca?: string | Buffer | undefined
  /** The certificate of this client. */
  readonly cert?: string | Buffer | undefined
  /** The private key of that certificate. */
  readonly key?: string | Buffer | undefined
}

/** An option that is undefined has its default, also under `exactOptionalPropertyTypes`. */
type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined }

/**
 * Options of `createPool`: the target, the pool and the time limits. The defaults are those of the command line, and
 * all times are in milliseconds.
 */
export interface CreatePoolOptions extends Optional<PoolOptions>, Optional<Limits> {
  /**
   * `mariadb://user:password@host:port/database`, or `…?socket=/path`. The single options override its parts. It may
   * not be undefined: a missing variable of the environment would otherwise mean `localhost`.
   */
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
  /** Path of a PEM file with the certificate of this client. */
  readonly sslCert?: string | undefined
  /** Path of a PEM file with the private key of that certificate. */
  readonly sslKey?: string | undefined
  /** The contents of these files, instead of their paths. */
  readonly tls?: TlsObjects | undefined
  /** The TLS versions to accept; both unless it is said. */
  readonly tlsVersions?: readonly TlsVersion[] | undefined
  /** Session variables of every connection, such as `{ group_concat_max_len: 4_194_304 }`. */
  readonly sessionVariables?: Readonly<Record<string, string | number>> | undefined
}
