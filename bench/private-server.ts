import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../src/db/connection/connect.ts'
import type { Connection } from '../src/db/connection/connection.ts'
import { defaultLimits, socketTarget, type Limits, type Target } from '../src/db/target.ts'
import { serverPaths } from '../src/server/home.ts'
import { startServer } from '../src/server/start.ts'
import { stopServer } from '../src/server/stop.ts'

/** The server of one run; dbtool and all peers log in with the same account. */
export interface BenchServer {
  /** DBTOOL_HOME, which also holds the files of the run. */
  readonly home: string
  readonly socket: string
  readonly user: string
  readonly password: string
  target(database?: string): Target
  /** The environment with the same target, for a command line of dbtool. */
  environment(database: string): Record<string, string>
  /** Calls `work` with a connection whose statement time-out is half an hour; an interrupt stops its statement. */
  connection<T>(database: string | undefined, work: (connection: Connection) => Promise<T>): Promise<T>
}

/** Long statements are expected here, but a stuck one must end some time. */
export const limits: Limits = { ...defaultLimits, statementTimeoutMs: 1_800_000 }

/** Calls `work` with a private MariaDB in a temporary home, which is stopped and removed afterwards in any case. */
export async function withPrivateServer<T>(signal: AbortSignal, work: (server: BenchServer) => Promise<T>): Promise<T> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'dbtool-bench-')))
  const paths = serverPaths({ DBTOOL_HOME: home })
  const release = watchOver(home, paths.pidFile)
  try {
    const { status } = await startServer(paths, { signal })
    const server = new Access(home, paths.socket, signal)
    await server.open(status.user ?? '')
    return await work(server)
  } finally {
    await stopServer(paths)
    rmSync(home, { recursive: true, force: true })
    release()
  }
}

class Access implements BenchServer {
  readonly user = 'bench'
  readonly password = randomBytes(18).toString('base64url')

  constructor(
    readonly home: string,
    readonly socket: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Creates an account with a password, because some peers cannot log in without one. */
  async open(osUser: string): Promise<void> {
    const session = await connect(socketTarget(this.socket, osUser))
    await session.execute(`CREATE USER '${this.user}'@localhost IDENTIFIED BY '${this.password}'`)
    await session.execute(`GRANT ALL ON *.* TO '${this.user}'@localhost`)
    await session.close()
  }

  target(database?: string): Target {
    return { ...socketTarget(this.socket, this.user, database), password: this.password }
  }

  environment(database: string): Record<string, string> {
    return {
      DBTOOL_HOME: this.home,
      DB_SOCKET: this.socket,
      DB_USER: this.user,
      DB_PASSWORD: this.password,
      DB_NAME: database,
      DB_STATEMENT_TIMEOUT: String(limits.statementTimeoutMs / 1_000),
    }
  }

  async connection<T>(database: string | undefined, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await connect(this.target(database), limits)
    let stopping: Promise<void> | undefined
    const stop = (): void => void (stopping = connection.stop())
    this.signal.addEventListener('abort', stop, { once: true })
    try {
      return await work(connection)
    } finally {
      this.signal.removeEventListener('abort', stop)
      await (stopping ?? connection.close())
    }
  }
}

/** Starts a shell that waits for the end of this process. If it is killed, the shell stops the server and cleans up. */
function watchOver(home: string, pidFile: string): () => void {
  const script =
    'while read -r _; do :; done; pid=$(cat "$2" 2>/dev/null) && kill -9 "$pid" 2>/dev/null; sleep 0.5; rm -rf "$1"'
  const shell = spawn('sh', ['-c', script, 'sh', home, pidFile], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  return () => shell.kill('SIGKILL')
}
