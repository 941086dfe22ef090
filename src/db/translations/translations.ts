import { oldestServer } from '../oldest-server.ts'
import type { ErrorCode } from '../../errors.ts'
import { namesFullDisk } from '../../full-disk.ts'
import { isWithoutAccounts, loginRefusals, methodRefused, optionPrevents, withoutAccounts } from './login-refusals.ts'
import { quoted } from '../privileges/accounts.ts'
import { addressOf, describeTarget, type Target } from '../target.ts'
import { namesTls, namesTlsVersion, noTls, otherVersion, tls, tlsFailures } from './tls-failures.ts'
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
const namesReadOnly = /read[-_]only/
/** An option of the server forbids the statement, such as secure_file_priv. */
const prevented = withHint('QUERY_FAILED', 'nothing was changed; an administrator sets that option of the server')
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
const freeSpace = 'free space where the data (datadir) and temporary files (tmpdir) of the server are'
const diskFull = withHint('QUERY_FAILED', `nothing was changed; ${freeSpace}`)
/** As after other errors of a COMMIT, it is unknown whether it was written. */
const diskFullAtCommit: Translation = {
  code: 'NODE_NOT_READY',
  message: (error, target) => `the server at ${addressOf(target)} could not commit: ${serverText(error)}`,
  hint: () => freeSpace,
}
/** The numbers of failed writes. The text gives the reason: a full table can have another. */
const onFullDisk: Readonly<Record<number, Translation>> = {
  ...Object.fromEntries([1, 3, 20, 1004, 1005, 1006, 1021, 1026, 1030, 1114].map((errno) => [errno, diskFull])),
  1180: diskFullAtCommit,
}
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
  ...tlsFailures,
  1040: tooMany,
  45040: sameName,
  1142: lacking,
  1143: lacking,
  1227: lacking,
  1370: lacking,
  1049: unknownDatabase,
  1046: withHint('USAGE', 'choose a database with --database or DB_NAME', 'give the pool the option database'),
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
  HANDSHAKE_NO_SSL_SUPPORT: noTls,
  HANDSHAKE_SSL_ERROR: tls,
}

const unknownVariable = 1193

/** The caller has set a session variable that the server does not know, or not with this value. */
const callersVariable: Translation = {
  code: 'BAD_CONFIG',
  message: ({ text }) => `sessionVariables of the pool: ${text}`,
  hint: () => 'correct the option sessionVariables',
}

/** Finds the translation by number, then by the code of Node, then by the text. */
export function translationOf(error: DriverError, { variables = {} }: Pick<Target, 'variables'> = {}): Translation {
  if (isWithoutAccounts(error)) return withoutAccounts
  const isOfNode = error.errno === 0
  if (isOfNode && namesTlsVersion(error)) return otherVersion
  const text = error.text.toLowerCase()
  if (error.inSession && Object.keys(variables).some((name) => text.includes(`'${name.toLowerCase()}'`)))
    return callersVariable
  if (error.inSession && error.errno === unknownVariable) return otherProduct
  const fullDisk = onFullDisk[error.errno]
  if (fullDisk !== undefined && namesFullDisk(error.text)) return fullDisk
  if (error.errno === optionPrevents && !namesReadOnly.test(error.text)) return prevented
  return byNumber[error.errno] ?? byCode[error.code] ?? (isOfNode && namesTls(error) ? tls : failed)
}
