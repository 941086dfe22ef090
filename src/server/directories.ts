import { chmodSync, chownSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DbtoolError, isNodeError } from '../errors.ts'
import { isRoot, type ServerPaths } from './home.ts'
import { serverUser, type ServerUser } from './user.ts'

const closed = 0o700
const traversable = 0o711

/**
 * Makes the directories around the data and says who runs the server. Only the server's user and root get at data and
 * socket.
 * @throws DbtoolError SERVER_FAILED when the file system says no, or the directory is somebody else's.
 */
export function prepareDirectories(paths: ServerPaths): ServerUser {
  try {
    // Root's server runs as somebody else, who has to pass what is made above it.
    make(dirname(paths.home), isRoot() ? 0o755 : closed)
    make(paths.home, closed)
    // After that, since a directory made on the way may be one that the server's user cannot pass.
    const user = serverUser(paths)
    const foreign = user.spawn.uid !== undefined && user.spawn.uid !== 0
    make(paths.directory, closed)
    refuseForeign(paths.directory)
    if (foreign) openForTraversal(paths.home)
    chmodSync(paths.directory, foreign ? traversable : closed)
    make(paths.temporary, closed)
    chmodSync(paths.run, closed)
    giveTo(paths.run, user)
    giveTo(paths.data, user)
    return user
  } catch (cause) {
    throw cause instanceof DbtoolError ? cause : unusable(paths, cause)
  }
}

/**
 * With all directories above it that are missing. Node's own `recursive` never comes back from /proc, where nothing can
 * be made.
 */
function make(directory: string, mode: number): void {
  if (existsSync(directory)) return
  make(dirname(directory), mode)
  mkdirSync(directory, { mode })
}

/**
 * Gives a path and all below it to the server's user. Itself last, so that an interrupted change of owner is done
 * again.
 */
export function giveTo(path: string, user: ServerUser): void {
  const { uid, gid } = user.spawn
  if (uid === undefined || gid === undefined || statSync(path, { throwIfNoEntry: false })?.uid === uid) return
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) lchownSync(join(path, entry), uid, gid)
  chownSync(path, uid, gid)
}

function openForTraversal(directory: string): void {
  const { mode, uid } = statSync(directory)
  if (uid === 0) chmodSync(directory, (mode & 0o777) | 0o011)
}

/** In a directory of somebody else's (a home in /tmp, say) that person could swap what is below it. */
function refuseForeign(directory: string): void {
  if (isRoot() || statSync(directory).uid === process.geteuid?.()) return
  throw new DbtoolError('SERVER_FAILED', `${directory} belongs to another user`, {
    hint: 'set DBTOOL_HOME to a directory of your own',
  })
}

function unusable(paths: ServerPaths, cause: unknown): DbtoolError {
  const reason = isNodeError(cause) ? `${cause.code ?? cause.message} at ${cause.path ?? paths.home}` : String(cause)
  return new DbtoolError('SERVER_FAILED', `cannot use ${paths.home} for the private server (${reason})`, {
    hint: 'set DBTOOL_HOME to a directory that you can write to',
    cause,
  })
}
