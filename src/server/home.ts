import { existsSync, realpathSync, statSync, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DbtoolError } from '../errors.ts'

/** Where the private server keeps what it has; all paths are absolute. */
export interface ServerPaths {
  readonly home: string
  /** Everything of the server is in here. */
  readonly directory: string
  readonly data: string
  /** Holds socket and pid file. MariaDB opens its socket to all, so this directory is what keeps neighbours out. */
  readonly run: string
  readonly socket: string
  readonly pidFile: string
  /** MariaDB's own, since at its start it deletes all temporary tables that it finds, also those of other servers. */
  readonly temporary: string
  readonly log: string
  /** JSON `{ port, user, password }` of the last start with a port. */
  readonly portFile: string
}

/** The numbers by which the kernel decides what a process may enter. */
export interface Identity {
  readonly uid: number
  readonly gid: number
}

/** The field of a unix socket's address has 104 bytes on macOS (108 on Linux), the last one for the zero. */
const socketPathBytes = 103
const rootHome = '/var/lib/dbtool'
const stranger: Identity = { uid: -1, gid: -1 }

/** Never fails and touches nothing: every command asks, also those that need no private server. */
export function serverPaths(env: NodeJS.ProcessEnv): ServerPaths {
  const home = resolve(homeOf(env))
  const directory = join(home, 'server')
  const run = join(directory, 'run')
  return {
    home,
    directory,
    data: join(directory, 'data'),
    run,
    socket: join(run, 'mariadb.sock'),
    pidFile: join(run, 'mariadb.pid'),
    temporary: join(run, 'tmp'),
    log: join(directory, 'mariadb.log'),
    portFile: join(directory, 'port.json'),
  }
}

function homeOf(env: NodeJS.ProcessEnv): string {
  if (env['DBTOOL_HOME']) return env['DBTOOL_HOME']
  if (env['XDG_DATA_HOME']) return join(env['XDG_DATA_HOME'], 'dbtool')
  const home = join(env['HOME'] || homedir(), '.local', 'share', 'dbtool')
  // Root's server runs as somebody else, whom root's own home shuts out.
  return isRoot() && closedDirectory(dirname(home), stranger) !== undefined ? rootHome : home
}

export function isRoot(): boolean {
  return process.geteuid?.() === 0
}

/** The nearest directory at or above `path` that `who` cannot pass. What does not exist yet counts as open. */
export function closedDirectory(path: string, who: Identity): string | undefined {
  for (let directory = existing(path); ; directory = dirname(directory)) {
    if (!passable(statSync(directory), who)) return directory
    if (directory === dirname(directory)) return undefined
  }
}

/** The real path of the nearest part of `path` that exists: behind a link, other directories decide. */
function existing(path: string): string {
  let directory = path
  while (!existsSync(directory) && directory !== dirname(directory)) directory = dirname(directory)
  return realpathSync(directory)
}

export function passable(directory: Stats, who: Identity): boolean {
  if (who.uid === 0) return true
  const bit = directory.uid === who.uid ? 0o100 : directory.gid === who.gid ? 0o010 : 0o001
  return (directory.mode & bit) !== 0
}

/** @throws DbtoolError SERVER_FAILED when the socket's path is longer than an operating system takes. */
export function checkSocketPath(paths: ServerPaths): void {
  const bytes = Buffer.byteLength(paths.socket)
  if (bytes <= socketPathBytes) return
  throw new DbtoolError(
    'SERVER_FAILED',
    `the path of the server's socket, ${paths.socket}, has ${bytes} bytes, and a socket's path can have ${socketPathBytes}`,
    { hint: 'set DBTOOL_HOME to a shorter directory' },
  )
}
