import { DbtoolError } from '../errors.ts'
import { readCell } from '../csv-injection.ts'
import { unescapeTsv } from '../tsv.ts'
import { counted } from '../in-words.ts'
import { type CsvHeader, type IndexedColumn, otherSeparator, wrongSeparator } from './header.ts'
import { longestRecord, readLines, tooLong } from './lines.ts'
import { findQuoteFault, parseQuoted, quoteError, type RecordText, recordQuoteFault, scanQuotes } from './quotes.ts'
import { isNullText, type NullTexts } from './null-texts.ts'
import type { Batch, SourceRecord } from './record.ts'
import type { Source } from './source.ts'
import { badFile, quoted } from './wording.ts'

/**
 * The rule by which a line is split into cells. `quotes`: RFC 4180. `none`: every separator ends a cell, and a quote is
 * text. `escapes`: the same, with `\t`, `\n`, `\r`, `\0`, `\\` and `\N` for NULL, as LOAD DATA reads it.
 */
export type Grammar = 'quotes' | 'none' | 'escapes'

export interface HeaderRules {
  /** Undefined: a comma, unless the file names its separator in a line `sep=;`. */
  delimiter: string | undefined
  grammar: Grammar
}

/** Undefined: NULL. */
type Cells = readonly (string | undefined)[]

/** How the records of one file are split into cells and named. */
export interface CsvShape {
  header: CsvHeader
  grammar: Grammar
  columns: readonly IndexedColumn[]
  /** The cells without a value in the last reading, which other programs write as texts. */
  nullTexts: NullTexts
  /** Reads the text of a cell, which may be escaped against formula injection in spreadsheets. */
  read: (cell: string) => string
}

/** A header may be below some lines about the file; further down, a line with its names would be chance. */
const mostLinesAbove = 30

/**
 * Resolves to the first result of `read` for a line below the first one, with the number of lines above it. A line with
 * a quoting error is no header. Undefined if there is none, or if the file cannot be read with this separator: the
 * first line then has the better error.
 */
export async function fromLaterHeader<T>(
  source: Source,
  { delimiter: given, grammar }: HeaderRules,
  read: (header: CsvHeader, above: number) => T | undefined,
): Promise<T | undefined> {
  let above = 0
  try {
    for await (const record of firstRecords(source, given, grammar)) {
      if (above > mostLinesAbove) return undefined
      const isPossible = above > 0 && record.found.fault === undefined
      const result = isPossible ? read(await headerOf(record, grammar), above) : undefined
      if (result !== undefined) return result
      above += 1
    }
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
  }
  return undefined
}

/**
 * Reads the header and nothing after it: a wrong separator is reported before the quotes that it makes look wrong.
 *
 * Throws BAD_INPUT when the header itself cannot be read.
 */
export async function readHeader(source: Source, { delimiter: given, grammar }: HeaderRules): Promise<CsvHeader> {
  const record = await firstRecord(source, given, grammar)
  const { found, delimiter } = record
  if (/\r(?!\n)/.test(found.raw)) {
    throw badFile(source.name, found.line, 'lines end in CR alone', "Convert them: tr '\\r' '\\n' < FILE.")
  }
  if (grammar === 'quotes' && found.hasQuote && findQuoteFault(found.raw, delimiter)) {
    const separator = otherSeparator(found.raw, delimiter)
    if (separator !== undefined) throw wrongSeparator(source.name, found.line, separator)
    throw quoteError(source.name, found, delimiter) ?? new Error('a quoting error without a description')
  }
  return headerOf(record, grammar)
}

async function headerOf({ found, delimiter, separatorLine }: FirstRecord, grammar: Grammar): Promise<CsvHeader> {
  const [cells = []] = await splitAll([found], delimiter, grammar)
  return {
    line: found.line,
    raw: found.raw,
    cells: cells.map((cell) => readCell(cell ?? '')),
    delimiter,
    separatorLine,
  }
}

interface FirstRecord {
  found: FoundRecord
  delimiter: string
  separatorLine: string | undefined
}

async function firstRecord(source: Source, given: string | undefined, grammar: Grammar): Promise<FirstRecord> {
  for await (const first of firstRecords(source, given, grammar)) return first
  throw badFile(source.name, undefined, 'has no header', 'The first line of a CSV file names its columns.')
}

/** Yields the records from the beginning of the file, with the separator that the file itself may name. */
async function* firstRecords(
  source: Source,
  given: string | undefined,
  grammar: Grammar,
): AsyncGenerator<FirstRecord, void, undefined> {
  let delimiter = given ?? ','
  let separatorLine: string | undefined
  let finder = new RecordFinder(source.name, delimiter, grammar)
  for await (const { first, lines } of readLines(source)) {
    for (const [index, text] of lines.entries()) {
      const [, named] = first + index === 1 ? (/^"?sep=(.)"?\r?$/i.exec(text) ?? []) : []
      if (named !== undefined) {
        separatorLine = text.trimEnd()
        delimiter = given ?? named
        finder = new RecordFinder(source.name, delimiter, grammar)
        continue
      }
      const found = finder.push(text, first + index)
      if (found) yield { found, delimiter, separatorLine }
    }
  }
  finder.finish()
}

/**
 * Yields the records after the header, block by block. A quoting error within one line is the fault of its record.
 * Throws BAD_INPUT with the line number for one that reaches over several lines.
 */
export async function* csvBatches(source: Source, shape: CsvShape): AsyncGenerator<Batch> {
  const { header, grammar, nullTexts } = shape
  nullTexts.restart()
  const finder = new RecordFinder(source.name, header.delimiter, grammar)
  for await (const { first, lines, end } of readLines(source)) {
    const found: FoundRecord[] = []
    let line = first
    for (const text of lines) {
      const isSeparator = header.separatorLine !== undefined && line === 1
      const record = isSeparator ? undefined : finder.push(text, line)
      if (record && record.line > header.line) found.push(record)
      line += 1
    }
    const cells = await splitAll(found, header.delimiter, grammar)
    yield { records: found.map((record, index) => named(record, cells[index] ?? [], shape)), end }
  }
  finder.finish()
}

/** A line without a quote is only cells between separators. Splitting it here costs a tenth of what a parser takes. */
async function splitAll(found: readonly FoundRecord[], delimiter: string, grammar: Grammar): Promise<Cells[]> {
  const parsed = await parseQuoted(
    found.filter(({ hasQuote, fault }) => hasQuote && fault === undefined),
    delimiter,
  )
  let next = 0
  return found.map((record) => {
    const { raw, hasQuote, fault } = record
    if (fault !== undefined) return cellsBeforeFault(raw, delimiter)
    if (hasQuote) return parsed[next++] ?? []
    if (grammar !== 'escapes' || !raw.includes('\\')) return raw.split(delimiter)
    return raw.split(delimiter).map((cell) =>
      unescapeTsv(cell, (escape) => {
        record.fault ??= unknownEscape(escape)
      }),
    )
  })
}

/** Other programs write no escapes: a path such as `C:\\new` must not lose its backslash in silence. */
const unknownEscape = (escape: string): string =>
  `${quoted(escape)} is no escape of TSV; a backslash is written as \\\\, or add --quote none`

/** The cells before the one with the quoting error: with them, a faulty line still belongs to its order. */
function cellsBeforeFault(raw: string, delimiter: string): string[] {
  const cells: string[] = []
  const mark = delimiter.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const cell = new RegExp(`(=?"(?:[^"]|"")*"|[^"${mark}]*)${mark}`, 'y')
  for (let match = cell.exec(raw); match !== null; match = cell.exec(raw)) {
    const [, text = ''] = match
    cells.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text)
  }
  return cells
}

function named(record: FoundRecord, cells: Cells, { header, columns, read, nullTexts }: CsvShape): SourceRecord {
  const { line, raw } = record
  const width = header.cells.length
  const fault = record.fault ?? (cells.length === width ? undefined : widthFault(cells.length, width))
  // A separator too many or too few may be anywhere, so only the first cell is certainly in its column.
  const trusted = record.fault === undefined && fault !== undefined ? 1 : width
  const values: SourceRecord['values'] = {}
  for (const { name, index } of columns) {
    const cell = index < trusted ? cells[index] : undefined
    if (cell !== undefined && isNullText(cell)) nullTexts.add(cell)
    values[name] = cell === undefined ? undefined : read(cell).trim() || undefined
  }
  return { line, raw, values, fault }
}

function widthFault(cells: number, width: number): string {
  return `has ${counted(cells, 'column')}, the header has ${width}`
}

interface FoundRecord extends RecordText {
  hasQuote: boolean
  fault: string | undefined
}

/**
 * Joins lines into records, and drops lines without any text in a cell. In RFC 4180, a line end belongs to a cell
 * exactly where a quoted cell is open.
 */
class RecordFinder {
  readonly #name: string
  readonly #delimiter: string
  readonly #hasQuotes: boolean
  /** A line of separators only, perhaps with pairs of quotes. */
  readonly #blank: RegExp
  #open: { line: number; lines: string[]; length: number } | undefined

  /** The name is used in messages only. */
  constructor(name: string, delimiter: string, grammar: Grammar) {
    this.#name = name
    this.#delimiter = delimiter
    this.#hasQuotes = grammar === 'quotes'
    const mark = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, '0')}`
    this.#blank = this.#hasQuotes ? new RegExp(`^(?:[\\s${mark}]|""(?!"))*$`) : new RegExp(`^[\\s${mark}]*$`)
  }

  /**
   * Adds the next line and returns the record that it completes, if any. Throws BAD_INPUT when a record is longer than
   * `longestRecord`, and for a quoting error that reaches over several lines.
   */
  push(text: string, line: number): FoundRecord | undefined {
    const hasQuote = this.#hasQuotes && text.includes('"')
    if (this.#open) return this.#continue(this.#open, text, hasQuote)
    if (this.#blank.test(text)) return undefined
    const raw = withoutReturn(text)
    const ending = hasQuote ? scanQuotes(text, this.#delimiter, false) : 'complete'
    if (ending === 'complete') return { line, raw, hasQuote, fault: undefined }
    if (ending === 'fault') return { line, raw, hasQuote, fault: recordQuoteFault({ line, raw }, this.#delimiter) }
    this.#open = { line, lines: [text], length: text.length }
    return undefined
  }

  #continue(
    open: { line: number; lines: string[]; length: number },
    text: string,
    hasQuote: boolean,
  ): FoundRecord | undefined {
    open.lines.push(text)
    open.length += text.length + 1
    const ending = hasQuote ? scanQuotes(text, this.#delimiter, true) : 'open'
    if (ending === 'fault' || open.length > longestRecord) throw this.#unfinished(open)
    if (ending === 'open') return undefined
    this.#open = undefined
    return { line: open.line, raw: withoutReturn(open.lines.join('\n')), hasQuote: true, fault: undefined }
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

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
