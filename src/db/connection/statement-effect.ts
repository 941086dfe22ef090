import { ownBlock } from '../queries.ts'
import { fromFirstWord, withoutComments } from '../sql-text.ts'

/**
 * The traces of a statement in its session.
 *
 * - `none`: nothing. Its answer mentions a variable that was set for this statement alone.
 * - `plain`: nothing by itself. Its answer mentions what a function or a trigger has changed.
 * - `told`: its answer mentions a change. An error does not, although a part may have been done.
 * - `hidden`: a lock, a variable or a table that no answer may mention.
 */
export type Effect = 'none' | 'plain' | 'told' | 'hidden'

const plain =
  /^(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES|TABLE|DO|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SHOW|EXPLAIN|DESC|DESCRIBE|KILL)\b/i
/**
 * Nobody sees the statements of a procedure, or those of a text that is executed. A SET changes something, and LOAD may
 * fill variables.
 */
const opaque = /^(?:SET|CALL|EXECUTE|LOAD|LOCK|BACKUP|HANDLER|XA)\b/i
const flushWithLock = /^FLUSH\s[^;]*\b(?:READ\s+LOCK|FOR\s+EXPORT)/i
const forOneStatement = /^SET\s+STATEMENT\b[^]*?\sFOR\s+/i

const namedLock = /\bget_lock`?\s*\(/i
/**
 * A variable of the user is assigned. The variables of dbtool's own statements do not count: no other statement reads
 * them, and orders would pay for a reset.
 */
const userVariable = /@(?!dbtool_)(?:[\w.$]+|`[^`]*`|'[^']*'|"[^"]*")\s*:=|\binto\s*(?:[\w`.$]+\s*,\s*)*@(?!dbtool_)/i

export function effectOf(sql: string): Effect {
  if (sql.startsWith(ownBlock)) return 'none'
  const code = withoutComments(fromFirstWord(sql))
  if (namedLock.test(code)) return 'hidden'
  const [wrapper] = forOneStatement.exec(code) ?? []
  if (wrapper !== undefined) {
    const effect = effectOf(code.slice(wrapper.length))
    return effect === 'plain' ? 'none' : effect === 'told' ? 'hidden' : effect
  }
  if (userVariable.test(code)) return 'hidden'
  if (plain.test(code)) return 'plain'
  return opaque.test(code) || flushWithLock.test(code) ? 'hidden' : 'told'
}
