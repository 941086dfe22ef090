import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../errors.ts'
import { prepareDirectories } from './directories.ts'
import { checkSocketPath, type ServerPaths } from './home.ts'
import { hasData, installData } from './install.ts'
import { launch, type Launched } from './launch.ts'
import { openPort } from './port.ts'
import { discardPrevious, returnPrevious } from './previous-data.ts'
import { assertOwnHome } from './ownership.ts'
import { processState, readPid } from './process.ts'
import { findPrograms } from './programs.ts'
import { answers, withSession } from './session.ts'
import { databaseName, type ServerStatus, statusOver } from './status.ts'
import { loginName } from './login.ts'
import type { ServerUser } from './user.ts'

/** Time limit for waiting until another server has stopped. */
const handoverTimeoutMs = 30_000
const pollMs = 50

export interface StartOptions {
  /** Opens this TCP port on 127.0.0.1, protected by a password. By default, only the socket is open. */
  readonly port?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Receives one line at the start of each slow step. */
  readonly progress?: ((message: string) => void) | undefined
}

export interface StartResult {
  /** False if the server was already running. */
  readonly started: boolean
  readonly status: ServerStatus
  readonly warnings: readonly string[]
}

/**
 * Starts the private server unless it is running, and first creates its data directory if necessary. Two processes may
 * call it at the same time.
 * @throws DbtoolError SERVER_FAILED if MariaDB is missing, does not start, or runs with another port than the given
 * one.
 */
export async function startServer(paths: ServerPaths, options: StartOptions = {}): Promise<StartResult> {
  checkSocketPath(paths)
  assertOwnHome(paths)
  loginName()
  if (await isHandedOver(paths))
    return { started: false, status: await complete(paths, options, undefined), warnings: [] }
  const programs = findPrograms()
  returnPrevious(paths)
  // Before anything is created or given away: the data may be somebody else's.
  hasData(paths)
  const user = prepareDirectories(paths, options.progress)
  await ensureData(paths, user, options)
  options.progress?.('starting MariaDB')
  const launched = await launch({ paths, programs, user, port: options.port, signal: options.signal })
  try {
    const status = await complete(paths, options, launched)
    const started = status.pid === launched.pid
    if (!started) launched.kill()
    await discardPrevious(paths)
    return { started, status, warnings: started ? user.warnings : [] }
  } catch (error) {
    const failure = await launched.failure()
    if ((await readPid(paths)) !== launched.pid) launched.kill()
    throw failure ?? error
  }
}

async function ensureData(paths: ServerPaths, user: ServerUser, { progress, signal }: StartOptions): Promise<void> {
  if (hasData(paths)) return
  progress?.('creating the data directory')
  await installData({ paths, programs: findPrograms(), user, signal })
}

/**
 * Completes the start of a running server, which another process may have started. Checks the port, and creates the
 * database and the account for the port.
 */
async function complete(
  paths: ServerPaths,
  { port }: StartOptions,
  launched: Launched | undefined,
): Promise<ServerStatus> {
  return withSession(paths, async (connection) => {
    const status = await statusOver(connection, paths)
    if (port !== undefined && status.port !== port) throw otherPort(status)
    const defaults = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci'
    await connection.execute(`CREATE DATABASE IF NOT EXISTS \`${databaseName}\` ${defaults}`)
    if (port !== undefined && status.pid === launched?.pid) await openPort(connection, paths, port)
    return status
  })
}

function otherPort(status: ServerStatus): DbtoolError {
  const how = status.port === null ? 'without a port' : `on port ${status.port}`
  return new DbtoolError('SERVER_FAILED', `the private server is already running, ${how}`, {
    hint: 'stop it first: dbtool server stop',
  })
}

/**
 * Waits while the states of socket and process differ: a server is then stopping, dying or starting, and blocks another
 * one. Resolves to true if a server runs.
 * @throws DbtoolError SERVER_FAILED if that does not end, because the socket was deleted.
 */
async function isHandedOver(paths: ServerPaths): Promise<boolean> {
  const deadline = performance.now() + handoverTimeoutMs
  for (;;) {
    const pid = await readPid(paths)
    const state = await processState(pid, paths)
    const listening = await answers(paths)
    const late = performance.now() > deadline
    if (pid === undefined || state === 'unknown' || listening === (state === 'server') || (listening && late))
      return listening
    if (late) throw withoutSocket(pid, paths)
    await sleep(pollMs)
  }
}

function withoutSocket(pid: number, paths: ServerPaths): DbtoolError {
  const message = `the private server runs as process ${pid}, but its socket ${paths.socket} does not answer`
  return new DbtoolError('SERVER_FAILED', message, { hint: 'stop it first: dbtool server stop' })
}
