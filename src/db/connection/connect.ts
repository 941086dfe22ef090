import { connect as openSocket, type Socket } from 'node:net'
import { DbtoolError, messageOf } from '../../errors.ts'
import { channels, type ConnectEvent, type Outcome } from '../diagnostics.ts'
import { notMariaDb, translate } from '../failures.ts'
import type { OnTrace } from '../queries.ts'
import { addressOf, defaultLimits, type Limits, type Target, timerMs } from '../target.ts'
import { Connection } from './connection.ts'
import { driver, type DriverConnection } from './driver.ts'
import { type Greeting, greetingOn } from './greeting.ts'
import { Killer, sideLimits } from './kill.ts'
import { LockObserver } from './lock-observer.ts'
import { connectorOptions, onSocket, willEncrypt } from './options.ts'
import { setUpAgain, setUpSession, within } from './set-up.ts'
import { readTlsFiles } from './tls.ts'

const keepAliveMs = 30_000

export interface ConnectOptions {
  readonly onTrace?: OnTrace | undefined
  /** Undefined: lock waits of this connection are not observed. */
  readonly locks?: LockObserver | undefined
  readonly killer?: Killer | undefined
}

/**
 * Opens one connection and sets up its session. Rejects with a DbtoolError within `connectTimeoutMs` milliseconds. With
 * ssl mode `preferred`, the greeting of the server decides whether the connection is encrypted.
 */
export async function connect(
  target: Target,
  limits: Limits = defaultLimits,
  options: ConnectOptions = { locks: lockObserver(target) },
): Promise<Connection> {
  const started = performance.now()
  let outcome: Outcome = 'ok'
  let connection: number | null = null
  try {
    const opened = await open(await withPassword(target, limits), limits)
    connection = opened.raw.threadId
    const { onTrace, locks, killer = killerOf(target) } = options
    return new Connection({ ...opened, target, limits, onTrace, killer, locks, cut: () => opened.socket.destroy() })
  } catch (error) {
    outcome = error instanceof DbtoolError ? error.code : 'UNEXPECTED'
    throw error
  } finally {
    if (channels.connect.hasSubscribers) {
      const durationMs = performance.now() - started
      const { database } = target
      const event: ConnectEvent = { server: addressOf(target), database, connection, durationMs, outcome }
      channels.connect.publish(event)
    }
  }
}

/** Makes the observer of the lock waits of connections to this target. A pool has one for all its connections. */
export function lockObserver(target: Target): LockObserver {
  return new LockObserver(() => connect(target, sideLimits, {}))
}

/** Makes the killer of statements of connections to this target. A pool has one for all its connections. */
export function killerOf(target: Target): Killer {
  return new Killer(() => connect(target, sideLimits, {}))
}

async function withPassword(target: Target, { connectTimeoutMs }: Limits): Promise<Target> {
  const { passwordFrom } = target
  if (passwordFrom === undefined) return target
  const password = await within(
    connectTimeoutMs,
    (async () => passwordFrom())().catch((cause: unknown) => {
      throw new DbtoolError('BAD_CONFIG', `the function of the option password failed: ${messageOf(cause)}`, { cause })
    }),
    () => new DbtoolError('BAD_CONFIG', `the function of the option password took more than ${connectTimeoutMs} ms`),
  )
  if (typeof password === 'string') return { ...target, password }
  throw new DbtoolError(
    'BAD_CONFIG',
    `the function of the option password must return a string, not ${typeof password}`,
  )
}

interface Opened {
  readonly raw: DriverConnection
  readonly socket: Socket
  readonly encrypted: boolean
  readonly server: string | undefined
  readonly setUp: () => Promise<unknown>
}

async function open(target: Target, limits: Limits): Promise<Opened> {
  const deadline = limits.connectTimeoutMs === 0 ? Infinity : performance.now() + limits.connectTimeoutMs
  // A fault of the configuration needs no server.
  readTlsFiles(target)
  // Dials before the connector is loaded, so that the server's answer is on its way meanwhile.
  const socket = dial(target)
  let greeting: Greeting | undefined
  try {
    const { createConnection } = driver()
    greeting = await greetingOn(socket, timerMs(limits.connectTimeoutMs))
    const encrypted = willEncrypt(target, greeting?.offersTls ?? true)
    const connecting = createConnection(onSocket(connectorOptions(target, limits, encrypted), socket))
    socket.resume()
    const raw = await connecting
    if (greeting?.isMariaDb === false && target.allowsMySql !== true) await assertMariaDb(raw)
    // Without a listener, the process would end when the server closes an idle connection.
    raw.on('error', () => undefined)
    const setUp = (): Promise<unknown> => setUpAgain(raw, target, limits)
    const server = await setUpSession({ raw, socket, target, limits, deadline })
    return { raw, socket, encrypted, server, setUp }
  } catch (error) {
    socket.destroy()
    if (greeting?.isMariaDb !== false || target.allowsMySql === true) throw translate(error, target)
    throw notMariaDb(greeting.version, target, error)
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
