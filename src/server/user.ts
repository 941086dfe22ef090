import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { closedDirectory, isRoot, type Identity, type ServerPaths } from './home.ts'

/**
 * As whom MariaDB runs: how its processes are spawned, which arguments it needs for it, and what a person should know.
 */
export interface ServerUser {
  readonly spawn: Partial<Identity>
  readonly arguments: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * Whoever starts the server runs it, except root: a server of root's runs as somebody without privileges where it can.
 */
export function serverUser(paths: ServerPaths): ServerUser {
  if (!isRoot()) return { spawn: {}, arguments: [], warnings: [] }
  const somebody = ownerOf(paths.data) ?? accountOf('mysql') ?? accountOf('nobody')
  if (somebody === undefined) return asRoot('there is neither a user mysql nor a user nobody')
  const closed = closedDirectory(statSync(paths.home).uid === 0 ? parentOf(paths.home) : paths.home, somebody)
  if (closed !== undefined) return asRoot(`${closed} is closed to other users`)
  return { spawn: somebody, arguments: [], warnings: [] }
}

function asRoot(reason: string): ServerUser {
  const warning = `the private server runs as root, because ${reason}; set DBTOOL_HOME to a directory that others can pass`
  return { spawn: { uid: 0, gid: 0 }, arguments: ['--user=root'], warnings: [warning] }
}

function parentOf(path: string): string {
  return `${path}/..`
}

/** Data that is there already decides, unless root owns it. */
function ownerOf(data: string): Identity | undefined {
  const owner = statSync(data, { throwIfNoEntry: false })
  return owner === undefined || owner.uid === 0 ? undefined : { uid: owner.uid, gid: owner.gid }
}

/** Node cannot look an account up, and macOS does not keep all of them in /etc/passwd: `id` can, and is everywhere. */
function accountOf(name: string): Identity | undefined {
  const number = (flag: string): number =>
    // macOS prints the -2 of its nobody as an unsigned number, and spawn wants it signed.
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) | 0
  try {
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    return undefined
  }
}
