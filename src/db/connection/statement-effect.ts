import { fromFirstWord } from '../sql-text.ts'

/**
 * The traces of a statement in its session.
 *
 * - `none`: nothing. Its answer mentions a variable that was set for this statement alone.
 * - `plain`: nothing by itself. Its answer mentions what a function or a trigger has changed.
 * - `told`: its answer mentions a change. An error does not, although a part may have been done.
 * - `hidden`: a lock, a variable or a table that no answer may mention.
 * - `lasting`: a change that a reset does not undo.
 */
export type Effect = 'none' | 'plain' | 'told' | 'hidden' | 'lasting'

const plain =
  /^(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES|TABLE|DO|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SHOW|EXPLAIN|DESC|DESCRIBE|KILL)\b/i
/** Nobody sees the statements of a procedure, or those of a text that is executed. A SET changes something. */
const opaque = /^(?:SET|CALL|EXECUTE|LOCK|BACKUP|HANDLER|XA)\b/i
const flushWithLock = /^FLUSH\s[^;]*\b(?:READ\s+LOCK|FOR\s+EXPORT)/i
const role = /^SET\s+ROLE\b/i
const forOneStatement = /^SET\s+STATEMENT\b[^]*?\sFOR\s+/i
const compound = /^BEGIN\b/i

const namedLock = /\bget_lock\s*\(/i
const userVariable = /:=|\binto\s+@/i

/** The beginning of a block of dbtool whose variables are its own, or set back by it. */
export const ownBlock = '/* leaves its session as it was */ BEGIN NOT ATOMIC'

export function effectOf(sql: string): Effect {
  if (sql.startsWith(ownBlock)) return 'none'
  const code = fromFirstWord(sql)
  if (namedLock.test(code)) return 'hidden'
  const [wrapper] = forOneStatement.exec(code) ?? []
  if (wrapper !== undefined) {
    const effect = effectOf(code.slice(wrapper.length))
    return effect === 'plain' ? 'none' : effect === 'told' ? 'hidden' : effect
  }
  // The variables of a compound statement look like those of the session.
  if (!compound.test(code) && userVariable.test(code)) return 'hidden'
  if (plain.test(code)) return 'plain'
  if (role.test(code)) return 'lasting'
  return opaque.test(code) || flushWithLock.test(code) ? 'hidden' : 'told'
}
