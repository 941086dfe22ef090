import { chmodSync, chownSync, lchownSync, lstatSync, readdirSync, statSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { DbtoolError, isNodeError } from '../errors.ts'
import { createFolder } from '../write-file.ts'
import { isRoot, type ServerPaths } from './home.ts'
import { assertOwnHome } from './ownership.ts'
import { removeTree } from './remove-tree.ts'
import { serverUser, type ServerUser } from './user.ts'

const closed = 0o700
export const traversable = 0o711

/**
 * Creates the directories around the data, and returns the user who runs the server. Only that user and root have
 * access to data and socket. `progress` receives a line about the creation of that user.
 * @throws DbtoolError SERVER_FAILED if the file system refuses, or a directory belongs to another user.
 */
export function prepareDirectories(paths: ServerPaths, progress?: (message: string) => void): ServerUser {
  assertOwnHome(paths)
  try {
    // Root's server runs as another user, who must be able to enter the directories above its own.
    createFolder(dirname(paths.home), isRoot() ? 0o755 : closed)
    createFolder(paths.home, closed)
    // Only now, because the server's user may be unable to enter a directory that was just created.
    const user = serverUser(paths, progress)
    const isOther = user.spawn.uid !== undefined && user.spawn.uid !== 0
    createFolder(paths.directory, closed)
    assertOwnHome(paths)
    if (isOther) openForTraversal(paths.home)
    chmodSync(paths.directory, isOther ? traversable : closed)
    prepareRun(paths, user)
    giveTo(paths.data, user)
    return user
  } catch (cause) {
    throw cause instanceof DbtoolError ? cause : unusable(paths, cause)
  }
}

/** Whatever lies in a folder of another user than the server's is of an earlier server. */
function prepareRun({ run, temporary }: ServerPaths, user: ServerUser): void {
  const stats = statsOf(run)
  if (stats !== undefined && ![0, process.geteuid?.(), user.spawn.uid].includes(stats.uid)) removeTree(run)
  createFolder(temporary, closed)
  giveTo(run, user)
  chmodSync(run, closed)
  if (user.spawn.uid !== undefined && user.spawn.gid !== undefined)
    lchownSync(temporary, user.spawn.uid, user.spawn.gid)
}

/**
 * Gives a path and everything below it to the server's user. The path itself is last, so that an interrupted change of
 * owner is repeated. Only for a path of this user: in a directory of another one, a link could appear meanwhile.
 */
export function giveTo(path: string, user: ServerUser): void {
  const { uid, gid } = user.spawn
  const stats = statsOf(path)
  if (uid === undefined || gid === undefined || stats?.isDirectory() !== true) return
  if (stats.uid === uid || stats.uid !== process.geteuid?.()) return
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) lchownSync(join(path, entry), uid, gid)
  chownSync(path, uid, gid)
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function openForTraversal(directory: string): void {
  const { mode, uid } = statSync(directory)
  if (uid === 0) chmodSync(directory, (mode & 0o777) | 0o011)
}

function unusable(paths: ServerPaths, cause: unknown): DbtoolError {
  const reason = isNodeError(cause) ? `${cause.code ?? cause.message} at ${cause.path ?? paths.home}` : String(cause)
  return new DbtoolError('SERVER_FAILED', `cannot use ${paths.home} for the private server (${reason})`, {
    hint: 'set DBTOOL_HOME to a directory that you can write to',
    cause,
  })
}
