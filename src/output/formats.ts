import { asciiControls, harmless, isoInstant, plain } from './cell.ts'
import type { Format } from './choices.ts'
import { itemTable, listTable, type Look } from './table.ts'
import { pickColumns, type Column, type Row, type View } from './view.ts'

/** How bare texts are written; the other formats have escapes of their own. */
export interface Style extends Look {
  /** For whatever obeys control characters: as it is, or made harmless. */
  readonly shown: (text: string) => string
  /** For a cell of text that a spreadsheet might run: as it is, or guarded. */
  readonly guarded: (text: string) => string
}

/** A list that is written piece by piece: all its texts, one after the other. */
export interface Sheet {
  readonly head: string
  rows(rows: readonly Row[]): string
  foot(): string
}

type OpenSheet = (view: View, style: Style) => Sheet

/** How a format writes a list and one thing; every text ends with a line break, and may be empty. */
interface Writer {
  /** A table has none: its columns are as wide as their widest cell. */
  readonly open?: OpenSheet
  list(view: View, rows: readonly Row[], style: Style): string
  item(view: View, row: Row, style: Style): string
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

/** One array, however many pieces it comes in. */
const jsonSheet: OpenSheet = (view) => {
  let started = false
  const rows = (some: readonly Row[]): string => {
    if (some.length === 0) return ''
    const objects = json(some.map((row) => pickColumns(view, row)), 2).slice('['.length, -'\n]'.length)
    const comma = started ? ',' : ''
    started = true
    return `${comma}${objects}`
  }
  return { head: '[', rows, foot: () => (started ? '\n]\n' : ']\n') }
}

const ndjsonSheet: OpenSheet = (view) => ({ head: '', rows: (rows) => lines(rows.map((row) => json(pickColumns(view, row)))), foot: () => '' })

const separating = /[",\r\n]/

/** Only a text can be taken for a formula: numbers, money and instants are what they are. */
function csvCell(cell: unknown, { align }: Column, { shown, guarded }: Style): string {
  if (typeof cell === 'number') return String(cell)
  const text = shown(typeof cell === 'string' && align === 'left' ? guarded(cell) : plain(cell))
  return separating.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function csvCells({ columns }: View, row: Row, style: Style): string {
  return columns.map((column) => csvCell(row[column.name], column, style)).join(',')
}

/** What holds a list has a line for each of it, with its own columns repeated; at least one line. */
const csvSheet: OpenSheet = (view, style) => {
  const { nested } = view
  const own = view.columns.map(({ name }) => name)
  const theirs = (nested?.view.columns ?? []).map(({ name }) => (own.includes(name) ? `${nested?.name ?? ''}_${name}` : name))
  const line = (row: Row): string => {
    const cells = csvCells(view, row, style)
    if (nested === undefined) return `${cells}\n`
    const items = row[nested.name] as readonly Row[]
    return lines((items.length === 0 ? [{}] : items).map((item) => `${cells},${csvCells(nested.view, item, style)}`))
  }
  return { head: `${[...own, ...theirs].join(',')}\n`, rows: (rows) => rows.map(line).join(''), foot: () => '' }
}

const idsSheet: OpenSheet = ({ id }, { shown }) => ({ head: '', rows: (rows) => lines(rows.map((row) => shown(plain(row[id])))), foot: () => '' })

const countSheet: OpenSheet = () => {
  let count = 0
  const rows = (some: readonly Row[]): string => {
    count += some.length
    return ''
  }
  return { head: '', rows, foot: () => `${count}\n` }
}

function inSheets(open: OpenSheet): Writer & { open: OpenSheet } {
  const list: Writer['list'] = (view, rows, style) => {
    const sheet = open(view, style)
    return `${sheet.head}${sheet.rows(rows)}${sheet.foot()}`
  }
  return { open, list, item: (view, row, style) => list(view, [row], style) }
}

export const writers: Readonly<Record<Format, Writer>> = {
  table: {
    list: (view, rows, look) => (rows.length === 0 ? '' : lines(view.script === undefined ? [listTable(view, rows, look)] : rows.map(view.script).map(harmless))),
    item: (view, row, look) => lines([itemTable(view, row, look)]),
  },
  json: { ...inSheets(jsonSheet), item: (view, row) => lines([json(pickColumns(view, row), 2)]) },
  ndjson: inSheets(ndjsonSheet),
  csv: inSheets(csvSheet),
  ids: inSheets(idsSheet),
  count: inSheets(countSheet),
}
