import { userInfo } from 'node:os'
import { DbtoolError } from '../errors.ts'

/**
 * The name of the user who runs dbtool and logs in over the socket.
 * @throws DbtoolError SERVER_FAILED for a user id without a name, since MariaDB identifies users by name.
 */
export function loginName(): string {
  try {
    return userInfo().username
  } catch (cause) {
    const message = `the user id ${process.geteuid?.() ?? ''} has no name on this machine, but MariaDB needs one`
    throw new DbtoolError('SERVER_FAILED', message, { hint: 'add the user to /etc/passwd', cause })
  }
}
