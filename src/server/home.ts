import { statSync, type Stats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DbtoolError } from '../errors.ts'
import { realPathOfExisting } from '../file-trust.ts'
import { userFolder } from '../user-folders.ts'

/** The files of the private server, as absolute paths. */
export interface ServerPaths {
  readonly home: string
  /** Contains all files of the server. */
  readonly directory: string
  readonly data: string
  /** Contains socket and pid file. MariaDB opens its socket to every user, so this directory restricts the access. */
  readonly run: string
  readonly socket: string
  readonly pidFile: string
  /** For this server alone: at its start, MariaDB deletes all temporary tables here, even those of other servers. */
  readonly temporary: string
  readonly log: string
  /** JSON `{ port, user, password }` of the last start with a port. */
  readonly portFile: string
}

/** The user and group ids of a process, which decide its access to files. */
export interface Identity {
  readonly uid: number
  readonly gid: number
}

/** The address field of a unix socket has 104 bytes on macOS (108 on Linux), including the terminating zero. */
const socketPathBytes = 103
const rootHome = '/var/lib/dbtool'
/** A user to whom no file belongs. */
export const stranger: Identity = { uid: -1, gid: -1 }

/** Returns the paths of the private server. Never fails and accesses no file, since every command calls it. */
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
  const home = userFolder('data', env)
  // Root's server runs as another user, who usually cannot enter root's home.
  const isOwnChoice = Boolean(env['XDG_DATA_HOME'])
  return !isOwnChoice && isRoot() && closedDirectory(dirname(home), stranger) !== undefined ? rootHome : home
}

export function isRoot(): boolean {
  return process.geteuid?.() === 0
}

/** The nearest directory at or above `path` that `who` cannot enter. A missing directory counts as open. */
export function closedDirectory(path: string, who: Identity): string | undefined {
  for (let directory = realPathOfExisting(path); ; directory = dirname(directory)) {
    if (!passable(statSync(directory), who)) return directory
    if (directory === dirname(directory)) return undefined
  }
}

/** True if `who` may enter the directory. */
function passable(directory: Stats, who: Identity): boolean {
  if (who.uid === 0) return true
  const bit = directory.uid === who.uid ? 0o100 : directory.gid === who.gid ? 0o010 : 0o001
  return (directory.mode & bit) !== 0
}

/** @throws DbtoolError SERVER_FAILED if the path of the socket is too long for an operating system. */
export function checkSocketPath(paths: ServerPaths): void {
  const bytes = Buffer.byteLength(paths.socket)
  if (bytes <= socketPathBytes) return
  throw new DbtoolError(
    'SERVER_FAILED',
    `the socket path ${paths.socket} is too long: ${bytes} bytes, with a maximum of ${socketPathBytes}`,
    { hint: 'set DBTOOL_HOME to a shorter path' },
  )
}
