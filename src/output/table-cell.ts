import type { ChalkInstance } from 'chalk'
import { readable } from './cell.ts'
import type { Cell } from './frame.ts'
import type { Column, Row, View } from './view.ts'
import { shorten, widthOf, wrapped } from './width.ts'

/** The columns that the table of a list has. */
export function tableColumns({ columns }: View): readonly Column[] {
  return columns.filter(({ shownIn }) => shownIn === 'everywhere')
}

/** What a cell says in so many columns, line by line: its text, and below that what belongs there. */
export function cellLines(view: View, column: Column, row: Row, width: number): string[] {
  const text = column.signs?.[String(row[column.name])]?.text ?? readable(row[column.name])
  const lines = column.wraps === true ? wrapped(text, width) : [shorten(text, width)]
  const under = belowOf(view, column)
  const more = under === undefined ? null : row[under.name]
  return more === null || more === undefined ? lines : [...lines, ...hanging(readable(more), width)]
}

/** The names of a column and of what stands below it, if it does in any row. */
export function headLines(view: View, column: Column, rows: readonly Row[], width: number): string[] {
  const under = belowOf(view, column)
  const used = under !== undefined && rows.some((row) => (row[under.name] ?? null) !== null)
  return [shorten(column.name, width), ...(used ? hanging(under.name, width) : [])]
}

function belowOf({ columns }: View, column: Column): Column | undefined {
  const next = columns[columns.indexOf(column) + 1]
  return next?.shownIn === 'below' ? next : undefined
}

function hanging(text: string, width: number): string[] {
  return wrapped(text, width - 2).map((line, index) => `${index === 0 ? '→' : ' '} ${line}`)
}

export function drawnCell(view: View, column: Column, row: Row, { colour, width }: { colour: ChalkInstance; width: number }): Cell {
  const sign = column.signs?.[String(row[column.name])]
  return { lines: cellLines(view, column, row, width), paint: (line) => (sign === undefined ? dimNull(line, colour) : colour[sign.colour](line)) }
}

export function dimNull(cell: string, colour: ChalkInstance): string {
  return cell === 'NULL' ? colour.dim(cell) : cell
}

export function widest(lines: readonly string[]): number {
  return Math.max(0, ...lines.map(widthOf))
}
