import { type CsvHeader, type IndexedColumn, otherSeparator, wrongSeparator } from './header.ts'
import { longestRecord, readLines, tooLong } from './lines.ts'
import { findQuoteFault, lineFault, parseQuoted, quoteError, type RecordText } from './quotes.ts'
import type { Batch, SourceRecord } from './record.ts'
import type { Source } from './source.ts'
import { badFile } from './wording.ts'

/** How the records of one CSV file are split into cells and named. */
export interface CsvShape {
  delimiter: string
  columns: readonly IndexedColumn[]
  /** Number of cells in the header; every record should have as many. */
  width: number
  /** Reads the text of a cell, which may be escaped against formula injection in spreadsheets. */
  read: (cell: string) => string
}

/**
 * Reads the header and nothing after it: a wrong separator is reported before the quotes that it makes look wrong.
 *
 * Throws BAD_INPUT when the header itself cannot be read.
 */
export async function readHeader(source: Source, delimiter: string): Promise<CsvHeader> {
  const found = await firstRecord(source, delimiter)
  if (/\r(?!\n)/.test(found.raw)) {
    throw badFile(source.name, found.line, 'lines end in CR alone', "Convert them: tr '\\r' '\\n' < FILE.")
  }
  if (findQuoteFault(found.raw, delimiter)) {
    const separator = otherSeparator(found.raw, delimiter)
    if (separator !== undefined) throw wrongSeparator(source.name, found.line, separator)
  }
  const fault = found.fault === undefined ? undefined : quoteError(source.name, found, delimiter)
  if (fault !== undefined) throw fault
  const [cells = []] = await withCells(source.name, [found], delimiter)
  return { line: found.line, raw: found.raw, cells }
}

async function firstRecord(source: Source, delimiter: string): Promise<FoundRecord> {
  const finder = new RecordFinder(source.name, delimiter)
  for await (const { first, lines } of readLines(source)) {
    for (const [index, text] of lines.entries()) {
      const found = finder.push(text, first + index)
      if (found) return found
    }
  }
  finder.finish()
  throw badFile(source.name, undefined, 'has no header', 'The first line of a CSV file names its columns.')
}

/** Yields the records after the header, block by block. Throws BAD_INPUT with the line number for a quoting error. */
export async function* csvBatches(source: Source, shape: CsvShape): AsyncGenerator<Batch> {
  const finder = new RecordFinder(source.name, shape.delimiter)
  let header = true
  for await (const { first, lines, end } of readLines(source)) {
    const found: FoundRecord[] = []
    for (const [index, text] of lines.entries()) {
      const record = finder.push(text, first + index)
      if (record && !header) found.push(record)
      if (record) header = false
    }
    const cells = await withCells(source.name, found, shape.delimiter)
    yield { records: found.map((record, index) => named(record, cells[index] ?? [], shape)), end }
  }
  finder.finish()
}

/** A line without a quote is only cells between separators. Splitting it here costs a tenth of what a parser takes. */
async function withCells(name: string, found: readonly FoundRecord[], delimiter: string): Promise<string[][]> {
  const parsed = await parseQuoted(
    name,
    found.filter(({ hasQuote }) => hasQuote).map(({ line, raw, readable = raw }) => ({ line, raw: readable })),
    delimiter,
  )
  let next = 0
  return found.map(({ raw, hasQuote, readable = raw }) => {
    if (hasQuote) return parsed[next++] ?? []
    return readable === '' ? [] : readable.split(delimiter)
  })
}

function named(record: FoundRecord, cells: readonly string[], { columns, width, read }: CsvShape): SourceRecord {
  const { line, raw, fault = cells.length === width ? undefined : widthFault(cells.length, width) } = record
  // Of a line with a fault, only the cells before it are certainly in their columns.
  const readableCells = record.fault === undefined ? (fault === undefined ? width : 1) : cells.length
  const values: SourceRecord['values'] = {}
  for (const { name, index } of columns)
    if (index < readableCells || fault === undefined) values[name] = read(cells[index] ?? '').trim() || undefined
  return { line, raw, values, fault }
}

function widthFault(cells: number, width: number): string {
  return `has ${cells} column${cells === 1 ? '' : 's'}, the header has ${width}`
}

interface FoundRecord extends RecordText {
  hasQuote: boolean
  /** A quoting error of this line alone, and the text before the affected cell. */
  fault?: string
  readable?: string
}

/**
 * Joins lines into records. In RFC 4180, a line end belongs to a cell exactly where the number of quotes so far is odd.
 */
class RecordFinder {
  readonly #name: string
  readonly #delimiter: string
  #open: { line: number; lines: string[]; length: number } | undefined

  /** The name and the delimiter are used in messages only. */
  constructor(name: string, delimiter: string) {
    this.#name = name
    this.#delimiter = delimiter
  }

  /**
   * Adds the next line and returns the record that it completes, if any. Throws BAD_INPUT when a record is longer than
   * `longestRecord`.
   */
  push(text: string, line: number): FoundRecord | undefined {
    const quotes = countQuotes(text)
    if (!this.#open) {
      if (text.trim() === '') return undefined
      const raw = withoutReturn(text)
      const fault = quotes === 0 ? undefined : findQuoteFault(raw, this.#delimiter)
      if (fault !== undefined && fault.kind !== 'unclosed') {
        const readable = raw.slice(0, Math.max(0, fault.cell - this.#delimiter.length))
        return { line, raw, hasQuote: readable.includes('"'), fault: lineFault(fault), readable }
      }
      if (fault === undefined) return { line, raw, hasQuote: quotes > 0 }
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
