/**
 * Quoted text, a quoted name, or a comment, as the server reads them in dbtool's sessions. An unclosed one ends with
 * the statement.
 */
const quotedOrComment =
  /(['"])(?:(?!\1)[^\\]|\\[^])*(?:\1|\\?$)|`[^`]*(?:`|$)|(?:#|--(?=[\p{Cc} ]|$))[^\n]*|\/\*[^]*?(?:\*\/|$)/gu

/** The beginning of a comment that the server executes as code. */
const executable = /^\/\*M?!/

/** The code of a statement alone: without comments, and with empty quotes. */
export function codeOf(sql: string): string {
  return sql.replace(quotedOrComment, (found) => (/^['"`]/.test(found) ? found.charAt(0).repeat(2) : ' '))
}

/** The statement with a space in place of each comment, except for those that the server executes. */
export function withoutComments(sql: string): string {
  if (!/#|--|\/\*/.test(sql)) return sql
  return sql.replace(quotedOrComment, (found) => (/^['"`]/.test(found) || executable.test(found) ? found : ' '))
}

/** Whether a comment contains code, which only some servers execute. */
export function hasExecutableComment(sql: string): boolean {
  return [...sql.matchAll(quotedOrComment)].some(([found]) => executable.test(found))
}

/** The first word of the code, in capital letters; empty if there is none. */
export function firstWord(sql: string): string {
  return /^[\s(;]*(\w*)/.exec(codeOf(sql))?.[1]?.toUpperCase() ?? ''
}

/** Whether another statement follows after a semicolon. */
export function hasSeveral(sql: string): boolean {
  const statements = codeOf(sql)
    .split(';')
    .filter((part) => part.trim() !== '')
  return statements.length > 1
}

/** Replaces each part of the code that matches `pattern`, and leaves quotes and comments unchanged. */
export function replaceInCode(sql: string, pattern: RegExp, replace: (...match: string[]) => string): string {
  let result = ''
  let from = 0
  for (const { 0: found, index } of sql.matchAll(quotedOrComment)) {
    result += sql.slice(from, index).replace(pattern, replace) + found
    from = index + found.length
  }
  return result + sql.slice(from).replace(pattern, replace)
}

/** Spaces, parentheses and comments before the first word. */
const lead = /^(?:[\s(;]|#[^\n]*|--(?=[\p{Cc} ]|$)[^\n]*|\/\*(?!M?!)(?:[^*]|\*(?!\/))*(?:\*\/|$))*/u

/** The statement from its first word on. */
export function fromFirstWord(sql: string): string {
  return /^\w/.test(sql) ? sql : sql.slice(lead.exec(sql)?.[0].length ?? 0)
}

/** The number of question marks in the code of a statement. */
export function countPlaceholders(sql: string): number {
  let count = 0
  for (let mark = sql.indexOf('?'); mark >= 0; mark = sql.indexOf('?', mark + 1)) count += 1
  if (count === 0) return 0
  for (const [quoted] of sql.matchAll(quotedOrComment)) count -= quoted.split('?').length - 1
  return count
}
