import { badFile } from './wording.ts'

/** The text of one record and the line of the file where it starts. */
export interface RecordText {
  line: number
  raw: string
}

/** Line numbers count from 0, the first line of the record. */
interface QuoteFault {
  kind: 'stray' | 'unclosed' | 'text-after'
  /** The line where the fault shows. */
  line: number
  /** The line where the affected cell was opened. */
  openedLine: number
}

/** Parses records that contain quotes, without quoting errors, into cells, as csv-parse reads RFC 4180. */
export async function parseQuoted(records: readonly RecordText[], delimiter: string): Promise<string[][]> {
  if (records.length === 0) return []
  const { parse } = await import('csv-parse/sync')
  const text = records.map(({ raw }) => (raw.includes('="') ? withQuotedFormulas(raw, delimiter) : raw)).join('\n')
  const cells = parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true })
  // Cells assigned to the wrong record would become wrong orders, so fail instead.
  if (cells.length !== records.length) throw new Error(`csv-parse found ${cells.length} records in ${records.length}`)
  return cells
}

const double = 'inside a quoted cell, a quote in the text is doubled ("")'

/** Describes the first quoting error of a record that ends the import, such as a header; undefined if it has none. */
export function quoteError(name: string, record: RecordText, delimiter: string): Error | undefined {
  const fault = findQuoteFault(record.raw, delimiter)
  if (!fault) return undefined
  const line = record.line + fault.line
  const opened = record.line + fault.openedLine
  if (fault.kind === 'unclosed')
    return badFile(name, opened, 'a quote is opened and never closed', `Close the cell; ${double}.`)
  if (fault.kind === 'stray') return badFile(name, line, strayQuote, `Put the cell in quotes; ${double}.`)
  const hint = `A quote that was never closed on line ${opened} is the usual cause; ${double}.`
  return badFile(name, line, textAfter(line, opened), hint)
}

/** Describes the quoting error of a single record, to follow the line where it starts. */
export function recordQuoteFault({ line: start, raw }: RecordText, delimiter: string): string {
  const fault = findQuoteFault(raw, delimiter)
  const line = start + (fault?.line ?? 0)
  const opened = start + (fault?.openedLine ?? 0)
  const where = line === start ? '' : `line ${line} has `
  return `${where}${fault?.kind === 'stray' ? strayQuote : textAfter(line, opened)}; ${double}, or add --quote none`
}

const strayQuote = 'a quote in the middle of a cell without quotes'
const textAfter = (line: number, opened: number): string =>
  `text after the closing quote${opened === line ? '' : ` of the cell opened on line ${opened}`}`

/**
 * Whether a quote opens a cell: at its beginning, or after the sign of a formula. `="0123"` is how other programs keep
 * Excel from reading a text as a number; they put no quotes around the formula.
 */
function opensCell(text: string, at: number, delimiter: string): boolean {
  if (at === 0 || text[at - 1] === delimiter) return true
  return text[at - 1] === '=' && (at === 1 || text[at - 2] === delimiter)
}

/** Puts the formulas of a sound record into quotes, as RFC 4180 demands: `="0123"` becomes `"=""0123"""`. */
function withQuotedFormulas(raw: string, delimiter: string): string {
  let result = ''
  let from = 0
  let opened = -1
  for (let at = raw.indexOf('"'); at >= 0; at = raw.indexOf('"', at + 1)) {
    if (opened < 0) opened = at
    else if (raw[at + 1] === '"') at++
    else {
      if (raw[opened - 1] === '=' && delimiter !== '=') {
        const inner = raw.slice(opened + 1, at).replaceAll('"', '""')
        result += `${raw.slice(from, opened - 1)}"=""${inner}"""`
        from = at + 1
      }
      opened = -1
    }
  }
  return result + raw.slice(from)
}

export function findQuoteFault(raw: string, delimiter: string): QuoteFault | undefined {
  let opened = -1
  for (let at = raw.indexOf('"'); at >= 0; at = raw.indexOf('"', at + 1)) {
    if (opened < 0) {
      if (!opensCell(raw, at, delimiter)) return faultAt(raw, 'stray', at, at)
      opened = at
    } else if (raw[at + 1] === '"') {
      at++
    } else {
      if (at + 1 < raw.length && raw[at + 1] !== delimiter) return faultAt(raw, 'text-after', at, opened)
      opened = -1
    }
  }
  return opened < 0 ? undefined : faultAt(raw, 'unclosed', opened, opened)
}

/** How a line that contains quotes ends: as a complete record, inside a quoted cell, or with a quoting error. */
export type LineEnding = 'complete' | 'open' | 'fault'

/** Reads the quotes of one line. `opened`: an earlier line opened a quoted cell that continues here. */
export function scanQuotes(text: string, delimiter: string, opened: boolean): LineEnding {
  let inside = opened
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    if (!inside) {
      if (!opensCell(text, at, delimiter)) return 'fault'
      inside = true
    } else if (text[at + 1] === '"') {
      at++
    } else {
      const isLast = at + 1 === text.length || (at + 2 === text.length && text[at + 1] === '\r')
      if (!isLast && text[at + 1] !== delimiter) return 'fault'
      inside = false
    }
  }
  return inside ? 'open' : 'complete'
}

function faultAt(raw: string, kind: QuoteFault['kind'], at: number, opened: number): QuoteFault {
  return { kind, line: linesBefore(raw, at), openedLine: linesBefore(raw, opened) }
}

function linesBefore(text: string, at: number): number {
  let count = 0
  for (let found = text.indexOf('\n'); found >= 0 && found < at; found = text.indexOf('\n', found + 1)) count++
  return count
}
