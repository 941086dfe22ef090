/**
 * Every way in which dbtool fails, with the exit code of the contract in docs/exit-codes.md.
 * A code is part of the JSON interface: never rename one.
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
  INVARIANT_BROKEN: 1,
  USAGE: 2,
  BAD_INPUT: 2,
  BAD_CONFIG: 2,
  DECLINED: 3,
  UNREACHABLE: 4,
  ACCESS_DENIED: 4,
  UNKNOWN_DATABASE: 4,
  TLS_FAILED: 4,
  CONNECTION_LOST: 4,
  NOT_MARIADB: 4,
  NOT_FOUND: 5,
  DUPLICATE: 6,
  REFERENCED: 6,
  MISSING_REFERENCE: 6,
  CONSTRAINT: 6,
  OUT_OF_STOCK: 6,
  KEY_CONFLICT: 6,
  ILLEGAL_STATUS: 6,
  NOT_AUTHENTICATED: 6,
  NOT_EMPTY: 6,
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

export type ErrorCode = keyof typeof exitCodes

export interface ErrorDetails {
  /** What the user can do next: one sentence. */
  hint?: string | undefined
  /** The single faults, when one input has several; each reads on its own. */
  faults?: readonly string[] | undefined
  /** The error underneath, for `-v`. Never printed without it. */
  cause?: unknown
}

/** An error meant for a person: it says what is wrong with which thing, and what to do next. */
export class DbtoolError extends Error {
  override readonly name = 'DbtoolError'
  readonly hint: string | undefined
  readonly faults: readonly string[]

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause })
    this.hint = details.hint
    this.faults = details.faults ?? []
  }

  get exitCode(): number {
    return exitCodes[this.code]
  }
}

/** A single value that breaks its rule. The message reads after the name of the value: "--quantity" + " must be …". */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue'
}

/** One error for all the faults of one input; a single fault is its own message. */
export function allFaults(code: ErrorCode, what: string, faults: readonly string[], hint?: string): DbtoolError {
  const [first = what] = faults
  if (faults.length <= 1) return new DbtoolError(code, first, { hint, faults })
  return new DbtoolError(code, `${what}: ${faults.length} faults`, { hint, faults })
}

/** Both results; when both fail, one error with the faults of both, as the first one fails. */
export async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second])
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value]
  const failures = [a, b].flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
  const [one, other] = failures
  if (!(one instanceof DbtoolError) || !(other instanceof DbtoolError) || one.code !== other.code)
    throw one ?? new Error('unreachable')
  throw new DbtoolError(one.code, `${one.message}, and ${other.message}`, { hint: one.hint, cause: other })
}

/** What anything that was thrown says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

export function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}
