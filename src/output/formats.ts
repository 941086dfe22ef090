import { asciiControls, escapeControls, isoInstant, plain } from './cell.ts'
import type { Format } from './choices.ts'
import { cellText, csvDialect, type CsvStyle, type Dialect, headOf, tsvDialect } from './delimited.ts'
import { flatColumns, flatRows } from './flat.ts'
import { markdownWriter } from './markdown.ts'
import { inSheets, inWindows, lines, type OpenSheet, rowByRow, windowRows, type Writer } from './sheet.ts'
import { blocks, itemTable, TableInParts } from './table.ts'
import { pickColumns, type Row, type View } from './view.ts'

function delimited(dialect: Dialect): Writer {
  return inSheets((view, style) => {
    const columns = flatColumns(view)
    const line = (cells: readonly unknown[]): string =>
      columns.map(({ column }, at) => cellText(cells[at], column, dialect, style)).join(dialect.separator)
    return {
      head: headOf(dialect, columns),
      rows: (rows) =>
        rows
          .flatMap((row) => flatRows(view, columns, row))
          .map((row) => `${line(row)}${dialect.lineEnd}`)
          .join(''),
      foot: () => '',
    }
  })
}

/** The writer of CSV for a spreadsheet. */
export const csvWriterFor = (style: CsvStyle): Writer => delimited(csvDialect(style))

const csvWriter = csvWriterFor({})
const tsvWriter = delimited(tsvDialect)

/** A value as JSON text that is safe to print; instants in ISO 8601. */
export function json(value: unknown, indent?: number): string {
  // Date.toJSON runs before a replacer receives the value.
  const replace = function (this: Record<string, unknown>, key: string, replaced: unknown): unknown {
    const original = this[key]
    return original instanceof Date ? isoInstant(original) : replaced
  }
  const text = JSON.stringify(value instanceof Date ? isoInstant(value) : value, replace, indent)
  return asciiControls(text)
}

type ValueOf = (view: View, row: Row) => unknown

/** Writes one array, in any number of pieces; `valueOf` converts a row to its value. */
function jsonWriter(valueOf: ValueOf): Writer {
  const open: OpenSheet = (view) => {
    let started = false
    const rows = (batch: readonly Row[]): string => {
      if (batch.length === 0) return ''
      const values = json(
        batch.map((row) => valueOf(view, row)),
        2,
      ).slice('['.length, -'\n]'.length)
      const comma = started ? ',' : ''
      started = true
      return `${comma}${values}`
    }
    return { head: '[', rows, foot: () => (started ? '\n]\n' : ']\n') }
  }
  return { ...inSheets(open), item: (view, row) => lines([json(valueOf(view, row), 2)]) }
}

/** Writes one value per line. */
function ndjsonWriter(valueOf: ValueOf): Writer {
  return inSheets(rowByRow((view, row) => json(valueOf(view, row))))
}

const verticalSheet: OpenSheet = (view, look) => {
  let started = false
  const rows = (batch: readonly Row[]): string => {
    if (batch.length === 0) return ''
    const gap = started ? '\n' : ''
    started = true
    return `${gap}${lines([blocks(view, batch, look)])}`
  }
  return { head: '', rows, foot: () => '' }
}

const countSheet: OpenSheet = () => {
  let count = 0
  const rows = (batch: readonly Row[]): string => {
    count += batch.length
    return ''
  }
  return { head: '', rows, foot: () => `${count}\n` }
}

const scriptSheet = rowByRow((view, row) => escapeControls(view.script?.(row) ?? ''))

/** The rows of one part of a table. A chart is scaled to its largest value, so it needs all rows. */
const partOf = ({ chart }: View): number => (chart === undefined ? windowRows : Infinity)

const tableSheet: OpenSheet = (view, look) => {
  if (view.script !== undefined) return scriptSheet(view, look)
  const table = new TableInParts(view, look)
  return inWindows(partOf(view), {
    head: '',
    rows: (rows) => lines(table.next(rows)),
    foot: () => lines(table.end()),
  })
}

const writers: Readonly<Record<Format, Writer>> = {
  table: { ...inSheets(tableSheet), item: (view, row, look) => lines([itemTable(view, row, look)]) },
  vertical: inSheets(verticalSheet),
  json: jsonWriter(pickColumns),
  ndjson: ndjsonWriter(pickColumns),
  csv: csvWriter,
  tsv: tsvWriter,
  markdown: markdownWriter,
  ids: inSheets(rowByRow(({ id }, row, { escapeControls }) => escapeControls(plain(row[id])))),
  count: inSheets(countSheet),
}

/** The value of a row in a view with a single field. */
const onlyValue = (view: View, row: Row): unknown => Object.values(pickColumns(view, row))[0]

/** A value as bare text; a list or an object as JSON. */
function bareText(value: unknown): string {
  return typeof value === 'object' && value !== null && !(value instanceof Date) ? json(value) : plain(value)
}

/** The writers for `--field`: values without names. */
const bareWriters = {
  text: inSheets(rowByRow((view, row, { escapeControls }) => escapeControls(bareText(onlyValue(view, row))))),
  json: jsonWriter(onlyValue),
  ndjson: ndjsonWriter(onlyValue),
} as const

/** The writer of a format; `isBare` for `--field`. */
export function writerFor(format: Format, isBare: boolean): Writer {
  if (!isBare) return writers[format]
  return bareWriters[format === 'json' || format === 'ndjson' ? format : 'text']
}
