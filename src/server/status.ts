import type { ServerPaths } from './home.ts'
import { answers, isRunning, readPid } from './process.ts'
import { withSession } from './session.ts'
import { loginName } from './login.ts'

/** The database that the server is made for. */
export const databaseName = 'dbtool'

/** The columns of `server status --json`; all of them null while it does not run. */
export interface ServerStatus {
  running: boolean
  pid: number | null
  socket: string | null
  /** The TCP port on 127.0.0.1, or null: the socket is the only way in. */
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

/**
 * Where commands connect when nothing is configured. No SQL, no driver; not fooled by what a crash left. Never rejects.
 */
export async function findRunning(paths: ServerPaths): Promise<RunningServer | undefined> {
  if (!(await isRunning(paths))) return undefined
  try {
    return { socket: paths.socket, user: loginName(), database: databaseName }
  } catch {
    return undefined
  }
}

/** Asks the server itself. @throws DbtoolError SERVER_FAILED when it listens but does not answer. */
export async function serverStatus(paths: ServerPaths): Promise<ServerStatus> {
  if (!(await answers(paths.socket))) return { ...notRunning }
  const facts = await withSession(paths, (connection) =>
    connection.rows<{ version: string; port: number; closed: number }>(
      'SELECT @@version AS version, @@port AS port, @@skip_networking AS closed',
    ),
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
