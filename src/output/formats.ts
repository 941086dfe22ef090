import { harmless, plain } from './cell.ts'
import type { Format } from './choices.ts'
import { csvWriter, tsvWriter } from './delimited.ts'
import { json, jsonWriter, ndjsonWriter } from './json.ts'
import { markdownWriter } from './markdown.ts'
import { inSheets, lines, rowByRow, type OpenSheet, type Writer } from './sheet.ts'
import { blocks, itemTable, listTable } from './table.ts'
import { pickColumns, type Row, type View } from './view.ts'

const verticalSheet: OpenSheet = (view, look) => {
  let started = false
  const rows = (some: readonly Row[]): string => {
    if (some.length === 0) return ''
    const gap = started ? '\n' : ''
    started = true
    return `${gap}${lines([blocks(view, some, look)])}`
  }
  return { head: '', rows, foot: () => '' }
}

const countSheet: OpenSheet = () => {
  let count = 0
  const rows = (some: readonly Row[]): string => {
    count += some.length
    return ''
  }
  return { head: '', rows, foot: () => `${count}\n` }
}

const writers: Readonly<Record<Format, Writer>> = {
  table: {
    list: (view, rows, look) =>
      rows.length === 0
        ? ''
        : lines(view.script === undefined ? [listTable(view, rows, look)] : rows.map(view.script).map(harmless)),
    item: (view, row, look) => lines([itemTable(view, row, look)]),
  },
  vertical: inSheets(verticalSheet),
  json: jsonWriter(pickColumns),
  ndjson: ndjsonWriter(pickColumns),
  csv: csvWriter,
  tsv: tsvWriter,
  markdown: markdownWriter,
  ids: inSheets(rowByRow(({ id }, row, { shown }) => shown(plain(row[id])))),
  count: inSheets(countSheet),
}

/** The value of a view with one field. */
const onlyValue = (view: View, row: Row): unknown => Object.values(pickColumns(view, row))[0]

/** What holds more than one value is JSON. */
function bareText(value: unknown): string {
  return typeof value === 'object' && value !== null && !(value instanceof Date) ? json(value) : plain(value)
}

/** `--field`: values without their names. */
const bareWriters = {
  text: inSheets(rowByRow((view, row, { shown }) => shown(bareText(onlyValue(view, row))))),
  json: jsonWriter(onlyValue),
  ndjson: ndjsonWriter(onlyValue),
} as const

export function writerFor(format: Format, isBare: boolean): Writer {
  if (!isBare) return writers[format]
  return bareWriters[format === 'json' || format === 'ndjson' ? format : 'text']
}
