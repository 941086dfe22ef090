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

/** The server of one run: everybody measured logs in with the same account. */
export interface BenchServer {
  /** DBTOOL_HOME; files of the run go into it too. */
  readonly home: string
  readonly socket: string
  readonly user: string
  readonly password: string
  target(database?: string): Target
  /** The same for a command line of dbtool. */
  environment(database: string): Record<string, string>
  /** One connection without a statement time-out; an interrupt ends what it does. */
  connection<T>(database: string | undefined, work: (connection: Connection) => Promise<T>): Promise<T>
}

/** Long statements are the point here, and a stuck one must not hang for ever. */
export const limits: Limits = { ...defaultLimits, statementTimeoutMs: 1_800_000 }

/** A private MariaDB in a temporary home; stopped and removed after `work`, whatever happens there. */
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

  /** Not every peer knows how to log in without a password. */
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

/** If this process is killed, a shell that waits for its end stops the server and removes its home. */
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
