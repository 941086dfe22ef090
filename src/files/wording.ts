import { DbtoolError } from '../errors.ts'

const longestQuote = 60
const longestList = 20

/** A structure fault: the file cannot be used as it is. `line` is 1-based; without it the fault is the whole file's. */
export function badFile(name: string, line: number | undefined, what: string, hint: string): DbtoolError {
  return new DbtoolError('BAD_INPUT', `${place(name, line)}: ${what}`, { hint })
}

export function place(name: string, line: number | undefined): string {
  return line === undefined ? name : `${name} line ${line}`
}

/**
 * Text of a file inside a sentence: cut short, control characters escaped, so that no file can write to the terminal.
 */
export function quoted(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text)
}

/** Names of columns inside a sentence; a header of a thousand columns does not become a page. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, longestList).map(quoted).join(', ')
  return names.length > longestList ? `${first} and ${names.length - longestList} more` : first
}
