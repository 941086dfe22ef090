import { DbtoolError, type ErrorCode } from '../errors.ts'
import { DatabaseError } from './failures.ts'

/**
 * What an error means for the work in which it came, and what is done about it. docs/faults.md shows this table; a test
 * compares them.
 */
export interface Rule {
  readonly code: ErrorCode
  /** The numbers of the server (or 45xxx: of the connector) that are this; none: dbtool's own error. */
  readonly numbers: readonly number[]
  readonly meaning: string
  /**
   * What became of a transaction of several statements: `ended` by the server, nothing of it took place; `open`: we
   * roll it back.
   */
  readonly transaction: 'ended' | 'open' | 'not begun' | 'unknown'
  /** What became of an order, which is one statement with its own COMMIT; `unknown` is found out by its key. */
  readonly order: 'not placed' | 'unknown'
  /** `repeatable`: only work that may be done twice, as it only reads, or finds by a key what it did before. */
  readonly again: 'yes' | 'repeatable' | 'after a loss' | 'no'
  /** How often it is tried in all; and always within the one deadline over all attempts. */
  readonly attempts: number
  /** The first pause; each is twice the one before, up to `longestPauseMs`. */
  readonly pauseMs: number
}

export const longestPauseMs = 1_000

const never = { again: 'no', attempts: 1, pauseMs: 0 } as const
const patiently = { attempts: Infinity, pauseMs: 50 } as const

export const retryTable: readonly Rule[] = [
  {
    code: 'DEADLOCK',
    numbers: [1213, 1020],
    meaning: 'another transaction was in the way and went first',
    transaction: 'ended',
    order: 'not placed',
    again: 'yes',
    attempts: 8,
    pauseMs: 10,
  },
  {
    code: 'LOCK_TIMEOUT',
    numbers: [1205],
    meaning: 'another transaction held the rows for the whole lock wait',
    transaction: 'open',
    order: 'not placed',
    ...never,
  },
  {
    code: 'STATEMENT_TIMEOUT',
    numbers: [1969, 3024],
    meaning: 'max_statement_time stopped the statement, maybe just after its COMMIT',
    transaction: 'open',
    order: 'unknown',
    ...never,
  },
  {
    code: 'STATEMENT_TIMEOUT',
    numbers: [1317],
    meaning: 'KILL QUERY stopped the statement, maybe just after its COMMIT',
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
    meaning: 'no connection can be made: nobody listens, or too many are open',
    transaction: 'not begun',
    order: 'not placed',
    again: 'after a loss',
    ...patiently,
  },
  {
    code: 'POOL_TIMEOUT',
    numbers: [],
    meaning: 'the pool had no connection to lend in time',
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
    numbers: [1290, 1792, 1836],
    meaning: 'the server accepts no writes, also if told so between write and COMMIT',
    transaction: 'open',
    order: 'not placed',
    ...never,
  },
  {
    code: 'OUT_OF_STOCK',
    numbers: [],
    meaning: 'something was sold out or is no longer sold',
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

/** Every other error, of ours or of the server. */
export const otherErrors: Omit<Rule, 'code'> = {
  numbers: [],
  meaning: 'anything else that is refused',
  transaction: 'open',
  order: 'not placed',
  ...never,
}

/** The rule of an error; a number decides before a code. */
export function ruleOf(error: unknown): Omit<Rule, 'code'> {
  if (!(error instanceof DbtoolError)) return otherErrors
  const errno = error instanceof DatabaseError ? error.errno : undefined
  const rules = retryTable.filter(({ code }) => code === error.code)
  return rules.find(({ numbers }) => errno !== undefined && numbers.includes(errno)) ?? rules[0] ?? otherErrors
}

/** After these nobody here knows whether the server still does, or has done, what it was asked. */
export function isConnectionLoss(error: unknown): boolean {
  return error instanceof DbtoolError && (error.code === 'CONNECTION_LOST' || error.code === 'OUTCOME_UNKNOWN')
}
