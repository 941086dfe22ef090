import { oldestServer } from './oldest-server.ts'
import { firstServerErrno } from './error-numbers.ts'
import type { ErrorCode } from '../errors.ts'
import { namesFullDisk } from '../full-disk.ts'
import {
  alsoDemanded,
  inCode,
  isTlsVersion,
  isWithoutAccounts,
  loginRefusals,
  methodRefused,
  socketLogin,
  tlsVersion,
  withoutAccounts,
} from './login-refusals.ts'
import { quoted } from './privileges/accounts.ts'
import { addressOf, describeTarget, type Target } from './target.ts'
import { type DriverError, serverText, type Translation } from './translation.ts'

const withHint = (code: ErrorCode, hint: string, hintInCode?: string | null): Translation => ({
  code,
  message: serverText,
  hint: () => hint,
  ...(hintInCode === undefined ? {} : { hintInCode: () => hintInCode }),
})

const unreachable: Translation = {
  code: 'UNREACHABLE',
  message: (error, target) => `cannot reach MariaDB at ${addressOf(target)} (${error.code})`,
  hint: ({ socket }) =>
    socket === undefined
      ? 'check --host and --port, or start a private server: dbtool server start'
      : 'check that the server is running: dbtool server status',
  hintInCode: ({ socket }) =>
    socket === undefined ? 'check host and port of the pool' : 'check that the server of this socket is running',
}
const silent: Translation = {
  ...unreachable,
  message: (_error, target) => `no answer from ${addressOf(target)} before the connect time-out`,
}
const tooMany: Translation = {
  code: 'UNREACHABLE',
  message: (error, target) => `the server at ${addressOf(target)} accepts no more connections: ${serverText(error)}`,
  hint: () => 'use a smaller pool, or raise max_connections',
}
const lost: Translation = {
  code: 'CONNECTION_LOST',
  message: (_error, target) => `the connection to ${addressOf(target)} was lost`,
  hint: () => 'the server stopped, closed the connection or became unreachable; try again',
}
const denied: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) => `the server at ${addressOf(target)} refused user '${target.user}': ${serverText(error)}`,
  // A server that demands TLS serverText no more than this (require_secure_transport, REQUIRE SSL, REQUIRE X509).
  hint: (target, error) =>
    'check --user, and the password from DB_PASSWORD, --password-file or --ask-password' +
    alsoDemanded(target) +
    unresolved(error, '--socket'),
  hintInCode: (target, error) =>
    `check user and password of the pool${alsoDemanded(target, inCode)}${unresolved(error, 'the option socket')}`,
}
/** Without names of hosts (skip_name_resolve), an account of localhost is for the socket alone. */
const unresolved = ({ text }: DriverError, socket: string): string =>
  /(?:@|^Host )'(?:127\.0\.0\.1|::1)'/.test(text) ? `; an account of 'localhost' may need ${socket}` : ''
/** The login succeeded. The server does not reveal whether a database exists to which this user has no access. */
const databaseDenied: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) =>
    `user '${target.user}' has no access to that database at ${addressOf(target)}: ${serverText(error)}`,
  hint: () => 'check --database and --user; dbtool db grants shows the required privileges',
  hintInCode: () => 'check database and user of the pool; npx dbtool db grants shows the required privileges',
}
const tls: Translation = {
  code: 'TLS_FAILED',
  message: (error, target) => `no encrypted connection to ${addressOf(target)}: ${serverText(error)}`,
  hint: ({ ssl }) =>
    ssl.ca === undefined && ssl.mode.startsWith('verify')
      ? 'check --ssl-mode and --ssl-ca; without --ssl-ca, the authorities of Node decide'
      : 'check --ssl-mode and --ssl-ca',
  hintInCode: ({ ssl }) => {
    if (ssl.pem?.ca !== undefined) return 'check sslMode and tls.ca of the pool'
    return ssl.ca === undefined && ssl.mode.startsWith('verify')
      ? 'check sslMode and sslCa of the pool; without sslCa, the authorities of Node decide'
      : 'check sslMode and sslCa of the pool'
  },
}
const plainRefused: Translation = {
  code: 'TLS_FAILED',
  message: (error, target) =>
    `the server at ${addressOf(target)} accepts encrypted connections only: ${serverText(error)}`,
  hint: () => 'use --ssl-mode required, or a mode that also checks the certificate',
  hintInCode: () => "set sslMode of the pool to 'required', or to a mode that also checks the certificate",
}
const otherService: Translation = {
  code: 'NOT_MARIADB',
  message: (_error, target) => `another service than MariaDB answers at ${addressOf(target)}`,
  hint: () => 'check --host and --port, or --socket',
  hintInCode: () => 'check host and port, or socket, of the pool',
}
const otherProduct: Translation = {
  code: 'NOT_MARIADB',
  message: (error, target) => `${describeTarget(target)} is not a MariaDB server: ${serverText(error)}`,
  hint: () => `dbtool requires MariaDB ${oldestServer} or later`,
}
/** The database that the server names in its error: a statement may use another one than the connection. */
const unknownName = ({ text }: DriverError, target: Target): string => /'(.*)'/.exec(text)?.[1] ?? target.database ?? ''
const unknownDatabase: Translation = {
  code: 'UNKNOWN_DATABASE',
  message: (error, target) => `there is no database '${unknownName(error, target)}' on ${addressOf(target)}`,
  hint: (target, error) =>
    `create it with CREATE DATABASE ${quoted(unknownName(error, target))}, or choose another one with --database`,
  hintInCode: (target, error) =>
    `create it with CREATE DATABASE ${quoted(unknownName(error, target))}, or check database of the pool`,
}
const lacking = withHint(
  'ACCESS_DENIED',
  'this user lacks a privilege; dbtool db grants shows those of each role',
  'this user lacks a privilege; npx dbtool db grants shows those of each role',
)
const constraint = withHint('CONSTRAINT', 'nothing was changed; use a value that the column allows')
const readOnly: Translation = {
  code: 'READ_ONLY',
  message: serverText,
  hint: (target) =>
    target.readOnly === true
      ? 'this database is read-only for dbtool, by readOnly in its profile or by DB_READ_ONLY'
      : 'the server accepts no writes now; try again later, or connect to one that does',
}
/** A binary log by statement cannot repeat what happens under READ COMMITTED, the isolation of dbtool's sessions. */
export const loggingByStatement = {
  code: 'READ_ONLY',
  message: 'the binary log of the server has binlog_format STATEMENT, which cannot log a change of dbtool',
  hint: 'nothing was changed; an administrator allows it with SET GLOBAL binlog_format = MIXED',
} as const
const notLoggable: Translation = {
  code: loggingByStatement.code,
  message: () => loggingByStatement.message,
  hint: () => loggingByStatement.hint,
}
const notReady: Translation = {
  code: 'NODE_NOT_READY',
  message: (error, target) => `the node at ${addressOf(target)} is not ready: ${serverText(error)}`,
  hint: () => 'connect to another node of the cluster, or see: dbtool cluster status',
  hintInCode: () => 'connect to another node of the cluster',
}
const timedOut = withHint(
  'STATEMENT_TIMEOUT',
  'the statement was stopped; raise DB_STATEMENT_TIMEOUT to allow more time',
  'the statement was stopped; raise statementTimeoutMs of the pool to allow more time',
)
const lockTimeout: Translation = {
  code: 'LOCK_TIMEOUT',
  message: (error) => serverText(error).replace(/; try restarting transaction$/, ''),
  hint: () => 'another session holds the rows or has locked the table; try again, or see: dbtool pool status',
  hintInCode: () => 'another session holds the rows or has locked the table; try again',
}
/** Only a small statement gets here: a larger one is measured before it is sent. */
const tooLarge: Translation = {
  code: 'TOO_LARGE',
  message: (_error, target) => `a statement is larger than max_allowed_packet of the server at ${addressOf(target)}`,
  hint: () => 'nothing was changed; an administrator can raise it: SET GLOBAL max_allowed_packet = 16777216',
}
/** The numbers of failed writes. The text gives the reason: a full table can have another. */
const failedWrites: ReadonlySet<number> = new Set([1, 3, 20, 1004, 1005, 1006, 1021, 1026, 1030, 1114])
const diskFull = withHint(
  'QUERY_FAILED',
  'nothing was changed; free space where the data (datadir) and temporary files (tmpdir) of the server are',
)
const full = withHint('QUERY_FAILED', 'nothing was changed; the server cannot write, perhaps because its disk is full')
const shortKeys = withHint(
  'QUERY_FAILED',
  'nothing was changed; an administrator allows longer keys with SET GLOBAL innodb_default_row_format = dynamic',
)
const failed = withHint('QUERY_FAILED', 'add --sql to see the statement', null)

/** The connector would keep only the last of these columns in a row. */
const sameName: Translation = {
  code: 'QUERY_FAILED',
  message: ({ text }) => `two columns of the result have the name '${/`([^`]*)`/.exec(text)?.[1] ?? ''}'`,
  hint: () => 'give each column a name of its own, as in SELECT a.id AS first_id',
}

/**
 * Translations by the error number of the server (https://mariadb.com/kb/en/mariadb-error-codes/) or the connector's
 * (45xxx).
 */
const byNumber: Readonly<Record<number, Translation>> = {
  ...loginRefusals,
  1040: tooMany,
  45040: sameName,
  1044: databaseDenied,
  1045: denied,
  1129: denied,
  1130: denied,
  1698: { ...denied, hint: socketLogin('--user'), hintInCode: socketLogin('the user of the pool') },
  45044: denied,
  1142: lacking,
  1143: lacking,
  1227: lacking,
  1370: lacking,
  1049: unknownDatabase,
  1046: withHint('USAGE', 'choose a database with --database or DB_NAME', 'give the pool the option database'),
  1054: { ...failed, hintInCode: () => 'check the name; migrate(pool) updates the tables of an older shop' },
  1146: withHint(
    'QUERY_FAILED',
    'check that the schema exists: dbtool db status',
    'check the name; migrate(pool) creates the tables of the shop',
  ),
  1062: withHint('DUPLICATE', 'nothing was changed; choose another value, or change the row with this one'),
  1451: withHint('REFERENCED', 'nothing was changed; first remove the rows that refer to it'),
  1452: withHint('MISSING_REFERENCE', 'nothing was changed; first add the row to which it refers'),
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
  1709: shortKeys,
  1047: notReady,
  1180: notReady,
  1153: tooLarge,
  1205: lockTimeout,
  1213: withHint('DEADLOCK', 'two transactions waited for each other; try again'),
  1020: withHint('DEADLOCK', 'another transaction changed the same rows; try again'),
  1290: readOnly,
  1665: notLoggable,
  1792: { ...readOnly, hintInCode: () => 'the transaction or the session is read-only; write in another one' },
  1836: readOnly,
  1969: timedOut,
  3024: timedOut,
  1317: withHint('STATEMENT_TIMEOUT', 'KILL QUERY stopped the statement; try again'),
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
  OTHER_SERVICE: otherService,
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

const unknownVariable = 1193
const tlsWords = /certificate|self[- ]signed|TLS|SSL routines|wrong version number/i

/** The caller has set a session variable that the server does not know, or not with this value. */
const callersVariable: Translation = {
  code: 'BAD_CONFIG',
  message: ({ text }) => `sessionVariables of the pool: ${text}`,
  hint: () => 'correct the option sessionVariables',
}

/** Finds the translation by number, then by the code of Node, then by the text. */
export function translationOf(error: DriverError, { variables = {} }: Pick<Target, 'variables'> = {}): Translation {
  if (isWithoutAccounts(error)) return withoutAccounts
  if (error.errno < firstServerErrno && isTlsVersion(error)) return tlsVersion
  const text = error.text.toLowerCase()
  if (error.inSession && Object.keys(variables).some((name) => text.includes(`'${name.toLowerCase()}'`)))
    return callersVariable
  if (error.inSession && error.errno === unknownVariable) return otherProduct
  if (failedWrites.has(error.errno) && namesFullDisk(error.text)) return diskFull
  const known = byNumber[error.errno] ?? byCode[error.code]
  if (known !== undefined) return known
  // Search only errors of Node: the server's may quote a user's text ("gift certificate").
  return error.errno < firstServerErrno && tlsWords.test(error.text) ? tls : failed
}
