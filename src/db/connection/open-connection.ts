import { connect as openSocket, type Socket } from 'node:net'
import { DbtoolError, messageOf } from '../../errors.ts'
import { kindOf } from '../../kind-of.ts'
import { publishConnect } from '../diagnostics.ts'
import { notMariaDb, translate } from '../failures.ts'
import type { OnTrace } from '../queries.ts'
import { type Limits, type Target, type TargetRole, timerMs } from '../target.ts'
import { Connection } from './connection.ts'
import { type DriverConnection, loadDriver } from './driver.ts'
import { type Greeting, greetingOn } from './greeting.ts'
import { Killer, type KillerOptions, sideLimits } from './kill.ts'
import { LockObserver } from './lock-observer.ts'
import { withNewDatabase } from './late-database.ts'
import type { RoleAnswer } from './server-role.ts'
import { connectorOptions, onSocket, willEncrypt } from './options.ts'
import { setUpAgain, setUpSession, type SetUpSession, within } from './set-up.ts'
import { readTlsFiles } from './tls.ts'
import { onAbort, unlessAborted } from '../on-abort.ts'

const keepAliveMs = 30_000

export interface ConnectOptions {
  readonly onTrace?: OnTrace | undefined
  /** Undefined: lock waits of this connection are not observed. */
  readonly locks?: LockObserver | undefined
  readonly killer?: Killer | undefined
  /** Gives up the attempt to connect, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Listens to errors after which the server is no longer fit for its role. */
  readonly onUnfit?: ((error: DbtoolError) => void) | undefined
}

export interface OpenedConnection {
  readonly connection: Connection
  /** The answer to the question for its role, if it was asked. */
  readonly role: RoleAnswer | undefined
  readonly behindSeconds: number | undefined
}

type OpenOptions = ConnectOptions & { readonly askedRole?: TargetRole }

/**
 * Opens one connection to one server and sets up its session. Rejects with a DbtoolError within `connectTimeoutMs`
 * milliseconds. With ssl mode `preferred`, the greeting of the server decides whether the connection is encrypted.
 */
export function openConnection(target: Target, limits: Limits, options: OpenOptions = {}): Promise<OpenedConnection> {
  return withNewDatabase((to, within) => openOnce(to, within, options), target, limits)
}

async function openOnce(
  target: Target,
  limits: Limits,
  { askedRole = 'any', signal, ...options }: OpenOptions,
): Promise<OpenedConnection> {
  const started = performance.now()
  let connection: number | null = null
  let failure: unknown
  try {
    const withSecret = await unlessAborted(signal, withPassword(target, limits))
    const { role, behindSeconds, ...opened } = await open(withSecret, limits, askedRole, signal)
    connection = opened.raw.threadId
    const { socket, encrypted } = opened
    const plainSocket = encrypted ? undefined : socket
    const cut = (): void => void socket.destroy()
    const sides = { killer: killerOf(target), ...options }
    const made = new Connection({ ...opened, ...sides, target, limits, cut, plainSocket })
    return { connection: made, role, behindSeconds }
  } catch (error) {
    failure = error
    throw error
  } finally {
    publishConnect(target, connection, performance.now() - started, failure)
  }
}

const beside = async (target: Target): Promise<Connection> => (await openConnection(target, sideLimits)).connection

/** Makes the observer of the lock waits of connections to this server. A pool has one for all its connections. */
export function lockObserver(target: Target): LockObserver {
  return new LockObserver(() => beside(target))
}

/** Makes the killer of statements of connections to this server. A pool has one for all its connections. */
export function killerOf(target: Target, options?: KillerOptions): Killer {
  return new Killer(() => beside(target), options)
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
  throw new DbtoolError('BAD_CONFIG', `the function of the option password must return text, not ${kindOf(password)}`)
}

interface Opened extends SetUpSession {
  readonly raw: DriverConnection
  readonly socket: Socket
  readonly encrypted: boolean
  readonly setUp: () => Promise<void>
}

async function open(target: Target, limits: Limits, role: TargetRole, signal?: AbortSignal): Promise<Opened> {
  const deadline = limits.connectTimeoutMs === 0 ? Infinity : performance.now() + limits.connectTimeoutMs
  signal?.throwIfAborted()
  // A fault of the configuration needs no server.
  readTlsFiles(target)
  // Dials before the connector is loaded, so that the server's answer is on its way meanwhile.
  const socket = dial(target)
  const stopListening = onAbort(signal, () => giveUp(socket))
  let greeting: Greeting | undefined
  try {
    const answered = greetingOn(socket, timerMs(limits.connectTimeoutMs))
    const [{ createConnection }, answer] = await Promise.all([loadDriver(), answered])
    greeting = answer
    signal?.throwIfAborted()
    const encrypted = willEncrypt(target, greeting?.offersTls ?? true)
    const connecting = createConnection(onSocket(connectorOptions(target, limits, encrypted), socket))
    socket.resume()
    const raw = await connecting
    if (greeting?.isMariaDb === false && target.allowsMySql !== true) await assertMariaDb(raw)
    // Without a listener, the process would end when the server closes an idle connection.
    raw.on('error', () => undefined)
    const session = await setUpSession({ raw, socket, target, limits, deadline, role })
    const { accountRole } = session
    const setUp = (): Promise<void> => setUpAgain({ raw, target, limits, accountRole })
    return { raw, socket, encrypted, ...session, setUp }
  } catch (error) {
    socket.destroy()
    signal?.throwIfAborted()
    if (greeting?.isMariaDb !== false || target.allowsMySql === true)
      throw translate(error, { ...target, offersTls: greeting?.offersTls })
    throw translate(notMariaDb(greeting.version, target, error), target)
  } finally {
    stopListening()
  }
}

/**
 * Closes the socket as the server would. Destroyed with an error, it would pass the error on to the TLS socket on it.
 * The connector has removed the listeners of that one by then, so the process would end.
 */
function giveUp(socket: Socket): void {
  socket.destroy()
  socket.emit('end')
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
  // It may be destroyed with an error while nobody else listens.
  socket.on('error', () => undefined)
  return socket
}
