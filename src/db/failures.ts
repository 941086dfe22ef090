import { DbtoolError, type ErrorCode, type ErrorDetails } from '../errors.ts'
import { translationOf, type DriverError } from './failure-table.ts'
import type { Target } from './target.ts'

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
