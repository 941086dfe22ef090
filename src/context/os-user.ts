import { userInfo } from 'node:os'

let known: string | undefined

/**
 * The user who runs dbtool: the name, or the number of a user without a name. The system is asked once, because that
 * takes as long as all other work of the client for an order in a batch.
 */
export function osUserName(): string {
  return (known ??= currentUser())
}

function currentUser(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
