import { plain } from './cell.ts'
import { flatColumns, flatRows } from './flat.ts'
import { inSheets, lines, type Style, type Writer } from './sheet.ts'
import type { Column } from './view.ts'

interface Dialect {
  readonly separator: string
  /** What stands for NULL. */
  readonly nothing: string
  readonly escaped: (text: string) => string
}

const separating = /[",\r\n]/

const csv: Dialect = {
  separator: ',',
  nothing: '',
  escaped: (text) => (separating.test(text) ? `"${text.replaceAll('"', '""')}"` : text),
}

const letters: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' }

/** What LOAD DATA reads by itself: one line a row, whatever is in it, and NULL is no text. */
const tsv: Dialect = {
  separator: '\t',
  nothing: '\\N',
  escaped: (text) => text.replace(/[\\\t\n\r\0]/g, (character) => letters[character] ?? character),
}

/** Only a text can be taken for a formula: numbers, money and instants are what they are. */
function cellText(cell: unknown, { align }: Column, dialect: Dialect, { shown, guarded }: Style): string {
  if (typeof cell === 'number') return String(cell)
  if (cell === null || cell === undefined) return dialect.nothing
  return shown(dialect.escaped(typeof cell === 'string' && align === 'left' ? guarded(cell) : plain(cell)))
}

function delimited(dialect: Dialect): Writer {
  return inSheets((view, style) => {
    const columns = flatColumns(view)
    const line = (cells: readonly unknown[]): string =>
      columns.map(({ column }, at) => cellText(cells[at], column, dialect, style)).join(dialect.separator)
    return {
      head: lines([columns.map(({ name }) => name).join(dialect.separator)]),
      rows: (rows) => lines(rows.flatMap((row) => flatRows(view, columns, row)).map(line)),
      foot: () => '',
    }
  })
}

export const csvWriter = delimited(csv)
export const tsvWriter = delimited(tsv)
