import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../errors.ts'
import { prepareDirectories } from './directories.ts'
import { checkSocketPath, type ServerPaths } from './home.ts'
import { hasData, installData } from './install.ts'
import { launch, type Launched } from './launch.ts'
import { openPort } from './port.ts'
import { answers, processState, readPid } from './process.ts'
import { findPrograms } from './programs.ts'
import { withSession } from './session.ts'
import { databaseName, serverStatus, type ServerStatus } from './status.ts'
import { loginName } from './login.ts'
import type { ServerUser } from './user.ts'

/** How long a start waits for a server that is just stopping. */
const handoverTimeoutMs = 30_000
const pollMs = 50

export interface StartOptions {
  /** Opens this TCP port on 127.0.0.1, behind a password; without it there is the socket only. */
  readonly port?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Told what takes time, as one line. */
  readonly progress?: ((message: string) => void) | undefined
}

export interface StartResult {
  /** False when it ran already. */
  readonly started: boolean
  readonly status: ServerStatus
  readonly warnings: readonly string[]
}

/**
 * Starts the private server unless it runs, and makes its data directory first if need be. Two processes may call it at
 * once.
 * @throws DbtoolError SERVER_FAILED when MariaDB is missing, does not start, or runs with another port than asked for.
 */
export async function startServer(paths: ServerPaths, options: StartOptions = {}): Promise<StartResult> {
  checkSocketPath(paths)
  loginName()
  await untilHandedOver(paths)
  if (await answers(paths.socket))
    return { started: false, status: await ready(paths, options, undefined), warnings: [] }
  const programs = findPrograms()
  const user = prepareDirectories(paths)
  await ensureData(paths, user, options)
  options.progress?.('starting MariaDB')
  const launched = await launch({ paths, programs, user, port: options.port, signal: options.signal })
  try {
    const status = await ready(paths, options, launched)
    const started = status.pid === launched.pid
    if (!started) launched.kill()
    return { started, status, warnings: started ? user.warnings : [] }
  } catch (error) {
    const failure = await launched.failure()
    if ((await readPid(paths)) !== launched.pid) launched.kill()
    throw failure ?? error
  }
}

async function ensureData(paths: ServerPaths, user: ServerUser, { progress, signal }: StartOptions): Promise<void> {
  if (hasData(paths)) return
  progress?.('making the data directory')
  await installData({ paths, programs: findPrograms(), user, signal })
}

/**
 * It runs, started by us or by another start at the same time: is it what was asked for, and has it all it should have?
 */
async function ready(
  paths: ServerPaths,
  { port }: StartOptions,
  launched: Launched | undefined,
): Promise<ServerStatus> {
  const status = await serverStatus(paths)
  if (port !== undefined && status.port !== port) throw otherPort(status)
  await withSession(paths, async (connection) => {
    const defaults = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci'
    await connection.execute(`CREATE DATABASE IF NOT EXISTS \`${databaseName}\` ${defaults}`)
    if (port !== undefined && status.pid === launched?.pid) await openPort(connection, paths, port)
  })
  return status
}

function otherPort(status: ServerStatus): DbtoolError {
  const how = status.port === null ? 'without a port' : `on port ${status.port}`
  return new DbtoolError('SERVER_FAILED', `the private server is already running, ${how}`, {
    hint: 'stop it first: dbtool server stop',
  })
}

/**
 * Waits while socket and process contradict each other: a server is stopping, dying or coming up, and blocks another
 * one.
 * @throws DbtoolError SERVER_FAILED when that does not end, since somebody deleted the socket.
 */
async function untilHandedOver(paths: ServerPaths): Promise<void> {
  const deadline = performance.now() + handoverTimeoutMs
  for (;;) {
    const pid = await readPid(paths)
    const state = await processState(pid, paths)
    const listening = await answers(paths.socket)
    const late = performance.now() > deadline
    if (pid === undefined || state === 'unknown' || listening === (state === 'ours') || (listening && late)) return
    if (late) throw withoutSocket(pid, paths)
    await sleep(pollMs)
  }
}

function withoutSocket(pid: number, paths: ServerPaths): DbtoolError {
  const message = `the private server runs as process ${pid}, but nobody answers at its socket ${paths.socket}`
  return new DbtoolError('SERVER_FAILED', message, { hint: 'stop it first: dbtool server stop' })
}
