import { lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasTrustedOwner, isSticky } from '../../file-trust.ts'

/** The accounts of MariaDB packages (macOS has `_mysql`), and that of root's private server. */
const serverAccounts: readonly string[] = ['mysql', 'mariadb', '_mysql', 'dbtool-server']

/**
 * Whether the server behind a socket is known. Its owner decides, and not its path. A socket and its folder must belong
 * to this user, to root or to the account of the server's package. A sticky folder such as /tmp may be anybody's.
 */
export function isTrustedSocket(path: string): boolean {
  try {
    const folder = statSync(dirname(path))
    return [lstatSync(path), statSync(path), ...(isSticky(folder) ? [] : [folder])].every(
      (stats) => hasTrustedOwner(stats) || serverUsers().has(stats.uid),
    )
  } catch {
    // A missing socket cannot be connected to.
    return false
  }
}

/** Read only for a socket of another user. */
function serverUsers(): Set<number> {
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
  const users = accounts.map((line) => line.split(':')).filter(([name = '']) => serverAccounts.includes(name))
  return new Set(users.map(([, , uid]) => Number(uid)))
}
