import type { Queries } from '../db/queries.ts'
import type { ServerPaths } from './home.ts'
import { assertOwnHome, foreignPart, foreignSentence } from './ownership.ts'
import { processState, readPid } from './process.ts'
import { answers, ifRunning, isSocket } from './session.ts'
import { loginName } from './login.ts'

/** The database of the private server. */
export const databaseName = 'dbtool'

/** The columns of `server status --json`. If the server is not running, all others are null. */
export interface ServerStatus {
  running: boolean
  pid: number | null
  socket: string | null
  /** The TCP port on 127.0.0.1; null if only the socket is open. */
  port: number | null
  user: string | null
  database: string | null
  data_directory: string | null
  version: string | null
}

export interface RunningServer {
  readonly socket: string
  readonly user: string
  readonly database: string
}

const notRunning: ServerStatus = {
  running: false,
  pid: null,
  socket: null,
  port: null,
  user: null,
  database: null,
  data_directory: null,
  version: null,
}

/** A server listens there, but another user could have started it; `foreign` is a sentence about it. */
export interface ForeignServer {
  readonly foreign: string
}

/** There are data of the private server, but it does not run. */
export interface StoppedServer {
  readonly isStopped: true
}

/**
 * Resolves to the private server, to which commands connect without settings, or undefined without any data. The
 * process of a running one needs no connection: the command's own connection asks the server. A process that is not
 * visible, as from a container, is asked by a login. Ignores a socket that a crash left behind. Never rejects.
 */
export async function findServer(
  paths: ServerPaths,
): Promise<RunningServer | ForeignServer | StoppedServer | undefined> {
  try {
    if (!isSocket(paths.socket)) return await ifInstalled(paths)
    const foreign = foreignPart(paths)
    if (foreign !== undefined) return { foreign: `${foreignSentence(foreign)}, so it is ignored` }
    return (await hasProcess(paths)) || (await answers(paths))
      ? { socket: paths.socket, user: loginName(), database: databaseName }
      : await ifInstalled(paths)
  } catch {
    return undefined
  }
}

async function ifInstalled(paths: ServerPaths): Promise<StoppedServer | undefined> {
  const { hasData } = await import('./install.ts')
  return hasData(paths) && !(await hasProcess(paths)) ? { isStopped: true } : undefined
}

async function hasProcess(paths: ServerPaths): Promise<boolean> {
  return (await processState(await readPid(paths), paths)) === 'server'
}

/**
 * Queries the private server for its state.
 * @throws DbtoolError SERVER_FAILED if it listens but does not answer, or if it may belong to another user.
 */
export async function serverStatus(paths: ServerPaths): Promise<ServerStatus> {
  assertOwnHome(paths)
  return (await ifRunning(paths, (connection) => statusOver(connection, paths))) ?? { ...notRunning }
}

/** The state of the private server, asked on a connection to it. */
export async function statusOver(connection: Queries, paths: ServerPaths): Promise<ServerStatus> {
  const facts = await connection.rows<{ version: string; port: number; closed: number }>(
    'SELECT @@version AS version, @@port AS port, @@skip_networking AS closed',
  )
  const { version = null, port = null, closed = 1 } = facts[0] ?? {}
  return {
    running: true,
    pid: (await readPid(paths)) ?? null,
    socket: paths.socket,
    port: closed === 1 ? null : port,
    user: loginName(),
    database: databaseName,
    data_directory: paths.data,
    version,
  }
}
