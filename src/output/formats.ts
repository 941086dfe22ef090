import { asciiControls, harmless, isoInstant, plain } from './cell.ts'
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

/** What holds a list has a line for each of it, with its own columns repeated; at least one line. */
function csvList(view: View, rows: readonly Row[]): string {
  const own = view.columns.map(({ name }) => name)
  const theirs = (view.nested?.view.columns ?? []).map(({ name }) => (own.includes(name) ? `${view.nested?.name ?? ''}_${name}` : name))
  return lines([csvLine([...own, ...theirs]), ...rows.flatMap((row) => csvRows(view, row))])
}

function csvRows(view: View, row: Row): string[] {
  const { nested } = view
  if (nested === undefined) return [csvLine(cellsOf(view, row))]
  const items = row[nested.name] as readonly Row[]
  return (items.length === 0 ? [{}] : items).map((item) => csvLine([...cellsOf(view, row), ...cellsOf(nested.view, item)]))
}

export const writers: Readonly<Record<Format, Writer>> = {
  table: {
    list: (view, rows, look) => (rows.length === 0 ? '' : lines(view.script === undefined ? [listTable(view, rows, look)] : rows.map(view.script).map(harmless))),
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
