import { InvalidValue } from '../../errors.ts'

/** An account of the server. % and _ in the host are its wildcards. */
export interface Account {
  readonly user: string
  readonly host: string
}

const longestUser = 128
const longestHost = 255

/**
 * `user@host`; a user may hold an @ himself, the last one counts. The host is never left out, since that would be every
 * host.
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
 * A name as SQL has it. Backticks have one escape, themselves, in every sql_mode; quotes would have a second one, the
 * backslash,
 * unless NO_BACKSLASH_ESCAPES is set. MariaDB takes both for an account.
 */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/**
 * A database where GRANT takes a pattern: in `ON name.*`, though not in `ON name.table`. Unescaped, `a_b` would be
 * `axb` too.
 */
export function quotedPattern(database: string): string {
  return quoted(database.replace(/[\\_%]/g, '\\$&'))
}

export function accountSql({ user, host }: Account): string {
  return `${quoted(user)}@${quoted(host)}`
}

/** For people. */
export function accountText({ user, host }: Account): string {
  return `${user}@${host}`
}
