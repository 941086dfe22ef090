import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { closedDirectory, isRoot, stranger, type Identity, type ServerPaths } from './home.ts'

/** The user who runs MariaDB: options for its processes, arguments for mariadbd, and warnings for the user. */
export interface ServerUser {
  readonly spawn: Partial<Identity>
  readonly arguments: readonly string[]
  readonly warnings: readonly string[]
}

/** Root's server should have a user of its own: other programs of `mysql` or `nobody` could read its data. */
const ownAccount = 'dbtool-server'

/**
 * Selects the user who runs the server: the current user, except for root. Root's server runs as a user without
 * privileges, if possible, which is created for it.
 */
export function serverUser(paths: ServerPaths, progress?: (message: string) => void): ServerUser {
  if (!isRoot()) return { spawn: {}, arguments: [], warnings: [] }
  const way = statSync(paths.home).uid === 0 ? parentOf(paths.home) : paths.home
  const owner = ownerOf(paths.data)
  const closed = closedDirectory(way, owner ?? stranger)
  if (closed !== undefined) return asRoot(`${closed} is closed to other users`)
  const own = owner ?? accountOf(ownAccount) ?? createAccount(progress)
  if (own !== undefined) return { spawn: own, arguments: [], warnings: [] }
  const shared = ['mysql', 'nobody'].flatMap((name) => {
    const account = accountOf(name)
    return account === undefined ? [] : [{ name, account }]
  })[0]
  const reason = `a user ${ownAccount} cannot be created`
  if (shared === undefined) return asRoot(reason)
  const warning =
    `the private server runs as ${shared.name}, because ${reason}; ` + 'other programs of that user can read its data'
  return { spawn: shared.account, arguments: [], warnings: [warning] }
}

/** The commands that create a system account: of most Linux distributions, and of BusyBox. */
const creations: readonly (readonly [command: string, ...flags: string[]])[] = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--home-dir=/nonexistent', '--shell=/usr/sbin/nologin'],
  ['adduser', '-S', '-D', '-H', '-h', '/nonexistent', '-s', '/sbin/nologin'],
]

function createAccount(progress?: (message: string) => void): Identity | undefined {
  progress?.(`creating the system user ${ownAccount}`)
  for (const [command, ...flags] of creations) {
    spawnSync(command, [...flags, ownAccount], { stdio: 'ignore' })
    const account = accountOf(ownAccount)
    if (account !== undefined) return account
  }
  return undefined
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
