import { oldestServer } from './oldest-server.ts'
import { DbtoolError, type ErrorCode, type ErrorDetails } from '../errors.ts'
import { addressOf, type Target } from './target.ts'
import type { DriverError, Translation } from './translations/translation.ts'
import { translationOf } from './translations/translations.ts'

/** The details of a {@link DatabaseError}. */
export interface DatabaseErrorDetails extends Pick<ErrorDetails, 'hint' | 'hintInCode' | 'cause'> {
  readonly errno?: number | undefined
  readonly sqlState?: string | undefined
  readonly key?: string | undefined
}

/** Identifies a connection: its number, and the server that gave it. */
export interface ConnectionIdentity {
  readonly threadId: number
  /** The process of the server that the connection has reached; undefined if it is not known. */
  readonly server?: string | undefined
  /** Reaches that server at its own address, if it is one of several. */
  readonly killer?: { killAtAddress(connection: ConnectionIdentity): Promise<boolean> } | undefined
}

/** An error of the server or the connector, as a DbtoolError. `errno` and `sqlState` are its own, if it has any. */
export class DatabaseError extends DbtoolError {
  /** The number of the server's error, such as 1062; or that of the operating system or connector. */
  readonly errno: number | undefined
  /** The SQLSTATE of the server's error, such as `23000`. */
  readonly sqlState: string | undefined
  /** For DUPLICATE: the name of the unique key with the conflict. */
  readonly key: string | undefined
  /** For CONNECTION_LOST: the identity of the connection if it was open. The server may still run its statement. */
  lost: ConnectionIdentity | undefined

  constructor(code: ErrorCode, message: string, details: DatabaseErrorDetails = {}) {
    super(code, message, details)
    this.errno = details.errno
    this.sqlState = details.sqlState
    this.key = details.key
  }
}

/** Translates an error of the connector, for all of dbtool. A DbtoolError stays as it is, but for its hint. */
export function translate(error: unknown, target: Target): DbtoolError {
  const translated = asDbtoolError(error, target)
  return target.inCode === true ? translated.inCode() : translated
}

function asDbtoolError(error: unknown, target: Target): DbtoolError {
  if (error instanceof DbtoolError) return error
  if (!(error instanceof Error)) return new DbtoolError('UNEXPECTED', String(error))
  const raw = read(error)
  const found = aboutServer(translationOf(raw, target), raw, target)
  return new DatabaseError(found.code, found.message(raw, target), {
    hint: found.hint(target, raw),
    hintInCode: found.hintInCode?.(target, raw),
    cause: error,
    errno: raw.errno === 0 ? undefined : raw.errno,
    sqlState: raw.sqlState,
    // The key is at the end of the text; the value before it comes from the user and may contain anything.
    key: raw.errno === duplicate ? /for key '(?:[^'.]*\.)?([^']+)'$/.exec(raw.text)?.[1] : undefined,
  })
}

/** Refused logins: the server at the default address is perhaps not the one that was meant. */
const refusedLogins: ReadonlySet<number> = new Set([1045, 1049, 1130, 1698])

/** The translation with a sentence about the private server, if the target is the default address in its place. */
function aboutServer(found: Translation, { errno }: DriverError, { isInsteadOfPrivate = false }: Target): Translation {
  if (!isInsteadOfPrivate || (found.code !== 'UNREACHABLE' && !refusedLogins.has(errno))) return found
  return {
    ...found,
    message: (error, target) => `the private server is not running; ${found.message(error, target)}`,
    hint: () => 'start it: dbtool server start; or name another server, such as with --host',
  }
}

/** An error during session set-up, as the connector reported it. */
export class InSession extends Error {
  constructor(override readonly cause: unknown) {
    super('the session could not be set up', { cause })
  }
}

const duplicate = 1062
/** The connector wraps errors of its session set-up, with their numbers, in this one. */
const sessionWrapper = 45030
const wrapped = /\(conn:[^,]*, no: (\d+), [^)]*\) ([^]*?)(?:\nsql: |$)/

function read(error: Error): DriverError {
  if (error instanceof InSession && error.cause instanceof Error) return { ...read(error.cause), inSession: true }
  const raw = error as Error & { errno?: number; code?: string; sqlState?: string; sqlMessage?: string | null }
  const errno = Math.max(0, raw.errno ?? 0)
  const text = raw.sqlMessage ?? raw.message
  const [, innerErrno, innerText] = (errno === sessionWrapper && wrapped.exec(text)) || []
  const inSession = innerErrno !== undefined
  return {
    errno: inSession ? Number(innerErrno) : errno,
    code: raw.code ?? raw.name,
    sqlState: raw.sqlState,
    text: (innerText ?? text).replace(/\s+/g, ' '),
    inSession,
  }
}

/** A server that greets as MySQL refuses a login, or says after it that it is MySQL. */
export function notMariaDb(version: string, target: Target, cause: unknown): DatabaseError {
  const needs = `dbtool needs MariaDB ${oldestServer} or later`
  const message = `the server at ${addressOf(target)}: this is MySQL ${version}; ${needs}`
  return new DatabaseError('NOT_MARIADB', message, {
    hint: 'check --host and --port, or --socket; pool stress, tune, compare and status run on MySQL too',
    hintInCode: 'check host and port, or socket, of the pool',
    cause,
  })
}
