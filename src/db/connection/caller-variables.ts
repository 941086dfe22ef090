import { InvalidValue } from '../../errors.ts'
import { sessionVariables } from './session.ts'

/** Variables that have an option of their own, or on which dbtool's statements depend. */
const reserved: Readonly<Record<string, string>> = {
  max_statement_time: 'use statementTimeoutMs',
  max_execution_time: 'use statementTimeoutMs',
  innodb_lock_wait_timeout: 'use lockWaitMs',
  lock_wait_timeout: 'use lockWaitMs',
  names: 'connections use utf8mb4',
  sql_mode: 'connections are strict',
  time_zone: 'connections use UTC',
  tx_isolation: 'connections use READ COMMITTED',
  transaction_isolation: 'connections use READ COMMITTED',
  session_track_system_variables: 'the pool reads it',
}

/** Variables of dbtool whose value a caller may choose. */
const open: readonly string[] = ['group_concat_max_len', 'div_precision_increment', 'max_sort_length', 'lc_time_names']

const smallest: Readonly<Record<string, number>> = { group_concat_max_len: 1_048_576 }

/**
 * Checks a session variable of a caller. Text is limited to characters that need no quotes, whatever the sql_mode of
 * the server is. @throws InvalidValue.
 */
export function callerVariable(name: string, value: unknown): void {
  const lower = name.toLowerCase()
  if (!/^[a-z][a-z0-9_]*$/.test(lower)) throw new InvalidValue(`has '${name}', which is no name of a variable`)
  const why = reserved[lower] ?? ofDbtool(lower)
  if (why !== undefined) throw new InvalidValue(`cannot set ${lower}: ${why}`)
  const least = smallest[lower] ?? 0
  if (least > 0 && !(typeof value === 'number' && value >= least))
    throw new InvalidValue(`.${name} must be at least ${least}, because dbtool reads lists of that length`)
  const isText = typeof value === 'string' && /^[\w ,.:;+=@%/-]*$/.test(value)
  if (!isText && !Number.isFinite(value))
    throw new InvalidValue(`.${name} must be a number, or text without quotes and backslashes`)
}

function ofDbtool(name: string): string | undefined {
  const isSet = sessionVariables.some((variable) => variable.name === name) && !open.includes(name)
  return isSet || /^(?:character_set|collation)_/.test(name) ? 'the pool depends on it' : undefined
}
