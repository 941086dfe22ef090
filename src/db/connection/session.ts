import { oldestNumber } from '../oldest-server.ts'
import type { Limits, Target } from '../target.ts'

/** A session variable that statements depend on, whatever the server's global value is. */
export interface SessionVariable {
  readonly name: string
  /** The value of every session of dbtool, as SQL and as SHOW VARIABLES prints it. */
  readonly value: string
  /**
   * The first version of MariaDB with this variable, as in an executable comment: 110200 is 11.2.0. With the
   * oldest number, every supported MariaDB has it, and MySQL has not.
   */
  readonly since?: number
  /** The consequence of another global value for programs that set none themselves. Undefined: no harm. */
  readonly harm?: string
}

const noLimit = '18446744073709551615'

/**
 * Variables with one right value. A global of the server is only a default. It must not decide whether a change is
 * committed, a foreign key checked, or a list cut. https://mariadb.com/kb/en/server-system-variables/
 */
export const sessionVariables: readonly SessionVariable[] = [
  { name: 'autocommit', value: 'ON', harm: 'a program that never commits loses its changes when it disconnects' },
  { name: 'completion_type', value: 'NO_CHAIN', harm: 'COMMIT starts another transaction, or disconnects' },
  { name: 'foreign_key_checks', value: 'ON', harm: 'rows can refer to rows that do not exist' },
  { name: 'unique_checks', value: 'ON', harm: 'a unique index can get duplicates' },
  { name: 'check_constraint_checks', value: 'ON', since: oldestNumber, harm: 'CHECK constraints are not enforced' },
  { name: 'sql_select_limit', value: noLimit, harm: 'SELECT without LIMIT returns only the first rows' },
  { name: 'sql_safe_updates', value: 'OFF', harm: 'UPDATE and DELETE without a key fail' },
  // Setting max_join_size turns sql_big_selects off, so this order matters.
  { name: 'max_join_size', value: noLimit, harm: 'large joins fail' },
  { name: 'sql_big_selects', value: 'ON' },
  { name: 'sql_auto_is_null', value: 'OFF', harm: 'IS NULL finds the last inserted row' },
  { name: 'div_precision_increment', value: '4', harm: 'quotients have another number of decimals' },
  { name: 'group_concat_max_len', value: '1048576' },
  { name: 'max_sort_length', value: '1024' },
  { name: 'default_week_format', value: '0' },
  { name: 'default_regex_flags', value: '', since: oldestNumber },
  { name: 'character_set_collations', value: '', since: 110200 },
  // The text of an error names keys and databases, and is parsed.
  { name: 'lc_messages', value: 'en_US' },
  { name: 'lc_time_names', value: 'en_US' },
  // A prompt, a pager or a file of another system may keep a connection idle, or its rows unread.
  { name: 'wait_timeout', value: '28800' },
  { name: 'idle_transaction_timeout', value: '0', since: oldestNumber },
  { name: 'idle_readonly_transaction_timeout', value: '0', since: oldestNumber },
  { name: 'idle_write_transaction_timeout', value: '0', since: oldestNumber },
  { name: 'net_read_timeout', value: '600' },
  { name: 'net_write_timeout', value: '28800' },
]

const foreverSeconds = 100_000_000
const yearSeconds = 31_536_000

const sqlMode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'

export type SessionOptions = Pick<Target, 'readOnly' | 'variables'>

/**
 * The statement that sets up a session: utf8mb4, UTC, strict mode, READ COMMITTED, bounded statements and lock waits,
 * and {@link sessionVariables}. It is one statement: a server that closes the connection answers only the first. A
 * second one, written to a closed socket, would lose the reason.
 *
 * `max_statement_time` and the lock waits (for rows, and for tables) are in seconds. A read-only session rejects every
 * change with error 1792. From then on, the answer to a statement that changes the session says so.
 */
export function sessionStatement(
  limits: Limits,
  { readOnly = false, variables: own = {} }: SessionOptions = {},
): string {
  const lockWaitSeconds = limits.lockWaitMs === 0 ? foreverSeconds : Math.max(1, Math.round(limits.lockWaitMs / 1000))
  const variables = [
    `time_zone = '+00:00'`,
    `sql_mode = '${sqlMode}'`,
    `innodb_lock_wait_timeout = ${lockWaitSeconds}`,
    `lock_wait_timeout = ${Math.min(lockWaitSeconds, yearSeconds)}`,
  ]
  const ofMariaDb: SessionVariable[] = [
    { name: 'max_statement_time', value: String(limits.statementTimeoutMs / 1000), since: oldestNumber },
    // Names that every supported version has; 11.1 added others.
    { name: 'tx_isolation', value: 'READ-COMMITTED', since: oldestNumber },
    ...(readOnly ? [{ name: 'tx_read_only', value: 'ON', since: oldestNumber }] : []),
  ]
  const all = `${variables.join(', ')}${[...ofMariaDb, ...sessionVariables].map(assignment).join('')}`
  const ofCaller = Object.entries(own).map(([name, value]) => assignment({ name, value: String(value) }))
  // The fact of a change is enough, and the connector needs the character set. Of all variables, a server with a binary
  // log would report the GTID of each commit, too.
  const track = `, session_track_state_change = ON, session_track_system_variables = 'character_set_client'`
  return `SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci, ${all}${ofMySql(limits, readOnly)}${ofCaller.join('')}${track}`
}

/** The same for MySQL 5.7.20 and later, in comments that MariaDB does not execute. */
function ofMySql({ statementTimeoutMs }: Limits, readOnly: boolean): string {
  const variables = [
    `max_execution_time = ${statementTimeoutMs}`,
    `transaction_isolation = 'READ-COMMITTED'`,
    ...(readOnly ? ['transaction_read_only = ON'] : []),
  ]
  return variables.map((variable) => `/*!50720 , ${variable} */`).join('')
}

function assignment({ name, value, since }: SessionVariable): string {
  const text = `, ${name} = ${/^-?\d+(?:\.\d+)?$/.test(value) ? value : `'${value}'`}`
  return since === undefined ? text : `/*M!${since} ${text} */`
}
