import { userInfo } from 'node:os'

/** The user who runs dbtool: the name, or the number of a user without a name. */
export function osUserName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
