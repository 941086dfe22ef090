import { readFileSync } from 'node:fs'
import { connect as openSocket, isIP, type Socket } from 'node:net'
import { DbtoolError } from '../../errors.ts'
import { DatabaseError, translate } from '../failures.ts'
import type { OnTrace } from '../queries.ts'
import { defaultLimits, type Limits, type Target, timerMs } from '../target.ts'
import { readInstant } from '../utc.ts'
import { Connection } from './connection.ts'
import { driver, type DriverOptions } from './driver.ts'
import { killAtServer, killLimits } from './kill.ts'
import { sessionStatements } from './session.ts'

const keepAliveMs = 30_000

/**
 * Opens one connection and sets up its session. Every attempt rejects with a DbtoolError within `connectTimeoutMs`
 * milliseconds. With ssl mode `preferred`, a server without TLS gets a second, unencrypted attempt.
 */
export async function connect(target: Target, limits: Limits = defaultLimits, onTrace?: OnTrace): Promise<Connection> {
  const attempt = (encrypted: boolean): Promise<Connection> => open({ target, limits, onTrace, encrypted })
  if (target.ssl.mode !== 'preferred') return attempt(target.ssl.mode !== 'disabled')
  if (target.socket !== undefined) return attempt(false)
  try {
    return await attempt(true)
  } catch (error) {
    if (error instanceof DatabaseError && error.errno === driverNoTls) return attempt(false)
    throw error
  }
}

const driverNoTls = 45023

interface Opening {
  readonly target: Target
  readonly limits: Limits
  readonly onTrace: OnTrace | undefined
  readonly encrypted: boolean
}

async function open({ target, limits, onTrace, encrypted }: Opening): Promise<Connection> {
  // Dials before the connector is loaded, so that the server's answer is on its way meanwhile.
  const socket = dial(target)
  try {
    const raw = await driver().createConnection({ ...driverOptions(target, limits, encrypted), stream: () => socket })
    // Without a listener, the process would end when the server closes an idle connection.
    raw.on('error', () => undefined)
    const kill = (threadId: number): Promise<void> => killAtServer(() => connect(target, killLimits), threadId)
    return new Connection({ raw, target, limits, onTrace, kill, cut: () => socket.destroy() })
  } catch (error) {
    socket.destroy()
    throw translate(error, target)
  }
}

function dial(target: Target): Socket {
  const socket = target.socket === undefined ? openSocket(target.port, target.host) : openSocket(target.socket)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMs)
  return socket
}

/**
 * The options of the connector, also for the pool mode that uses the connector's own pool. All workarounds for its
 * behaviour are here.
 */
export function driverOptions(target: Target, limits: Limits, encrypted: boolean): DriverOptions {
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    ...(target.database === undefined ? {} : { database: target.database }),
    ssl: encrypted ? tlsOptions(target) : false,
    connectTimeout: timerMs(limits.connectTimeoutMs),
    initSql: sessionStatements(limits, target.readOnly),
    typeCast: readInstant,
    // Otherwise error messages would contain the parameters.
    logParam: false,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    decimalAsNumber: false,
    checkNumberRange: true,
    trace: false,
    // Connect only to the server that the user named.
    permitRedirect: false,
  }
}

/** Options that the connector passes to node:tls. Its own types lack some of them. */
type TlsOptions = Exclude<DriverOptions['ssl'], undefined> & {
  host?: string
  servername?: string
  checkServerIdentity?: () => undefined
}

/**
 * The TLS options of an ssl mode. `verify-ca` checks the certificate chain, `verify-identity` also the host name.
 * `preferred` and `required` only encrypt, unless a CA is given: then they check the chain too, since a given CA must
 * not be ignored.
 */
function tlsOptions(target: Target): TlsOptions {
  const { mode, ca } = target.ssl
  if (ca === undefined && (mode === 'preferred' || mode === 'required')) return { rejectUnauthorized: false }
  return {
    ...(ca === undefined ? {} : { ca: readCertificate(ca) }),
    // Without servername or host, Node would check the certificate against "localhost". RFC 6066 allows no address as a
    // server name.
    ...(isIP(target.host) === 0 ? { servername: target.host } : { host: target.host }),
    ...(mode === 'verify-identity' ? {} : { checkServerIdentity: () => undefined }),
  }
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbtoolError('BAD_CONFIG', `cannot read the CA certificate '${path}' (--ssl-ca)`, {
      cause,
      hint: 'set --ssl-ca to the path of a PEM file',
    })
  }
}
