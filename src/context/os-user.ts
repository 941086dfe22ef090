import { userInfo } from 'node:os'

/** Who runs dbtool: a name, or the number of a user without one. */
export function osUserName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
