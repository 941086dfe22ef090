import { longestRecord, tooLong } from './lines.ts'
import { quoteError, type RecordText } from './quotes.ts'

export interface FoundRecord extends RecordText {
  hasQuote: boolean
}

/**
 * Puts lines together to records: in RFC 4180 a line end belongs to a cell exactly where the number of quotes so far is
 * odd.
 */
export class RecordFinder {
  readonly #name: string
  readonly #delimiter: string
  #open: { line: number; lines: string[]; length: number } | undefined

  /** The name and the delimiter are for messages only. */
  constructor(name: string, delimiter: string) {
    this.#name = name
    this.#delimiter = delimiter
  }

  /** Takes the next line; returns the record that it completes, if any. Throws BAD_INPUT beyond the longest record. */
  push(text: string, line: number): FoundRecord | undefined {
    const quotes = countQuotes(text)
    if (!this.#open) {
      if (quotes % 2 === 0)
        return text.trim() === '' ? undefined : { line, raw: withoutReturn(text), hasQuote: quotes > 0 }
      this.#open = { line, lines: [text], length: text.length }
      return undefined
    }
    const open = this.#open
    open.lines.push(text)
    open.length += text.length + 1
    if (open.length > longestRecord) throw this.#unfinished(open)
    if (quotes % 2 === 0) return undefined
    this.#open = undefined
    return { line: open.line, raw: withoutReturn(open.lines.join('\n')), hasQuote: true }
  }

  /** Throws BAD_INPUT when the file ends inside a quoted cell. */
  finish(): void {
    if (this.#open) throw this.#unfinished(this.#open)
  }

  #unfinished({ line, lines }: { line: number; lines: string[] }): Error {
    const raw = withoutReturn(lines.join('\n'))
    return quoteError(this.#name, { line, raw }, this.#delimiter) ?? tooLong(this.#name, line)
  }
}

function countQuotes(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++
  return count
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
