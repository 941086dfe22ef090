import { DbtoolError, type ErrorCode, type ErrorDetails } from '../errors.ts'
import { quoted } from './privileges/accounts.ts'
import { addressOf, describeTarget, type Target } from './target.ts'
import {
  alsoDemanded,
  isTlsVersion,
  isWithoutAccounts,
  loginRefusals,
  methodRefused,
  tlsVersion,
  withoutAccounts,
} from './login-refusals.ts'
import { type DriverError, says, type Translation } from './translation.ts'

export type { Translation } from './translation.ts'

interface DatabaseErrorDetails extends Pick<ErrorDetails, 'hint' | 'cause'> {
  readonly errno?: number | undefined
  readonly key?: string | undefined
}

/** Which connection it was, for the server: its number there, and since when (of performance.now()). */
export interface ConnectionIdentity {
  readonly threadId: number
  readonly openedAt: number
}

/** An error of the server or of the connector, in our words. `errno` is the server's number where there is one. */
export class DatabaseError extends DbtoolError {
  readonly errno: number | undefined
  /** For a DUPLICATE: the name of the unique key that refused. */
  readonly key: string | undefined
  /** For a CONNECTION_LOST: which one, once it had been opened. The server may still be at work on it. */
  lost: ConnectionIdentity | undefined

  constructor(code: ErrorCode, message: string, details: DatabaseErrorDetails = {}) {
    super(code, message, details)
    this.errno = details.errno
    this.key = details.key
  }
}

/** The one place where an error of the connector becomes one of ours. Ours pass through unchanged. */
export function translate(error: unknown, target: Target): DbtoolError {
  if (error instanceof DbtoolError) return error
  if (!(error instanceof Error)) return new DbtoolError('UNEXPECTED', String(error))
  const raw = read(error)
  const found = translationOf(raw)
  return new DatabaseError(found.code, found.message(raw, target), {
    hint: found.hint(target, raw),
    cause: error,
    errno: raw.errno,
    // At the end of the text: the value before it is the user's, and may say anything.
    key: raw.errno === duplicate ? /for key '(?:[^'.]*\.)?([^']+)'$/.exec(raw.text)?.[1] : undefined,
  })
}

const duplicate = 1062
/** The connector wraps what went wrong while it set the session up, number and all. */
const sessionWrapper = 45030
const wrapped = /\(conn:[^,]*, no: (\d+), [^)]*\) ([^]*?)(?:\nsql: |$)/

function read(error: Error): DriverError {
  const raw = error as Error & { errno?: number; code?: string; sqlMessage?: string | null }
  const errno = Math.abs(raw.errno ?? 0)
  const text = raw.sqlMessage ?? raw.message
  const [, innerErrno, innerText] = (errno === sessionWrapper && wrapped.exec(text)) || []
  const inSession = innerErrno !== undefined
  return {
    errno: inSession ? Number(innerErrno) : errno,
    code: raw.code ?? raw.name,
    text: (innerText ?? text).replace(/\s+/g, ' '),
    inSession,
  }
}

const theirs = (code: ErrorCode, hint: string): Translation => ({ code, message: says, hint: () => hint })

const unreachable: Translation = {
  code: 'UNREACHABLE',
  message: (error, target) => `cannot reach MariaDB at ${addressOf(target)} (${error.code})`,
  hint: ({ socket }) =>
    socket === undefined
      ? 'check --host and --port, or start a private server: dbtool server start'
      : 'is the server running? dbtool server status',
}
const silent: Translation = {
  ...unreachable,
  message: (_error, target) => `no answer from ${addressOf(target)} before the connect time-out`,
}
const tooMany: Translation = {
  code: 'UNREACHABLE',
  message: (error, target) => `the server at ${addressOf(target)} takes no more connections: ${says(error)}`,
  hint: () => 'use a smaller pool, or raise max_connections',
}
const lost: Translation = {
  code: 'CONNECTION_LOST',
  message: (_error, target) => `the connection to ${addressOf(target)} was lost`,
  hint: () => 'the server stopped, closed the connection or cannot be reached any more; try again',
}
const denied: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) => `the server at ${addressOf(target)} refused user '${target.user}': ${says(error)}`,
  // A server that demands TLS says no more than this (require_secure_transport, REQUIRE SSL, REQUIRE X509).
  hint: (target) =>
    'check --user, and the password from DB_PASSWORD, --password-file or --ask-password' + alsoDemanded(target),
}
/** The log-in was right. A server does not tell whether a database is there that this user may not see. */
const closed: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) => `user '${target.user}' may not use that database at ${addressOf(target)}: ${says(error)}`,
  hint: () => 'check --database and --user; what a user needs: dbtool db grants',
}
const tls: Translation = {
  code: 'TLS_FAILED',
  message: (error, target) => `no encrypted connection to ${addressOf(target)}: ${says(error)}`,
  hint: ({ ssl }) =>
    ssl.ca === undefined && ssl.mode.startsWith('verify')
      ? 'check --ssl-mode and --ssl-ca; without --ssl-ca, the authorities of Node decide'
      : 'check --ssl-mode and --ssl-ca',
}
const plainRefused: Translation = {
  code: 'TLS_FAILED',
  message: (error, target) => `the server at ${addressOf(target)} accepts encrypted connections only: ${says(error)}`,
  hint: () => 'use --ssl-mode required, or one that checks the certificate too',
}
/** A server that says in its greeting that it is MySQL refuses a login, or a statement of the session. */
export function notMariaDb(version: string, target: Target, cause: unknown): DatabaseError {
  const message = `the server at ${addressOf(target)}: this is MySQL ${version}; dbtool needs MariaDB 10.6 or later`
  return new DatabaseError('NOT_MARIADB', message, { hint: 'check --host and --port, or --socket', cause })
}
const otherProduct: Translation = {
  code: 'NOT_MARIADB',
  message: (error, target) => `${describeTarget(target)} is not a MariaDB server: ${says(error)}`,
  hint: () => 'dbtool works with MariaDB 10.6 and later',
}
/** The database that the server names, since a statement may name another one than the connection. */
const unknownName = ({ text }: DriverError, target: Target): string => /'(.*)'/.exec(text)?.[1] ?? target.database ?? ''
const unknownDatabase: Translation = {
  code: 'UNKNOWN_DATABASE',
  message: (error, target) => `there is no database '${unknownName(error, target)}' on ${addressOf(target)}`,
  hint: (target, error) =>
    `create it with CREATE DATABASE ${quoted(unknownName(error, target))}, or choose another one with --database`,
}
const lacking = theirs('ACCESS_DENIED', 'this user lacks a privilege; what each kind of user needs: dbtool db grants')
const constraint = theirs('CONSTRAINT', 'nothing was changed; give a value that the column allows')
const readOnly: Translation = {
  code: 'READ_ONLY',
  message: says,
  hint: (target) =>
    target.readOnly === true
      ? 'this database is only read: readOnly of its profile, or DB_READ_ONLY'
      : 'the server accepts no writes now; try again later, or connect to one that does',
}
const timedOut = theirs(
  'STATEMENT_TIMEOUT',
  'the statement was stopped; raise DB_STATEMENT_TIMEOUT if it may take longer',
)
const full = theirs('QUERY_FAILED', 'nothing was changed; the server has no room to write, as when its disk is full')
const failed = theirs('QUERY_FAILED', 'add --sql to see the statement')

/** By the server's error number (https://mariadb.com/kb/en/mariadb-error-codes/) or the connector's (45xxx). */
const byNumber: Readonly<Record<number, Translation>> = {
  ...loginRefusals,
  1040: tooMany,
  1044: closed,
  1045: denied,
  1129: denied,
  1130: denied,
  1698: denied,
  45044: denied,
  1142: lacking,
  1143: lacking,
  1227: lacking,
  1370: lacking,
  1049: unknownDatabase,
  1046: theirs('USAGE', 'choose a database with --database or DB_NAME'),
  1146: theirs('QUERY_FAILED', 'is the schema there? dbtool db status'),
  1062: theirs('DUPLICATE', 'nothing was changed; choose another value, or change what has this one'),
  1451: theirs('REFERENCED', 'nothing was changed; first remove what refers to it'),
  1452: theirs('MISSING_REFERENCE', 'nothing was changed; first add what it refers to'),
  1048: constraint,
  1264: constraint,
  1265: constraint,
  1292: constraint,
  1364: constraint,
  1366: constraint,
  1406: constraint,
  1690: constraint,
  4025: constraint,
  1021: full,
  1114: full,
  1205: theirs('LOCK_TIMEOUT', 'another transaction holds the rows; try again'),
  1213: theirs('DEADLOCK', 'two transactions waited for each other; try again'),
  1020: theirs('DEADLOCK', 'another transaction changed the same rows; try again'),
  1290: readOnly,
  1792: readOnly,
  1836: readOnly,
  1969: timedOut,
  3024: timedOut,
  1317: theirs('STATEMENT_TIMEOUT', 'somebody stopped the statement with KILL QUERY; try again'),
  1053: lost,
  1094: lost,
  1152: lost,
  1927: lost,
  2006: lost,
  2013: lost,
  45001: lost,
  45004: lost,
  45009: lost,
  45013: lost,
  45019: lost,
  45026: lost,
  45012: silent,
  3159: plainRefused,
  45064: plainRefused,
  45023: tls,
  45056: tls,
  45057: tls,
  45059: tls,
  45062: tls,
  45063: tls,
}

const byCode: Readonly<Record<string, Translation>> = {
  ECONNREFUSED: unreachable,
  ENOENT: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  EAFNOSUPPORT: unreachable,
  ETIMEDOUT: unreachable,
  EACCES: unreachable,
  ENOTSOCK: unreachable,
  EINVAL: unreachable,
  ECONNRESET: lost,
  EPIPE: lost,
  // Of mysql2.
  AUTH_SWITCH_PLUGIN_ERROR: methodRefused,
  HANDSHAKE_NO_SSL_SUPPORT: tls,
  HANDSHAKE_SSL_ERROR: tls,
}

const firstServerErrno = 1_000
const unknownVariable = 1193
const tlsWords = /certificate|self[- ]signed|TLS|SSL routines|wrong version number/i

export function translationOf(error: DriverError): Translation {
  if (isWithoutAccounts(error)) return withoutAccounts
  if (error.errno < firstServerErrno && isTlsVersion(error)) return tlsVersion
  if (error.inSession && error.errno === unknownVariable) return otherProduct
  const known = byNumber[error.errno] ?? byCode[error.code]
  if (known !== undefined) return known
  // Node's own words; in the server's there may be a user's ("gift certificate").
  return error.errno < firstServerErrno && tlsWords.test(error.text) ? tls : failed
}
