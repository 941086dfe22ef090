import { InvalidValue } from '../../errors.ts'

/** An account of the server. In the host, % and _ are wildcards. */
export interface Account {
  readonly user: string
  readonly host: string
}

const longestUser = 128
const longestHost = 255

/**
 * Parses `user@host`. A user name may contain an @, so the last @ separates. The host is required, since an account
 * without one is valid for every host. Throws InvalidValue.
 */
export function parseAccount(text: string): Account {
  const at = text.lastIndexOf('@')
  const [user, host] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)]
  if (at < 1 || host === '') throw new InvalidValue('must be user@host such as shop@localhost')
  if (user.length > longestUser || host.length > longestHost)
    throw new InvalidValue(`must have at most ${longestUser} characters before the @ and ${longestHost} after it`)
  if (/\p{C}/u.test(text) || /\s/.test(host))
    throw new InvalidValue('must have neither control characters nor spaces in the host')
  return { user, host }
}

/**
 * Quotes a name for SQL with backticks, whose only escape in every sql_mode is the doubled backtick. Quotation marks
 * have a second one, the backslash, unless NO_BACKSLASH_ESCAPES is set. MariaDB accepts both for an account.
 */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/**
 * Quotes a database name where GRANT expects a pattern: in `ON name.*`, but not in `ON name.table`. Unescaped, `a_b`
 * would also match `axb`.
 */
export function quotedPattern(database: string): string {
  return quoted(database.replace(/[\\_%]/g, '\\$&'))
}

/** The account for an SQL statement, with both parts quoted. */
export function accountSql({ user, host }: Account): string {
  return `${quoted(user)}@${quoted(host)}`
}

/** The account for a message. */
export function accountText({ user, host }: Account): string {
  return `${user}@${host}`
}
