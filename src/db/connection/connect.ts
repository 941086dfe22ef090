import { connect as openSocket, type Socket } from 'node:net'
import { notMariaDb, translate } from '../failures.ts'
import type { OnTrace } from '../queries.ts'
import { defaultLimits, type Limits, type Target, timerMs } from '../target.ts'
import { Connection } from './connection.ts'
import { type DriverConnection, loadDriver } from './driver.ts'
import { type Greeting, greetingOn } from './greeting.ts'
import { killAtServer, sideLimits } from './kill.ts'
import { LockObserver } from './lock-observer.ts'
import { connectorOptions, onSocket, willEncrypt } from './options.ts'
import { readTlsFiles } from './tls.ts'

const keepAliveMs = 30_000

export interface ConnectOptions {
  readonly onTrace?: OnTrace | undefined
  /** Undefined: lock waits of this connection are not observed. */
  readonly locks?: LockObserver | undefined
}

/**
 * Opens one connection and sets up its session. Rejects with a DbtoolError within `connectTimeoutMs` milliseconds. With
 * ssl mode `preferred`, the greeting of the server decides whether the connection is encrypted.
 */
export async function connect(
  target: Target,
  limits: Limits = defaultLimits,
  { onTrace, locks }: ConnectOptions = { locks: lockObserver(target) },
): Promise<Connection> {
  const { raw, socket, encrypted } = await open(target, limits)
  const kill = (threadId: number): Promise<void> => killAtServer(() => connect(target, sideLimits, {}), threadId)
  return new Connection({ raw, target, limits, encrypted, onTrace, kill, locks, cut: () => socket.destroy() })
}

/** Makes the observer of the lock waits of connections to this target. A pool has one for all its connections. */
export function lockObserver(target: Target): LockObserver {
  return new LockObserver(() => connect(target, sideLimits, {}))
}

interface Opened {
  readonly raw: DriverConnection
  readonly socket: Socket
  readonly encrypted: boolean
}

async function open(target: Target, limits: Limits): Promise<Opened> {
  // A fault of the configuration needs no server.
  readTlsFiles(target)
  // Dials before the connector is loaded, so that the server's answer is on its way meanwhile.
  const socket = dial(target)
  let greeting: Greeting | undefined
  try {
    const answered = greetingOn(socket, timerMs(limits.connectTimeoutMs))
    const [{ createConnection }, answer] = await Promise.all([loadDriver(), answered])
    greeting = answer
    const encrypted = willEncrypt(target, greeting?.offersTls ?? true)
    const connecting = createConnection(onSocket(connectorOptions(target, limits, encrypted), socket))
    socket.resume()
    const raw = await connecting
    if (greeting?.isMariaDb === false && target.allowsMySql !== true) await assertMariaDb(raw)
    // Without a listener, the process would end when the server closes an idle connection.
    raw.on('error', () => undefined)
    return { raw, socket, encrypted }
  } catch (error) {
    socket.destroy()
    if (greeting?.isMariaDb !== false || target.allowsMySql === true) throw translate(error, target)
    throw translate(notMariaDb(greeting.version, target, error), target)
  }
}

/** A proxy in front of a MariaDB may greet as MySQL; the server behind it says what it is. */
async function assertMariaDb(raw: DriverConnection): Promise<void> {
  const [row] = await raw.query<{ version: string }[]>('SELECT VERSION() AS version')
  if (row?.version.includes('MariaDB') !== true) throw new Error(`the server says that it is ${row?.version ?? '?'}`)
}

function dial(target: Target): Socket {
  const socket = target.socket === undefined ? openSocket(target.port, target.host) : openSocket(target.socket)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMs)
  return socket
}
