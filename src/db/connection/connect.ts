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

/** Opens one connection and sets its session up; every attempt rejects within `connectTimeoutMs` with a DbtoolError. */
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
  // First, since the server answers while the connector is loaded.
  const socket = dial(target)
  try {
    const raw = await driver().createConnection({ ...driverOptions(target, limits, encrypted), stream: () => socket })
    // Without a listener, a connection that the server closes while idle would end the process.
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
 * What the connector is told, by the pool modes that use its own pool too; everything that facts about it demand is
 * here.
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
    // Parameters would land in the text of errors.
    logParam: false,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    decimalAsNumber: false,
    checkNumberRange: true,
    trace: false,
    // To the server that was named, and to no other.
    permitRedirect: false,
  }
}

/** The connector passes these on to node:tls; its types leave some out. */
type TlsOptions = Exclude<DriverOptions['ssl'], undefined> & {
  host?: string
  servername?: string
  checkServerIdentity?: () => undefined
}

/**
 * verify-ca checks the certificate's chain, verify-identity the host's name too; preferred and required only encrypt,
 * but check the chain where a CA is given: nobody gives one to have it ignored.
 */
function tlsOptions(target: Target): TlsOptions {
  const { mode, ca } = target.ssl
  if (ca === undefined && (mode === 'preferred' || mode === 'required')) return { rejectUnauthorized: false }
  return {
    ...(ca === undefined ? {} : { ca: readCertificate(ca) }),
    // Without one of them the certificate would be checked against "localhost"; an address is no server name (RFC
    // 6066).
    ...(isIP(target.host) === 0 ? { servername: target.host } : { host: target.host }),
    ...(mode === 'verify-identity' ? {} : { checkServerIdentity: () => undefined }),
  }
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbtoolError('BAD_CONFIG', `cannot read the certificate of --ssl-ca, '${path}'`, {
      cause,
      hint: 'give --ssl-ca the path of a PEM file',
    })
  }
}
