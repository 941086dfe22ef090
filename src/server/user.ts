import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { closedDirectory, isRoot, type Identity, type ServerPaths } from './home.ts'

/** The user who runs MariaDB: options for its processes, arguments for mariadbd, and warnings for the user. */
export interface ServerUser {
  readonly spawn: Partial<Identity>
  readonly arguments: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * Selects the user who runs the server: the current user, except for root. Root's server runs as a user without
 * privileges, if possible.
 */
export function serverUser(paths: ServerPaths): ServerUser {
  if (!isRoot()) return { spawn: {}, arguments: [], warnings: [] }
  const unprivileged = ownerOf(paths.data) ?? accountOf('mysql') ?? accountOf('nobody')
  if (unprivileged === undefined) return asRoot('there is neither a user mysql nor a user nobody')
  const closed = closedDirectory(statSync(paths.home).uid === 0 ? parentOf(paths.home) : paths.home, unprivileged)
  if (closed !== undefined) return asRoot(`${closed} is closed to other users`)
  return { spawn: unprivileged, arguments: [], warnings: [] }
}

function asRoot(reason: string): ServerUser {
  const warning =
    `the private server runs as root, because ${reason}; ` + 'set DBTOOL_HOME to a directory that other users can enter'
  return { spawn: { uid: 0, gid: 0 }, arguments: ['--user=root'], warnings: [warning] }
}

function parentOf(path: string): string {
  return `${path}/..`
}

/** The owner of existing data runs the server, unless it is root. */
function ownerOf(data: string): Identity | undefined {
  const owner = statSync(data, { throwIfNoEntry: false })
  return owner === undefined || owner.uid === 0 ? undefined : { uid: owner.uid, gid: owner.gid }
}

/** Looks an account up with `id`, because Node cannot, and macOS does not list all accounts in /etc/passwd. */
function accountOf(name: string): Identity | undefined {
  const number = (flag: string): number =>
    // macOS prints the -2 of its user nobody as an unsigned number, but spawn needs a signed one.
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) | 0
  try {
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    return undefined
  }
}
