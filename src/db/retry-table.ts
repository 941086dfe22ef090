import { DbtoolError, type ErrorCode } from '../errors.ts'
import { DatabaseError } from './failures.ts'

/**
 * The meaning of an error for the work in which it occurred, and whether the work is retried. docs/faults.md shows this
 * table; a test compares the two.
 */
export interface Rule {
  readonly code: ErrorCode
  /** The error numbers of the server (or 45xxx: of the connector) for this rule; none for an error of dbtool itself. */
  readonly numbers: readonly number[]
  readonly meaning: string
  /**
   * The state of a transaction of several statements. `ended`: the server has rolled it back. `open`: dbtool rolls it
   * back.
   */
  readonly transaction: 'ended' | 'open' | 'not begun' | 'unknown'
  /** The state of an order, which is one statement with its own COMMIT. dbtool resolves `unknown` with its key. */
  readonly order: 'not placed' | 'unknown'
  /** `repeatable`: only for work that is safe to run twice, because it only reads or finds its result by a key. */
  readonly again: 'yes' | 'repeatable' | 'after a loss' | 'no'
  /** Maximum number of attempts, all before one common deadline. */
  readonly attempts: number
  /** The first pause in milliseconds. Each is twice as long as the previous one, up to `longestPauseMs`. */
  readonly pauseMs: number
}

export const longestPauseMs = 1_000

const never = { again: 'no', attempts: 1, pauseMs: 0 } as const
const patiently = { attempts: Infinity, pauseMs: 50 } as const

export const retryTable: readonly Rule[] = [
  {
    code: 'DEADLOCK',
    numbers: [1213, 1020],
    meaning: 'another transaction conflicted and took precedence',
    transaction: 'ended',
    order: 'not placed',
    again: 'yes',
    attempts: Infinity,
    pauseMs: 10,
  },
  {
    code: 'LOCK_TIMEOUT',
    numbers: [1205],
    meaning: 'another session held the rows, the table or all commits during the entire lock wait',
    transaction: 'open',
    order: 'not placed',
    ...never,
  },
  {
    code: 'STATEMENT_TIMEOUT',
    numbers: [1969, 3024],
    meaning: 'max_statement_time stopped the statement, possibly just after its COMMIT',
    transaction: 'open',
    order: 'unknown',
    ...never,
  },
  {
    code: 'STATEMENT_TIMEOUT',
    numbers: [1317],
    meaning: 'KILL QUERY stopped the statement, possibly just after its COMMIT',
    transaction: 'open',
    order: 'unknown',
    ...never,
  },
  {
    code: 'CONNECTION_LOST',
    numbers: [1053, 1094, 1152, 1927, 2006, 2013, 45001, 45004, 45009, 45013, 45019, 45026],
    meaning: 'the server shut down or died, KILL CONNECTION, or the network; a socket error',
    transaction: 'ended',
    order: 'unknown',
    again: 'yes',
    ...patiently,
  },
  {
    code: 'NODE_NOT_READY',
    numbers: [1047, 1180],
    meaning: 'the node has left its cluster, or lags behind it; its connection is closed',
    transaction: 'ended',
    order: 'unknown',
    again: 'yes',
    ...patiently,
  },
  {
    code: 'OUTCOME_UNKNOWN',
    numbers: [],
    meaning: 'the connection was lost at COMMIT',
    transaction: 'unknown',
    order: 'unknown',
    again: 'repeatable',
    ...patiently,
  },
  {
    code: 'UNREACHABLE',
    numbers: [1040, 1203, 1226, 45012],
    meaning: 'no connection is possible: no server listens, or too many connections are open',
    transaction: 'not begun',
    order: 'not placed',
    again: 'after a loss',
    ...patiently,
  },
  {
    code: 'POOL_TIMEOUT',
    numbers: [],
    meaning: 'no connection of the pool became free before the time-out',
    transaction: 'not begun',
    order: 'not placed',
    again: 'after a loss',
    ...patiently,
  },
  {
    code: 'POOL_CLOSED',
    numbers: [],
    meaning: 'the command is ending, as after Ctrl-C',
    transaction: 'not begun',
    order: 'not placed',
    ...never,
  },
  {
    code: 'READ_ONLY',
    numbers: [1665, 1792],
    meaning: 'the session, the profile or binlog_format allows no writes',
    transaction: 'open',
    order: 'not placed',
    ...never,
  },
  {
    code: 'READ_ONLY',
    numbers: [1290, 1836],
    meaning: 'the server accepts no writes, even if it became read-only between write and COMMIT',
    transaction: 'open',
    order: 'not placed',
    again: 'after a loss',
    ...patiently,
  },
  {
    code: 'TOO_LARGE',
    numbers: [1153],
    meaning: 'the statement is larger than max_allowed_packet; dbtool does not send it',
    transaction: 'open',
    order: 'not placed',
    ...never,
  },
  {
    code: 'OUT_OF_STOCK',
    numbers: [],
    meaning: 'a product is sold out or no longer for sale',
    transaction: 'ended',
    order: 'not placed',
    ...never,
  },
  {
    code: 'KEY_CONFLICT',
    numbers: [],
    meaning: 'the key belongs to another order',
    transaction: 'ended',
    order: 'not placed',
    ...never,
  },
]

/** The rule of every other error, of dbtool or of the server. */
export const otherErrors: Omit<Rule, 'code'> = {
  numbers: [],
  meaning: 'any other rejected statement',
  transaction: 'open',
  order: 'not placed',
  ...never,
}

/** Finds the rule of an error, by its number before its code. */
export function ruleOf(error: unknown): Omit<Rule, 'code'> {
  if (!(error instanceof DbtoolError)) return otherErrors
  const errno = error instanceof DatabaseError ? error.errno : undefined
  const rules = retryTable.filter(({ code }) => code === error.code)
  return rules.find(({ numbers }) => errno !== undefined && numbers.includes(errno)) ?? rules[0] ?? otherErrors
}

/** True for a lost connection: the server may or may not have run its statement, or may still be running it. */
export function isConnectionLoss(error: unknown): boolean {
  return error instanceof DbtoolError && (error.code === 'CONNECTION_LOST' || error.code === 'OUTCOME_UNKNOWN')
}

/** True for a lost connection, and for a node that is not ready: the work may continue on another server. */
export function isServerLoss(error: unknown): boolean {
  return isConnectionLoss(error) || (error instanceof DbtoolError && error.code === 'NODE_NOT_READY')
}

/**
 * True after an error that another server may not give: a node outside its cluster, or a replica. A connection with
 * such an error is closed, so that a retry connects again, perhaps through a proxy to another server.
 */
export function isOfThisServer(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false
  return error.code === 'NODE_NOT_READY' || (error.code === 'READ_ONLY' && ruleOf(error).again !== 'no')
}

const temporary: ReadonlySet<ErrorCode> = new Set([
  'DEADLOCK',
  'LOCK_TIMEOUT',
  'STATEMENT_TIMEOUT',
  'CONNECTION_LOST',
  'NODE_NOT_READY',
  'OUTCOME_UNKNOWN',
  'UNREACHABLE',
  'POOL_TIMEOUT',
  'POOL_CLOSED',
])

/**
 * The hint after an error that stopped a long piece of work, which `again` continues. An error that does not pass by
 * itself needs its own remedy first.
 */
export function hintToContinue({ code, hint = 'remove the cause' }: DbtoolError, again: string): string {
  return temporary.has(code) ? again : `${hint.replace(/^nothing was changed; /, '')}; then ${again}`
}

/** True if the server cannot be reached now: it may answer a later connection. */
export function isAway(error: unknown): boolean {
  return isServerLoss(error) || (error instanceof DbtoolError && error.code === 'UNREACHABLE')
}
