import { DbtoolError } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import { addressOf, type Target } from '../target.ts'

/** The errors of a connection that come from this side, and not from the server. */
export function cancelled(): DbtoolError {
  return new DbtoolError('INTERRUPTED', 'the statement was cancelled')
}

export function tooLate(timeoutMs: number): DbtoolError {
  return new DbtoolError('STATEMENT_TIMEOUT', `no result within ${Math.round(timeoutMs)} ms`, {
    hint: 'the statement was stopped; raise timeoutMs to allow more time',
  })
}

export function noRow(target: Target, waitMs: number): DatabaseError {
  const message = `${addressOf(target)} has sent no row for ${waitMs} ms`
  const hint = 'the statement was stopped; raise DB_STATEMENT_TIMEOUT to allow more time'
  const hintInCode = 'the statement was stopped; raise statementTimeoutMs of the pool to allow more time'
  return new DatabaseError('STATEMENT_TIMEOUT', message, { hint, hintInCode })
}

export function silent(target: Target, timeoutMs: number): DatabaseError {
  const message = `${addressOf(target)} has not answered for ${Math.round(timeoutMs)} ms`
  const hint = 'the server hangs or the network failed; the connection was closed'
  return new DatabaseError('CONNECTION_LOST', message, { hint })
}

/** The connection was closed before the statement could be sent. */
export function alreadyClosed(target: Target): DatabaseError {
  return new DatabaseError('CONNECTION_LOST', `the connection to ${addressOf(target)} is closed`, { hint: 'try again' })
}

export function closedMeanwhile(target: Target): DatabaseError {
  const message = `the connection to ${addressOf(target)} was closed while a statement was running`
  return new DatabaseError('CONNECTION_LOST', message, {
    hint: 'check whether it took effect before you try again',
  })
}
