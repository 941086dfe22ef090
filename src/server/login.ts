import { userInfo } from 'node:os'
import { DbtoolError } from '../errors.ts'

/**
 * The user who may log in over the socket: the one who runs dbtool.
 * @throws DbtoolError SERVER_FAILED for a user id without a name, since MariaDB knows users by name.
 */
export function loginName(): string {
  try {
    return userInfo().username
  } catch (cause) {
    const message = `the user id ${process.geteuid?.() ?? ''} has no name on this machine, and MariaDB knows users by name`
    throw new DbtoolError('SERVER_FAILED', message, { hint: 'add the user to /etc/passwd', cause })
  }
}
