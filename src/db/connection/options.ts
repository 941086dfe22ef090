import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { DbtoolError } from '../../errors.ts'
import { type Limits, type Target, timerMs } from '../target.ts'
import { readValue } from './read-value.ts'
import type { DriverOptions } from './driver.ts'
import { sessionStatement } from './session.ts'
import { isTrustedSocket } from './socket.ts'
import { readTlsFiles, tlsOptions, verifiesCertificate, versionRange } from './tls.ts'

/** The only place that turns a target into options of a driver; test/db/connection/options.test.ts finds any other. */

/** Methods that prove the knowledge of a password and never send it. */
const challengeResponseMethods = ['mysql_native_password', 'client_ed25519', 'parsec'] as const

/** Whether a connection to this target is encrypted, given that its server offers TLS or does not. */
export function willEncrypt({ socket, ssl: { mode } }: Target, offersTls: boolean): boolean {
  if (mode === 'preferred') return socket === undefined && offersTls
  return mode !== 'disabled'
}

/** A password may be sent where nobody else can read it, to a server that is known: its socket or certificate. */
function maySendPassword(target: Target, encrypted: boolean): boolean {
  return isKnownSocket(target) || (encrypted && verifiesCertificate(target))
}

const isKnownSocket = ({ socket }: Target): boolean => socket !== undefined && isTrustedSocket(socket)

/** The options of the connector for one connection. @throws DbtoolError BAD_CONFIG for a TLS file. */
export function connectorOptions(target: Target, limits: Limits, encrypted: boolean): DriverOptions {
  return {
    ...barePlace(target, encrypted),
    connectTimeout: timerMs(limits.connectTimeoutMs),
    // Without it, the first statement of the connector's pool would have the server's character set, such as utf16.
    collation: 'UTF8MB4_UNICODE_CI',
    typeCast: readValue,
    // Parameters would land in the text of errors.
    logParam: false,
    // An error about the size of a number would come after the commit of an INSERT.
    bigIntAsNumber: false,
    insertIdAsNumber: false,
    decimalAsNumber: false,
    checkNumberRange: false,
    trace: false,
  }
}

/** The options of the connector's pool, which sets up each session itself. @throws as {@link connectorOptions}. */
export function connectorPoolOptions(target: Target, limits: Limits, encrypted: boolean): DriverOptions {
  return { ...connectorOptions(target, limits, encrypted), initSql: sessionStatement(limits, target) }
}

/** The options of the connector as it comes: address, login and TLS alone. @throws as {@link connectorOptions}. */
export function barePlace(target: Target, encrypted: boolean): DriverOptions {
  const files = readTlsFiles(target)
  return {
    ...addressAndLogin(target),
    ssl: encrypted ? tlsOptions(target, files) : false,
    // To the server that was named, and to no other.
    permitRedirect: false,
    ...(maySendPassword(target, encrypted) ? {} : { restrictedAuth: [...challengeResponseMethods] }),
    // A key that comes over a known socket is the server's.
    allowPublicKeyRetrieval: isKnownSocket(target),
  }
}

/**
 * The same options for a socket that is already open. The connector considers only a socket local that it opened by
 * its path, so it gets the path after it has the socket.
 */
export function onSocket({ socketPath, ...options }: DriverOptions, socket: Socket): DriverOptions {
  return {
    ...options,
    stream(this: { socketPath?: string }) {
      if (socketPath !== undefined) this.socketPath = socketPath
      return socket
    },
  }
}

/** The parts of mysql2's options that are set here. */
export interface Mysql2Options {
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
  readonly user: string
  readonly password: string
  readonly database?: string
  readonly ssl?: Readonly<Record<string, unknown>>
  readonly enableCleartextPlugin: boolean
  readonly authPlugins?: Readonly<Record<string, () => never>>
}

/** Methods of mysql2 that send the password, as it is or encrypted with a key from the server. */
const revealingMethods = ['mysql_clear_password', 'sha256_password', 'caching_sha2_password'] as const

/**
 * The options of mysql2 as it comes: address, login and TLS alone.
 * @throws as {@link connectorOptions}; TLS_FAILED for what mysql2 cannot verify.
 */
export function mysql2Options(target: Target, encrypted: boolean): Mysql2Options {
  const { mode } = target.ssl
  const { ca, cert, key } = readTlsFiles(target)
  if (mode === 'verify-fingerprint' || (mode === 'verify-identity' && isIP(target.host) !== 0))
    throw new DbtoolError(
      'TLS_FAILED',
      `mysql2 cannot verify ${mode === 'verify-identity' ? 'an address' : 'a fingerprint'}`,
      {
        hint: 'use --ssl-mode verify-identity and a host name',
      },
    )
  const refuse = (method: string) => (): never => {
    throw Object.assign(new Error(`Unsupported authentication plugin ${method}`), { errno: unsupportedMethod })
  }
  const isTrusted = maySendPassword(target, encrypted)
  return {
    ...addressAndLogin(target),
    ...(encrypted
      ? {
          ssl: {
            ...{ ca, cert, key },
            ...versionRange(target),
            rejectUnauthorized: verifiesCertificate(target),
            verifyIdentity: mode === 'verify-identity',
          },
        }
      : {}),
    enableCleartextPlugin: isTrusted,
    ...(isTrusted
      ? {}
      : { authPlugins: Object.fromEntries(revealingMethods.map((method) => [method, refuse(method)])) }),
  }
}

/** The number that the connector gives to a method it may not use. */
const unsupportedMethod = 45047

function addressAndLogin({
  socket,
  host,
  port,
  user,
  password,
  database,
}: Target): Pick<Mysql2Options, 'host' | 'port' | 'socketPath' | 'user' | 'password' | 'database'> {
  return {
    host,
    port,
    ...(socket === undefined ? {} : { socketPath: socket }),
    user,
    password,
    ...(database === undefined ? {} : { database }),
  }
}
