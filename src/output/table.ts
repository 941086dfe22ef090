import type { ChalkInstance } from 'chalk'
import { readable } from './cell.ts'
import { framed, type Cell, type Frame } from './frame.ts'
import type { Glyphs } from './glyphs.ts'
import {
  cellLines,
  dimNull,
  drawnCell,
  headLines,
  tableColumns,
  textOf,
  widest,
  type CellLayout,
} from './table-cell.ts'
import { nestedRows, type Row, type Section, type View } from './view.ts'
import { partsOf, piecesOf, shorten, widthOf } from './width.ts'

export interface Look {
  readonly colour: ChalkInstance
  readonly glyphs: Glyphs
  /** Columns of the terminal; undefined: no limit. */
  readonly width: number | undefined
}

/**
 * A list as a table with its column names. If it is too wide, texts are shortened. If that is not enough, or the rows
 * have nested lists, each row is a block.
 */
export function listTable(view: View, rows: readonly Row[], look: Look): string {
  const table = new TableInParts(view, look)
  return [...table.next(rows), ...table.end()].join('\n')
}

/**
 * A table of any length, drawn from one part of its rows after another. If a later part needs wider columns, the table
 * ends there and another one begins. So no cell is cut, and the columns of each table are aligned.
 */
export class TableInParts {
  readonly #view: View
  readonly #look: Look
  /** The needs of all rows so far. */
  #demand: readonly Elastic[] = []
  #widths: readonly number[] | undefined
  /** The lower border of the table that is open. */
  #bottom: string | undefined
  #started = false

  constructor(view: View, look: Look) {
    this.#view = view
    this.#look = look
  }

  /** The lines for further rows. */
  next(rows: readonly Row[]): string[] {
    const layout = this.layoutOf(rows)
    const [view, look] = [this.#view, this.#look]
    const isFirst = !this.#started
    this.#started = true
    if (layout === undefined) return [...this.end(), ...(isFirst ? [] : ['']), blocks(view, rows, look)]
    const { top, body, bottom } = drawn(view, rows, { ...look, ...layout })
    const goesOn = this.#bottom !== undefined && String(layout.widths) === String(this.#widths)
    const before = goesOn ? [] : [...this.end(), ...top]
    this.#widths = layout.widths
    this.#bottom = bottom
    return [...before, ...body]
  }

  /** The lower border, if a table is open. */
  end(): string[] {
    const bottom = this.#bottom
    this.#bottom = undefined
    return bottom === undefined ? [] : [bottom]
  }

  /** Undefined if each row must be a block. */
  private layoutOf(rows: readonly Row[]): Layout | undefined {
    if (this.#view.nested !== undefined) return undefined
    const elastic = elasticColumns(this.#view, rows, this.#look)
    this.#demand = elastic.map((demand, at) => larger(demand, this.#demand[at] ?? demand))
    const charts = chartsBeside(this.#view, rows, this.#demand, this.#look)
    const columns = [...this.#demand, ...charts.map(({ width }) => fixed(width))]
    const widths = fittingWidths(columns, this.#look.width)
    return widths === undefined ? undefined : { widths, charts }
  }
}

/** A block of lines for each row, with an empty line between blocks. */
export function blocks(view: View, rows: readonly Row[], look: Look): string {
  return rows.map((row) => itemTable(view, row, look)).join('\n\n')
}

/** A chart as a column with one line per row. */
interface ChartColumn {
  readonly name: string
  readonly width: number
  readonly lines: readonly string[]
}

/**
 * The chart of the view as the last column, in the remaining width. Texts are shortened for a chart of the minimum
 * width; if that is not enough, the chart is omitted.
 */
function chartsBeside(
  { chart }: View,
  rows: readonly Row[],
  elastic: readonly Elastic[],
  { width: limit, glyphs }: Look,
): ChartColumn[] {
  if (chart === undefined) return []
  const available = limit === undefined ? chartInPipes : limit - wantedBy(elastic) - frame(elastic.length + 1)
  const width = Math.max(narrowestChart, available)
  if (fittingWidths([...elastic, fixed(width)], limit) === undefined) return []
  return [
    {
      name: chart.column,
      width,
      lines: glyphs.pen[chart.kind](
        rows.map((row) => Number(row[chart.column] ?? 0)),
        width,
      ),
    },
  ]
}

interface Layout {
  readonly widths: readonly number[]
  readonly charts: readonly ChartColumn[]
}

function drawn(view: View, rows: readonly Row[], { colour, glyphs, widths, charts }: Look & Layout): Frame {
  const columns = tableColumns(view)
  const layoutAt = (at: number): CellLayout => ({ width: widths[at] ?? 0, glyphs })
  const paint = (line: string): string => colour.bold(line)
  const head = [
    ...columns.map((column, at) => headLines(view, column, rows, layoutAt(at))),
    ...charts.map(({ name, width }) => [shorten(name, width, glyphs.ellipsis)]),
  ]
  const title = view.columns.find(({ shownIn }) => shownIn === 'heading')?.name
  const body = rows.flatMap((row, index): Cell[][] => {
    const cells = columns.map((column, at) => drawnCell(view, column, row, { colour, ...layoutAt(at) }))
    const beside = charts.map(({ lines }) => ({
      lines: [lines[index] ?? ''],
      paint: (line: string) => colour.cyan(line),
    }))
    const isNew = title !== undefined && row[title] !== rows[index - 1]?.[title]
    return [...(isNew ? [[{ lines: [readable(row[title])], paint, span: widths.length }]] : []), [...cells, ...beside]]
  })
  const aligns = [...columns.map(({ align }) => align), ...charts.map(() => 'left' as const)]
  return framed(
    head.map((lines) => ({ lines, paint })),
    body,
    // A heading may be wider than all columns together.
    { aligns, glyphs, widths: title === undefined ? widths : undefined },
  )
}

const narrowestText = 8
/** Only if nothing else helps: three characters and the ellipsis. */
const narrowestCut = 4
const narrowestSentence = 24
const narrowestChart = 10
const chartInPipes = 40
/** The width of borders and padding: a space on both sides of each cell. */
const frame = (columns: number): number => columns * 3 + 1

/**
 * The widths of a column, from its natural one to its minimum. First its name wraps at underscores, then texts are cut,
 * and last of all the name breaks anywhere. Numbers and times are never cut, because that would change them.
 */
interface Elastic {
  readonly wanted: number
  /** With a wrapped name. */
  readonly wrapped: number
  /** With texts of which still much is to be seen. */
  readonly cut: number
  readonly least: number
}

const fixed = (width: number): Elastic => ({ wanted: width, wrapped: width, cut: width, least: width })

function elasticColumns(view: View, rows: readonly Row[], { glyphs }: Look): Elastic[] {
  const available: CellLayout = { width: Infinity, glyphs }
  return tableColumns(view).map((column) => {
    const most = rows.reduce((width, row) => Math.max(width, widest(cellLines(view, column, row, available))), 0)
    const wanted = Math.max(most, widest(headLines(view, column, rows, available)))
    const rigid =
      column.align === 'right' || column.signs !== undefined || rows.some((row) => row[column.name] instanceof Date)
    const part = Math.max(...partsOf(column.name).map(widthOf))
    const wrapped = Math.min(wanted, Math.max(most, part))
    if (column.wraps === true) return { ...fixed(Math.min(wanted, narrowestSentence)), wanted, wrapped }
    if (rigid) return { wanted, wrapped, cut: wrapped, least: Math.max(most, Math.min(part, narrowestCut)) }
    return { wanted, wrapped, cut: Math.min(wrapped, narrowestText), least: Math.min(wrapped, narrowestCut) }
  })
}

const wantedBy = (columns: readonly Elastic[]): number => columns.reduce((sum, { wanted }) => sum + wanted, 0)

function larger(one: Elastic, other: Elastic): Elastic {
  return {
    wanted: Math.max(one.wanted, other.wanted),
    wrapped: Math.max(one.wrapped, other.wrapped),
    cut: Math.max(one.cut, other.cut),
    least: Math.max(one.least, other.least),
  }
}

/** Shrinks the widest columns first, by one means after the other, until all fit. Undefined if they cannot fit. */
function fittingWidths(columns: readonly Elastic[], limit = Infinity): number[] | undefined {
  const widths = columns.map(({ wanted }) => wanted)
  let excess = wantedBy(columns) + frame(columns.length) - limit
  for (const means of ['wrapped', 'cut', 'least'] as const) {
    for (; excess > 0; excess -= 1) {
      const elastic = widths.map((width, index) => (width > (columns[index]?.[means] ?? 0) ? width : 0))
      const most = Math.max(...elastic)
      if (most === 0) break
      widths[elastic.indexOf(most)] = most - 1
    }
  }
  return excess > 0 ? undefined : widths
}

/** A single row: one line per column with name and value, where long values continue below; then its lists. */
export function itemTable(view: View, row: Row, look: Look): string {
  const columns = view.columns.filter(({ shownIn }) => shownIn !== 'data')
  const names = Math.max(...columns.map(({ name }) => widthOf(name)))
  const available = Math.max((look.width ?? Infinity) - names - 2, narrowestText)
  const lines = columns.flatMap((column) =>
    piecesOf(textOf(column, row, look.glyphs), available).map((piece, index) => {
      const label =
        index === 0 ? `${look.colour.bold(column.name)}${' '.repeat(names - widthOf(column.name))}` : ' '.repeat(names)
      return `${label}  ${dimNull(piece, look.colour)}`.trimEnd()
    }),
  )
  const { nested } = view
  const sections = view.sections?.(row) ?? []
  const own: Section[] = nested === undefined ? [] : [{ view: nested.view, rows: nestedRows(nested, row) }]
  const tables = (lists: readonly Section[]): string[] =>
    lists.filter(({ rows }) => rows.length > 0).map((list) => listTable(list.view, list.rows, look))
  const above = tables(sections.filter(({ first }) => first === true))
  const below = tables([...own, ...sections.filter(({ first }) => first !== true)])
  return [...above, ...lines, ...below].join('\n')
}
