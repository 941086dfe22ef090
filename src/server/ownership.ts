import { lstatSync, type Stats } from 'node:fs'
import { DbtoolError } from '../errors.ts'
import { foreignFolder, hasTrustedOwner } from '../file-trust.ts'
import { isRoot, type ServerPaths } from './home.ts'

/**
 * The part of a private server's home that another user could replace. A server is trusted by the owners of its
 * folders and of its socket, and not by its path. DBTOOL_HOME may name a folder of somebody else.
 */
export function foreignPart(paths: ServerPaths): string | undefined {
  const part = foreignFolder(paths.directory)
  if (part !== undefined) return part
  const [run, socket] = [statsOf(paths.run), statsOf(paths.socket)]
  if (run === undefined) return undefined
  if (!run.isDirectory() || !mayRun(run)) return paths.run
  return socket === undefined || socket.uid === run.uid || hasTrustedOwner(socket) ? undefined : paths.socket
}

/** Root's server runs as another user, to whom root has given its folder: nobody else can create one there. */
const mayRun = (run: Stats): boolean => isRoot() || hasTrustedOwner(run)

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}

/** @throws DbtoolError SERVER_FAILED if somebody else could replace a part of the private server's home. */
export function assertOwnHome(paths: ServerPaths): void {
  const part = foreignPart(paths)
  if (part === undefined) return
  throw new DbtoolError('SERVER_FAILED', foreignSentence(part), {
    hint: 'set DBTOOL_HOME to a folder of your own',
  })
}

/** A sentence about the result of {@link foreignPart}. */
export function foreignSentence(part: string): string {
  return `another user could replace the private server, because of the owner or the permissions of ${part}`
}
