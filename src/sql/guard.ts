import { DbtoolError } from '../errors.ts'
import { codeOf, firstWord, hasExecutableComment } from '../db/sql-text.ts'
import { nearest } from '../nearest.ts'

/**
 * Statements that can be sent in a read-only transaction. The server refuses every change there. Others could
 * end the transaction first, such as CALL, BEGIN NOT ATOMIC and EXECUTE IMMEDIATE. SET GLOBAL and KILL are not part of
 * any transaction.
 */
const reading: readonly string[] = [
  ...['SELECT', 'WITH', 'VALUES', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'ANALYZE', 'CHECKSUM', 'HELP'],
]
/** Statements that the server rolls back completely. Others commit by themselves. */
const revertible: readonly string[] = ['INSERT', 'UPDATE', 'DELETE', 'REPLACE', ...reading]
/** Statements that rebuild tables, and commit by themselves. */
const redefining: readonly string[] = ['ALTER', 'CREATE', 'DROP', 'RENAME', 'TRUNCATE', 'OPTIMIZE', 'REPAIR', 'ANALYZE']
const explainable: readonly string[] = ['SELECT', 'WITH', 'VALUES', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE']

/** The server allows it in a read-only transaction. */
const writesStatistics = /^[\s(]*ANALYZE\s+(?:\w+\s+)?TABLE\b/i

/** @throws DbtoolError USAGE for a statement that could change something although its transaction is read-only. */
export function assertReading(sql: string): void {
  const word = firstWord(sql)
  const hint = 'add --write to allow changes'
  if (hasExecutableComment(sql))
    throw new DbtoolError('USAGE', 'the statement has code in a comment (/*!), so it may change something', { hint })
  if (!reading.includes(word) || writesStatistics.test(codeOf(sql)))
    throw new DbtoolError('USAGE', `${nameOf(word)} may change something, and dbtool sql only reads`, {
      hint: [...meant(word), hint].join(' '),
    })
  if (/\bINTO\s+(?:OUTFILE|DUMPFILE)\b/i.test(codeOf(sql)))
    throw new DbtoolError('USAGE', 'INTO OUTFILE writes a file on the server, and dbtool sql only reads', {
      hint: 'write a file here with -o FILE, or add --write',
    })
}

/** @throws DbtoolError USAGE for a statement that commits by itself, or could. */
export function assertRevertible(sql: string): void {
  const word = firstWord(sql)
  if (hasExecutableComment(sql) || !revertible.includes(word))
    throw new DbtoolError('USAGE', `--dry-run cannot roll back ${nameOf(word)}`, {
      hint: 'it works with INSERT, UPDATE, DELETE and REPLACE',
    })
}

/** @throws DbtoolError USAGE for a statement without a plan. */
export function assertExplainable(sql: string): void {
  const word = firstWord(sql)
  if (hasExecutableComment(sql) || !explainable.includes(word))
    throw new DbtoolError('USAGE', `the server has no plan for ${nameOf(word)}`, {
      hint: '--explain works with SELECT, INSERT, UPDATE, DELETE and REPLACE',
    })
}

/** A misspelled word of a reading statement. */
function meant(word: string): string[] {
  const near = reading.includes(word) ? undefined : nearest(word, reading)
  return near === undefined ? [] : [`did you mean ${near}? otherwise,`]
}

const nameOf = (word: string): string => (word === '' ? 'this statement' : word)

/** Whether the server knows the columns of the result before it runs the statement. A procedure has any. */
export const hasKnownShape = (sql: string): boolean => revertible.includes(firstWord(sql))

/**
 * Whether the statement takes the time that its tables need. A node of a Galera cluster carries it out even if another
 * node has ended it at a time limit.
 */
export const isWithoutLimit = (sql: string): boolean => redefining.includes(firstWord(sql))
