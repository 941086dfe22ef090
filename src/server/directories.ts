import { chmodSync, chownSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DbtoolError, isNodeError } from '../errors.ts'
import { isRoot, type ServerPaths } from './home.ts'
import { serverUser, type ServerUser } from './user.ts'

const closed = 0o700
const traversable = 0o711

/**
 * Creates the directories around the data, and returns the user who runs the server. Only that user and root have
 * access to data and socket.
 * @throws DbtoolError SERVER_FAILED if the file system refuses, or the directory belongs to another user.
 */
export function prepareDirectories(paths: ServerPaths): ServerUser {
  try {
    // Root's server runs as another user, who must be able to enter the directories above its own.
    createDirectory(dirname(paths.home), isRoot() ? 0o755 : closed)
    createDirectory(paths.home, closed)
    // Only now, because the server's user may be unable to enter a directory that was just created.
    const user = serverUser(paths)
    const foreign = user.spawn.uid !== undefined && user.spawn.uid !== 0
    createDirectory(paths.directory, closed)
    refuseForeign(paths.directory)
    if (foreign) openForTraversal(paths.home)
    chmodSync(paths.directory, foreign ? traversable : closed)
    createDirectory(paths.temporary, closed)
    chmodSync(paths.run, closed)
    giveTo(paths.run, user)
    giveTo(paths.data, user)
    return user
  } catch (cause) {
    throw cause instanceof DbtoolError ? cause : unusable(paths, cause)
  }
}

/**
 * Creates a directory and all missing ones above it. The `recursive` option of Node never returns for /proc, where no
 * directory can be created.
 */
function createDirectory(directory: string, mode: number): void {
  if (existsSync(directory)) return
  createDirectory(dirname(directory), mode)
  mkdirSync(directory, { mode })
}

/**
 * Gives a path and everything below it to the server's user. The path itself is last, so that an interrupted change of
 * owner is repeated.
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

/** The owner of the directory (of a home in /tmp, for example) could replace the files below it. */
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
