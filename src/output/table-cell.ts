import type { ChalkInstance } from 'chalk'
import { readable, readableTime } from './cell.ts'
import type { Cell } from './frame.ts'
import type { Glyphs } from './glyphs.ts'
import { noUnits, type Units, unitOf } from './units.ts'
import type { Column, Row, View } from './view.ts'
import { shorten, widthOf, wrapped, wrappedName } from './width.ts'

/** The width of a cell in columns of the terminal, and the glyphs to draw it with. */
export interface CellLayout {
  readonly width: number
  readonly glyphs: Glyphs
  readonly units?: Units | undefined
}

/** The characters of a text, and the units of its numbers and times. */
type TextStyle = Pick<CellLayout, 'glyphs' | 'units'>

/** The columns in the table of a list. */
export function tableColumns({ columns }: View): readonly Column[] {
  return columns.filter(({ shownIn }) => shownIn === 'everywhere')
}

/** The lines of a cell, fitted to its width: its text, and below it the text of the column shown there. */
export function cellLines(view: View, column: Column, row: Row, layout: CellLayout): string[] {
  const { glyphs } = layout
  const sign = column.signs?.[String(row[column.name])]
  const text = sign === undefined ? textOf(column, row, layout) : glyphs.adapt(sign.text)
  const lines = brokenInto(column, text, layout)
  const under = belowOf(view, column)
  if (under === undefined || isNull(under, row)) return lines
  return [...lines, ...hanging(textOf(under, row, layout), layout)]
}

function brokenInto({ wraps }: Column, text: string, { width, glyphs }: CellLayout): string[] {
  if (wraps === 'between words') return wrapped(text, width)
  return wraps === 'after parts' ? wrappedName(text, width) : [shorten(text, width, glyphs.ellipsis)]
}

/** The text of a value for people. The sentences of dbtool itself are adapted to the terminal. */
export function textOf(column: Column, row: Row, { glyphs, units = noUnits }: TextStyle): string {
  const { name, wraps, shownIn, align, isName, unit, none } = column
  if (none !== undefined && isNull(column, row)) return none
  const stored = (unit === 'time' ? readableTime : readable)(row[name], units.zone)
  const text = unit === 'money' ? (units.currency?.amount(stored) ?? stored) : stored
  if (align === 'right' && isName !== true) return glyphs.grouped(text)
  return wraps === 'between words' || shownIn === 'below' ? glyphs.adapt(text) : text
}

/** The same with its unit, for a table without heads. */
export function withUnit(column: Column, row: Row, style: TextStyle): string {
  const [text, unit] = [textOf(column, row, style), unitOf(column, style.units ?? noUnits)]
  return unit === undefined || isNull(column, row) ? text : `${text} ${unit}`
}

/** The head of a column: its name, its unit, and the name of the column shown below it, if any row has its value. */
export function headLines(view: View, column: Column, rows: readonly Row[], layout: CellLayout): string[] {
  const under = belowOf(view, column)
  const used = under !== undefined && rows.some((row) => !isNull(under, row))
  const unit = unitOf(column, layout.units ?? noUnits)
  const names = [column.name, ...(unit === undefined ? [] : [unit])]
  return [...names.flatMap((name) => wrappedName(name, layout.width)), ...(used ? hanging(under.name, layout) : [])]
}

function belowOf({ columns }: View, column: Column): Column | undefined {
  const next = columns[columns.indexOf(column) + 1]
  return next?.shownIn === 'below' ? next : undefined
}

function hanging(text: string, { width, glyphs: { arrow } }: CellLayout): string[] {
  return wrapped(text, width - arrow.length - 1).map(
    (line, index) => `${index === 0 ? arrow : ' '.repeat(arrow.length)} ${line}`,
  )
}

export function drawnCell(
  view: View,
  column: Column,
  row: Row,
  { colour, ...layout }: CellLayout & { colour: ChalkInstance },
): Cell {
  const sign = column.signs?.[String(row[column.name])]
  return {
    lines: cellLines(view, column, row, layout),
    paint: (line) => (sign === undefined ? dimIfNull(line, { column, row, colour }) : colour[sign.colour](line)),
  }
}

/** A missing value is dim, and so differs from the text NULL. */
export function dimIfNull(
  line: string,
  { column, row, colour }: { column: Column; row: Row; colour: ChalkInstance },
): string {
  return isNull(column, row) ? colour.dim(line) : line
}

const isNull = ({ name }: Column, row: Row): boolean => (row[name] ?? null) === null

export function widest(lines: readonly string[]): number {
  return Math.max(0, ...lines.map(widthOf))
}
