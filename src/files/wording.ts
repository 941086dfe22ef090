import { DbtoolError } from '../errors.ts'
import { firstOf } from '../in-words.ts'

const longestQuote = 60
const longestList = 20

/**
 * An error in the structure: the file cannot be used as it is. `line` counts from 1; without it the error concerns the
 * whole file.
 */
export function badFile(name: string, line: number | undefined, what: string, hint: string): DbtoolError {
  return new DbtoolError('BAD_INPUT', `${place(name, line)}: ${what}`, { hint })
}

export function place(name: string, line: number | undefined): string {
  return line === undefined ? name : `${name} line ${line}`
}

/**
 * Quotes text of a file in a message: truncated, with control characters escaped, so that no file can write to the
 * terminal.
 */
export function quoted(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text)
}

/** Lists column names in a message; at most 20, so that a header of a thousand columns does not fill a page. */
export function listed(names: readonly string[]): string {
  return firstOf(names.map(quoted), longestList)
}
