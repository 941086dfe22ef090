/**
 * The code of every error, with its exit code. docs/exit-codes.md is the contract: the codes are part of the JSON
 * interface, so never rename one.
 */
export const exitCodes = {
  UNEXPECTED: 1,
  DOCTOR_FOUND_FAULTS: 1,
  STATEMENT_TIMEOUT: 1,
  LOCK_TIMEOUT: 1,
  DEADLOCK: 1,
  POOL_TIMEOUT: 1,
  POOL_CLOSED: 1,
  QUERY_FAILED: 1,
  READ_ONLY: 1,
  SERVER_FAILED: 1,
  CLIENT_FAILED: 1,
  INVARIANT_BROKEN: 1,
  CLUSTER_DEGRADED: 1,
  CLUSTER_DIFFERS: 1,
  USAGE: 2,
  BAD_INPUT: 2,
  BAD_CONFIG: 2,
  CLUSTER_DOWN: 2,
  CLUSTER_INCOMPLETE: 2,
  DECLINED: 3,
  UNREACHABLE: 4,
  ACCESS_DENIED: 4,
  UNKNOWN_DATABASE: 4,
  TLS_FAILED: 4,
  CONNECTION_LOST: 4,
  NODE_NOT_READY: 4,
  NOT_MARIADB: 4,
  NOT_FOUND: 5,
  DUPLICATE: 6,
  REFERENCED: 6,
  MISSING_REFERENCE: 6,
  CONSTRAINT: 6,
  TOO_LARGE: 6,
  OUT_OF_STOCK: 6,
  KEY_CONFLICT: 6,
  ILLEGAL_STATUS: 6,
  NOT_AUTHENTICATED: 6,
  NOT_EMPTY: 6,
  FAILOVER_REFUSED: 6,
  PARTLY_DONE: 7,
  MIGRATIONS_PENDING: 8,
  MIGRATION_HALF_RUN: 8,
  SCHEMA_NEWER: 8,
  OUTCOME_UNKNOWN: 9,
  THRESHOLD_MISSED: 99,
  HUNG_UP: 129,
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const

/** The code of an error, by which programs distinguish errors. */
export type ErrorCode = keyof typeof exitCodes

/** The details of a {@link DbtoolError}. */
export interface ErrorDetails {
  /** The next step for the user, in one sentence. */
  hint?: string | undefined
  /** The next step for a program that calls the library, where it is another one; null if there is none. */
  hintInCode?: string | null | undefined
  /** The separate faults, if one input has several. Each is a complete message. */
  faults?: readonly string[] | undefined
  /** The message does not have the faults: they are shown below it. */
  isSummary?: boolean | undefined
  /** The underlying error, printed only with `-v`. */
  cause?: unknown
}

/** An error for the user: the message names the thing and its problem, and the hint names the next step. */
export class DbtoolError extends Error {
  override readonly name = 'DbtoolError'
  /** The next step for the user, in one sentence. */
  readonly hint: string | undefined
  /** The separate faults, if one input has several; otherwise empty, or the message alone. */
  readonly faults: readonly string[]
  readonly #hintInCode: string | null | undefined
  readonly #summary: string | undefined

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.hint = details.hint
    this.#hintInCode = details.hintInCode
    this.#summary = details.isSummary === true ? message : undefined
    this.faults = details.faults ?? []
  }

  /**
   * Gives the error the hint for a program, in the words of the library, and returns it. A program may show the message
   * alone, so that has all faults.
   */
  inCode(): this {
    if (this.#hintInCode !== undefined) Object.assign(this, { hint: this.#hintInCode ?? undefined })
    if (this.#summary === this.message) {
      // The stack begins with the message of the time when it is first read.
      const { stack } = this
      this.message = `${this.#summary}: ${this.faults.join('; ')}`
      this.stack = stack?.replace(this.#summary, () => this.message)
    }
    return this
  }

  /** For JSON and structured logs, which would otherwise lack the message. */
  toJSON(): object {
    return Object.assign({ message: this.message }, this)
  }

  /** The exit code of the command, as in docs/exit-codes.md. */
  get exitCode(): number {
    return exitCodes[this.code]
  }
}

/** An invalid value. The message continues the name of the value: "--quantity" + " must be …". */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue'

  /** Without a stack trace: a file with many faults would spend its time on them, and nobody sees them. */
  constructor(message: string) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** Makes one error of all faults of an input. A single fault becomes the message itself. */
export function allFaults(
  code: ErrorCode,
  what: string,
  faults: readonly string[],
  hints?: string | Pick<ErrorDetails, 'hint' | 'hintInCode'>,
): DbtoolError {
  const [first = what] = faults
  const isSummary = faults.length > 1
  const details = { ...(typeof hints === 'string' ? { hint: hints } : hints), faults, isSummary }
  return new DbtoolError(code, isSummary ? `${what}: ${faults.length} faults` : first, details)
}

/**
 * Resolves to both results. If both promises reject with the same code, rejects with one error that has both messages
 * and the hint of the first. Otherwise rejects with the first error.
 */
export async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second])
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value]
  const failures = [a, b].flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  const [error, other] = failures
  if (!(error instanceof DbtoolError) || !(other instanceof DbtoolError) || error.code !== other.code)
    throw error ?? new Error('unreachable')
  throw new DbtoolError(error.code, `${error.message}, and ${other.message}`, { hint: error.hint, cause: other })
}

/** The message of any thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** True for an error with a `code`, as Node throws it. */
export function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}
