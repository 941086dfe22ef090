import { parse } from 'dotenv'

/** The variables of an env file, and the numbers of the lines that are neither a variable nor a comment. */
export interface EnvText {
  readonly texts: Record<string, string>
  /** The text of each assignment, from its name to its comment. */
  readonly assignments: readonly string[]
  readonly unreadable: readonly number[]
}

/** The name in a line, as dotenv parses it, and a quoted value, which may span several lines. */
const name = /[^\S\n]*(?:export\s+)?[\w.-]+(?:\s*=|:\s)/y
const quotedValue = /\s*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)[^\S\n]*(?:#.*)?$/my
const blankOrComment = /^\s*(?:#|$)/

/**
 * Parses an env file. dotenv parses each assignment on its own. In the whole file, it would search each run of blank
 * lines again from each of its lines. 16,000 of them take more than a second.
 */
export function parseEnvText(content: string): EnvText {
  const text = content.replace(/\r\n?/g, '\n')
  const texts: Record<string, string> = {}
  const assignments: string[] = []
  const unreadable: number[] = []
  let line = 1
  for (let at = 0; at < text.length; line += 1) {
    const value = endOf(name, text, at)
    const end = text.indexOf('\n', value === undefined ? at : (endOf(quotedValue, text, value) ?? value))
    const lines = text.slice(at, end === -1 ? text.length : end)
    if (value !== undefined) {
      assignments.push(lines)
      Object.assign(texts, parse(lines))
    } else if (!blankOrComment.test(lines)) unreadable.push(line)
    line += lines.split('\n').length - 1
    at += lines.length + 1
  }
  return { texts, assignments, unreadable }
}

/** The end of what a sticky pattern matches at `at`. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}
