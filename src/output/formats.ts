import { asciiControls, isoInstant, plain } from './cell.ts'
import type { Format } from './choices.ts'
import { itemTable, listTable, type Look } from './table.ts'
import { cellsOf, pickColumns, type Row, type View } from './view.ts'

/** How a format writes a list and one thing; every text ends with a line break, and may be empty. */
interface Writer {
  list(view: View, rows: readonly Row[], look: Look): string
  item(view: View, row: Row, look: Look): string
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('')

function json(value: unknown, indent?: number): string {
  // Date has a toJSON of its own, which runs before a replacer sees the value.
  const replace = function (this: Record<string, unknown>, key: string, shown: unknown): unknown {
    const original = this[key]
    return original instanceof Date ? isoInstant(original) : shown
  }
  return asciiControls(JSON.stringify(value, replace, indent))
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function csvLine(cells: readonly unknown[]): string {
  return cells.map((cell) => csvField(plain(cell))).join(',')
}

const csvList = (view: View, rows: readonly Row[]): string =>
  lines([csvLine(view.columns.map(({ name }) => name)), ...rows.map((row) => csvLine(cellsOf(view, row)))])

export const writers: Readonly<Record<Format, Writer>> = {
  table: {
    list: (view, rows, look) => (rows.length === 0 ? '' : lines([listTable(view, rows, look)])),
    item: (view, row, look) => lines([itemTable(view, row, look)]),
  },
  json: {
    list: (view, rows) => lines([json(rows.map((row) => pickColumns(view, row)), 2)]),
    item: (view, row) => lines([json(pickColumns(view, row), 2)]),
  },
  ndjson: {
    list: (view, rows) => lines(rows.map((row) => json(pickColumns(view, row)))),
    item: (view, row) => lines([json(pickColumns(view, row))]),
  },
  csv: { list: csvList, item: (view, row) => csvList(view, [row]) },
  ids: {
    list: (view, rows) => lines(rows.map((row) => plain(row[view.id]))),
    item: (view, row) => lines([plain(row[view.id])]),
  },
  count: { list: (_view, rows) => lines([String(rows.length)]), item: () => lines(['1']) },
}
