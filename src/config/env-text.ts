import { parse } from 'dotenv'

/** The variables of an env file, and the numbers of the lines that are neither a variable nor a comment. */
export interface EnvText {
  readonly texts: Record<string, string>
  readonly unreadable: readonly number[]
}

/** An assignment from the start of a line, as dotenv parses it; quoted values may span several lines. */
const assignment =
  /[^\S\n]*(?:export\s+)?[\w.-]+(?:\s*=\s*?|:\s+?)(?:\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/my
const blankOrComment = /^\s*(?:#|$)/

/**
 * Parses an env file. dotenv parses each assignment on its own: given the whole file, it searches each run of blank
 * lines again from each of its lines, and needs a second for some 16,000 of them.
 */
export function parseEnvText(content: string): EnvText {
  const text = content.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const texts: Record<string, string> = {}
  const unreadable: number[] = []
  let line = 1
  for (let at = 0; at < text.length; line += 1) {
    assignment.lastIndex = at
    const found = assignment.exec(text)?.[0]
    const end = text.indexOf('\n', at + (found?.length ?? 0))
    const next = end === -1 ? text.length : end + 1
    if (found !== undefined) {
      Object.assign(texts, parse(found))
      line += text.slice(at, next - 1).split('\n').length - 1
    } else if (!blankOrComment.test(text.slice(at, next))) unreadable.push(line)
    at = next
  }
  return { texts, unreadable }
}
