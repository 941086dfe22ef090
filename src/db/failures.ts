import { DbtoolError, type ErrorCode } from '../errors.ts'
import { addressOf, describeTarget, type Target } from './target.ts'

/** An error of the server or of the connector, in our words. `errno` is the server's number where there is one. */
export class DatabaseError extends DbtoolError {
  readonly errno: number | undefined
  /** For a DUPLICATE: the name of the unique key that refused. */
  readonly key: string | undefined

  constructor(code: ErrorCode, message: string, details: { hint?: string | undefined; cause?: unknown; errno?: number | undefined; key?: string | undefined } = {}) {
    super(code, message, details)
    this.errno = details.errno
    this.key = details.key
  }
}

interface DriverError {
  readonly errno: number
  readonly code: string
  readonly text: string
}

interface Translation {
  readonly code: ErrorCode
  readonly message: (error: DriverError, target: Target) => string
  readonly hint?: (target: Target) => string
}

const says = (error: DriverError): string => error.text.replace(/\.$/, '')
const reachHint = (target: Target): string =>
  target.socket === undefined
    ? 'check --host and --port, or start a private server: dbtool server start'
    : 'is the server running? dbtool server status'

const unreachable: Translation = {
  code: 'UNREACHABLE',
  message: (error, target) => `cannot reach MariaDB at ${addressOf(target)} (${error.code})`,
  hint: reachHint,
}
const denied: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) => `the server at ${addressOf(target)} refused user '${target.user}': ${says(error)}`,
  hint: () => 'check --user, and the password from DB_PASSWORD, --password-file or --ask-password',
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
const tls: Translation = {
  code: 'TLS_FAILED',
  message: (error, target) => `no encrypted connection to ${addressOf(target)}: ${says(error)}`,
  hint: () => 'check --ssl-mode and --ssl-ca',
}
const unchanged = (code: ErrorCode, hint?: string): Translation => ({ code, message: says, ...(hint === undefined ? {} : { hint: () => hint }) })
const timedOut = unchanged('STATEMENT_TIMEOUT', 'the statement was stopped; raise DB_STATEMENT_TIMEOUT if it may take longer')

/** By the server's error number (https://mariadb.com/kb/en/mariadb-error-codes/) or the connector's (45xxx). */
const byNumber: Readonly<Record<number, Translation>> = {
  1040: tooMany, 1203: tooMany, 1226: tooMany,
  1044: denied, 1045: denied, 1130: denied, 1698: denied, 1862: denied,
  1049: {
    code: 'UNKNOWN_DATABASE',
    message: (_error, target) => `there is no database '${target.database ?? ''}' on ${addressOf(target)}`,
    hint: (target) => `create it with CREATE DATABASE \`${target.database ?? ''}\`, or choose another one with --database`,
  },
  1142: unchanged('ACCESS_DENIED', 'this user lacks a privilege; dbtool needs SELECT, INSERT, UPDATE, DELETE, and more to migrate'),
  1046: unchanged('USAGE', 'choose a database with --database or DB_NAME'),
  1193: unchanged('QUERY_FAILED'),
  1062: unchanged('DUPLICATE'),
  1451: unchanged('REFERENCED'),
  1452: unchanged('MISSING_REFERENCE'),
  4025: unchanged('CONSTRAINT'), 1264: unchanged('CONSTRAINT'), 1406: unchanged('CONSTRAINT'), 1048: unchanged('CONSTRAINT'),
  1205: unchanged('LOCK_TIMEOUT', 'another transaction holds the rows; try again'),
  1213: unchanged('DEADLOCK', 'two transactions waited for each other; try again'),
  1020: unchanged('DEADLOCK', 'another transaction changed the same rows; try again'),
  1290: unchanged('READ_ONLY', 'the server accepts no writes now'), 1792: unchanged('READ_ONLY'), 1836: unchanged('READ_ONLY'),
  1969: timedOut, 3024: timedOut,
  1317: unchanged('STATEMENT_TIMEOUT', 'somebody stopped the statement with KILL QUERY'),
  1927: lost, 1053: lost, 1152: lost, 2006: lost, 2013: lost,
  45001: lost, 45004: lost, 45009: lost, 45013: lost, 45019: lost, 45026: lost, 1094: lost,
  45012: { ...unreachable, message: (_error, target) => `no answer from ${addressOf(target)} before the connect time-out` },
  45023: tls, 45056: tls, 45057: tls, 45059: tls, 45062: tls,
}

const byCode: Readonly<Record<string, Translation>> = {
  ECONNREFUSED: unreachable, ENOENT: unreachable, ENOTFOUND: unreachable, EAI_AGAIN: unreachable, EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable, ETIMEDOUT: unreachable, EACCES: unreachable, ENOTSOCK: unreachable, EINVAL: unreachable,
  ECONNRESET: lost, EPIPE: lost,
}

const tlsWords = /certificate|self[- ]signed|TLS|SSL routines|wrong version number/i

function pick(error: DriverError): Translation {
  const known = byNumber[error.errno] ?? byCode[error.code]
  if (tlsWords.test(error.text) && error.errno !== 1045) return tls
  return known ?? unchanged('QUERY_FAILED')
}

function read(error: Error): DriverError {
  const raw = error as Error & { errno?: number; code?: string; sqlMessage?: string | null }
  const text = (raw.sqlMessage ?? raw.message).replace(/^\(conn[^)]*\)\s*/, '').split('\n')[0] ?? ''
  return { errno: Math.abs(raw.errno ?? 0), code: raw.code ?? raw.name, text }
}

/** The one place where an error of the connector becomes one of ours. Ours pass through unchanged. */
export function translate(error: unknown, target: Target): DbtoolError {
  if (error instanceof DbtoolError) return error
  if (!(error instanceof Error)) return new DbtoolError('UNEXPECTED', String(error))
  const raw = read(error)
  if (raw.errno === 45030 || raw.errno === 45029) return sessionRefused(raw, target, error)
  const found = pick(raw)
  return new DatabaseError(found.code, found.message(raw, target), {
    hint: found.hint?.(target),
    cause: error,
    errno: raw.errno,
    key: raw.errno === 1062 ? /for key '(?:[^'.]*\.)?([^']+)'/.exec(raw.text)?.[1] : undefined,
  })
}

function sessionRefused(raw: DriverError, target: Target, cause: Error): DatabaseError {
  const mysql = /max_statement_time/.test(raw.text)
  return mysql
    ? new DatabaseError('NOT_MARIADB', `${describeTarget(target)} is not a MariaDB server: it has no max_statement_time`, { cause, hint: 'dbtool works with MariaDB 10.6 and later' })
    : new DatabaseError('QUERY_FAILED', `${addressOf(target)} refused the session's settings: ${says(raw)}`, { cause })
}
