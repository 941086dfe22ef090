import { accessSync, constants } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { firstRow, type Queries } from '../../db/queries.ts'
import { addressOf, type Target } from '../../db/target.ts'
import { DbtoolError, isNodeError, messageOf } from '../../errors.ts'
import { quotedPath } from '../../values.ts'
import { type BackupPrograms, seriesOf } from './programs.ts'
import { isUserDatabase } from './user-databases.ts'

interface Facts {
  readonly version: string
  readonly folder: string
  readonly host: string
  readonly socket: string
  readonly account: string
  readonly databases: number
}

const facts = `
SELECT VERSION() AS version, @@datadir AS folder, @@hostname AS host, @@socket AS socket, CURRENT_USER() AS account,
    (SELECT COUNT(*) FROM information_schema.SCHEMATA
      WHERE ${isUserDatabase}) AS \`databases\``

const orElse = 'or leave --physical away'

/**
 * Rejects if mariadb-backup could not copy the files of this server, with the reason and the way out. Resolves to the
 * number of its databases.
 */
export async function assertCopyable(queries: Queries, target: Target, programs: BackupPrograms): Promise<number> {
  const server = (await firstRow<Facts>(queries, facts)) as Facts
  assertHere(server, target)
  assertReadable(server.folder)
  await assertPrivileged(queries, server.account)
  const version = server.version.replace(/-.*/, '')
  if (seriesOf(version) !== seriesOf(programs.version))
    throw new DbtoolError('CLIENT_FAILED', `mariadb-backup ${programs.version} cannot copy a server ${version}`, {
      hint: `install mariadb-backup ${seriesOf(version)}; ${orElse}`,
    })
  return server.databases
}

/** A connection does not show where the files are: mariadb-backup would copy those of another server. */
function assertHere({ host, socket }: Facts, target: Target): void {
  if (target.socket === undefined) {
    const message = `a physical dump copies the files of the server, but ${addressOf(target)} is a network address`
    throw new DbtoolError('USAGE', message, { hint: `on its machine, use --socket ${quotedPath(socket)}; ${orElse}` })
  }
  if (host === hostname()) return
  throw new DbtoolError('USAGE', `the server runs on ${host}, and its files are not on this machine, ${hostname()}`, {
    hint: `run the command there; ${orElse}`,
  })
}

function assertReadable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK)
    accessSync(join(folder, 'ibdata1'), constants.R_OK)
  } catch (cause) {
    const code = isNodeError(cause) ? cause.code : undefined
    const reason =
      code === 'EACCES'
        ? 'this user may not read them'
        : code === 'ENOENT'
          ? 'they are not on this machine'
          : messageOf(cause)
    throw new DbtoolError('CLIENT_FAILED', `cannot copy the files of the server in ${folder}: ${reason}`, {
      cause,
      hint: `run it as the user of the server (sudo -u mysql) or as root; ${orElse}`,
    })
  }
}

const needed = ['RELOAD', 'PROCESS', 'LOCK TABLES', 'BINLOG MONITOR']
const globalGrant = /^GRANT (.*?) ON \*\.\* TO /

async function assertPrivileged(queries: Queries, account: string): Promise<void> {
  const rows = await queries.rows<Record<string, string>>('SHOW GRANTS')
  const held = rows.flatMap((row) => globalGrant.exec(Object.values(row)[0] ?? '')?.[1]?.split(', ') ?? [])
  if (held.includes('ALL PRIVILEGES')) return
  const missing = needed.filter((privilege) => !held.includes(privilege))
  if (missing.length === 0) return
  const [user = '', host = ''] = account.split(/@(?=[^@]*$)/)
  throw new DbtoolError('ACCESS_DENIED', `${account} lacks ${missing.join(', ')} for a physical dump`, {
    hint: `as an administrator: GRANT ${missing.join(', ')} ON *.* TO '${user}'@'${host}'; ${orElse}`,
  })
}
