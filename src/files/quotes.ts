import { badFile } from './wording.ts'

/** The text of one record and the line of the file where it starts. */
export interface RecordText {
  line: number
  raw: string
}

/** Line numbers count from 0, the first line of the record. */
interface QuoteFault {
  kind: 'stray' | 'unclosed' | 'text-after'
  /** The position of the affected cell in the record. */
  cell: number
  /** The line where the fault shows. */
  line: number
  /** The line where the affected cell was opened. */
  openedLine: number
}

/**
 * Parses records that contain quotes into cells, as csv-parse reads RFC 4180.
 *
 * Throws BAD_INPUT with the line number of the first quoting error.
 */
export async function parseQuoted(
  name: string,
  records: readonly RecordText[],
  delimiter: string,
): Promise<string[][]> {
  if (records.length === 0) return []
  const { parse } = await import('csv-parse/sync')
  const text = records.map(({ raw }) => raw).join('\n')
  try {
    const cells = parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true })
    // Cells assigned to the wrong record would become wrong orders, so fail instead.
    if (cells.length !== records.length) throw new Error(`csv-parse found ${cells.length} records in ${records.length}`)
    return cells
  } catch (error) {
    for (const record of records) {
      const fault = quoteError(name, record, delimiter)
      if (fault) throw fault
    }
    throw error
  }
}

/** Describes the first quoting error of a record for the user; csv-parse reports only the line where it gave up. */
export function quoteError(name: string, record: RecordText, delimiter: string): Error | undefined {
  const fault = findQuoteFault(record.raw, delimiter)
  if (!fault) return undefined
  const line = record.line + fault.line
  const opened = record.line + fault.openedLine
  const double = 'inside a quoted cell, a quote in the text is doubled ("")'
  if (fault.kind === 'unclosed')
    return badFile(name, opened, 'a quote is opened and never closed', `Close the cell; ${double}.`)
  if (fault.kind === 'stray') {
    return badFile(name, line, 'a quote in the middle of a cell without quotes', `Put the cell in quotes; ${double}.`)
  }
  const cell = opened === line ? '' : ` of the cell opened on line ${opened}`
  const hint = `A quote that was never closed on line ${opened} is the usual cause; ${double}.`
  return badFile(name, line, `text after the closing quote${cell}`, hint)
}

/** Describes the quoting error of a single line, to follow its position. */
export function lineFault({ kind }: Pick<QuoteFault, 'kind'>): string {
  const what =
    kind === 'stray' ? 'a quote in the middle of a cell without quotes' : 'text after the closing quote of a cell'
  return `has ${what}; put the cell in quotes, and double each quote inside it`
}

export function findQuoteFault(raw: string, delimiter: string): QuoteFault | undefined {
  let opened = -1
  for (let at = raw.indexOf('"'); at >= 0; at = raw.indexOf('"', at + 1)) {
    if (opened < 0) {
      if (at > 0 && raw[at - 1] !== delimiter)
        return { ...faultAt(raw, 'stray', at, at), cell: raw.lastIndexOf(delimiter, at) + delimiter.length }
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

function faultAt(raw: string, kind: QuoteFault['kind'], at: number, opened: number): QuoteFault {
  return { kind, cell: opened, line: linesBefore(raw, at), openedLine: linesBefore(raw, opened) }
}

function linesBefore(text: string, at: number): number {
  let count = 0
  for (let found = text.indexOf('\n'); found >= 0 && found < at; found = text.indexOf('\n', found + 1)) count++
  return count
}
