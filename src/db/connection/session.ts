import type { Limits } from '../target.ts'

const forEverSeconds = 100_000_000
const yearSeconds = 31_536_000

const sqlMode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'

/**
 * The session of every connection, in one place: utf8mb4, UTC, strict, READ COMMITTED, bounded statements and lock
 * waits.
 * MariaDB's `max_statement_time` is in seconds (the `max_execution_time` of MySQL does not exist there), and so are the
 * lock
 * waits: for rows, and for a table that somebody else is changing or using. A read-only session refuses changes (error
 * 1792), whoever asks for them.
 */
export function sessionStatements(limits: Limits, readOnly = false): string[] {
  const lockWaitSeconds = limits.lockWaitMs === 0 ? forEverSeconds : Math.max(1, Math.round(limits.lockWaitMs / 1000))
  const variables = [
    `time_zone = '+00:00'`,
    `sql_mode = '${sqlMode}'`,
    `max_statement_time = ${limits.statementTimeoutMs / 1000}`,
    `innodb_lock_wait_timeout = ${lockWaitSeconds}`,
    `lock_wait_timeout = ${Math.min(lockWaitSeconds, yearSeconds)}`,
  ]
  return [
    `SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci, ${variables.join(', ')}`,
    `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED${readOnly ? ', READ ONLY' : ''}`,
  ]
}
