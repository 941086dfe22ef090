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
  withUnit,
  type CellLayout,
} from './table-cell.ts'
import { noUnits, type Units, unitOf } from './units.ts'
import { nestedRows, type Row, type Section, type View } from './view.ts'
import { partsOf, piecesOf, shorten, widthOf } from './width.ts'

export interface Look {
  readonly colour: ChalkInstance
  readonly glyphs: Glyphs
  /** Columns of the terminal; undefined: no limit. */
  readonly width: number | undefined
  readonly units?: Units | undefined
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
  #view: View
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
    const look = this.#look
    const isFirst = !this.#started
    if (isFirst) this.#view = withSpaceForChart(this.#view, rows, look)
    this.#started = true
    const view = this.#view
    const layout = this.layoutOf(rows)
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
  readonly head: readonly string[]
  readonly width: number
  readonly lines: readonly string[]
}

/** The view without its spare columns, as far as its chart needs their space; all of them if there is no chart. */
function withSpaceForChart(view: View, rows: readonly Row[], look: Look): View {
  const { chart, columns } = view
  const { width: limit } = look
  if (chart === undefined || limit === undefined || view.nested !== undefined) return view
  const omitted: string[] = []
  for (const spare of [...(chart.spare ?? []), undefined]) {
    const narrowed = { ...view, columns: columns.filter(({ name }) => !omitted.includes(name)) }
    const elastic = elasticColumns(narrowed, rows, look)
    const width = chartWidth(elastic, limit)
    if (spare !== undefined && width < usualChart(limit)) omitted.push(spare)
    else if (fittingWidths([...elastic, fixed(width)], limit) === undefined) return view
    else {
      if (omitted.length > 0) chart.onNarrowed?.(omitted)
      return narrowed
    }
  }
  return view
}

/** The chart of the view as the last column. If even shortened texts leave no space for it, it is omitted. */
function chartsBeside(view: View, rows: readonly Row[], elastic: readonly Elastic[], look: Look): ChartColumn[] {
  const { chart } = view
  const { width: limit, glyphs } = look
  if (chart === undefined) return []
  const width = chartWidth(elastic, limit)
  if (fittingWidths([...elastic, fixed(width)], limit) === undefined) {
    chart.onOmitted?.()
    return []
  }
  return [
    {
      head: [shorten(chart.column, width, glyphs.ellipsis), axisOf(view, rows, width, look)],
      width,
      lines: glyphs.pen[chart.kind](
        rows.map((row) => valueIn(view, row)),
        width,
      ),
    },
  ]
}

/**
 * The width that the other columns leave. For a quarter of the terminal, long texts are cut to a length that can still
 * be read; for the narrowest chart, further.
 */
function chartWidth(columns: readonly Elastic[], limit: number | undefined): number {
  if (limit === undefined) return chartInPipes
  const available = limit - frame(columns.length + 1)
  const shortest = Math.min(readableText, Math.floor(limit / 6))
  const readable = columns.reduce((sum, { wrapped, cut }) => sum + Math.max(cut, Math.min(wrapped, shortest)), 0)
  return Math.max(narrowestChart, available - wantedBy(columns), Math.min(usualChart(limit), available - readable))
}

/** The least part of the terminal that a chart takes while texts stay readable: a quarter. */
const usualChart = (limit: number): number => Math.floor(limit / 4)

/** Zero at the left, and at the right the value that fills the width. */
function axisOf(view: View, rows: readonly Row[], width: number, look: Look): string {
  const column = view.columns.find(({ name }) => name === view.chart?.column)
  const most = rows.reduce<Row | undefined>(
    (largest, row) => (valueIn(view, row) > valueIn(view, largest) ? row : largest),
    undefined,
  )
  if (column === undefined || most === undefined) return '0'
  return `0${textOf(column, most, look).padStart(width - 1)}`
}

const valueIn = ({ chart }: View, row: Row | undefined): number => Number(row?.[chart?.column ?? ''] ?? 0)

interface Layout {
  readonly widths: readonly number[]
  readonly charts: readonly ChartColumn[]
}

function drawn(view: View, rows: readonly Row[], { colour, glyphs, units, widths, charts }: Look & Layout): Frame {
  const columns = tableColumns(view)
  const layoutAt = (at: number): CellLayout => ({ width: widths[at] ?? 0, glyphs, units })
  const paint = (line: string): string => colour.bold(line)
  const head = [
    ...columns.map((column, at) => headLines(view, column, rows, layoutAt(at))),
    ...charts.map((chart) => chart.head),
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
const readableText = 16
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

function elasticColumns(view: View, rows: readonly Row[], { glyphs, units = noUnits }: Look): Elastic[] {
  const available: CellLayout = { width: Infinity, glyphs, units }
  return tableColumns(view).map((column) => {
    const most = rows.reduce((width, row) => Math.max(width, widest(cellLines(view, column, row, available))), 0)
    const wanted = Math.max(most, widest(headLines(view, column, rows, available)))
    const rigid =
      column.align === 'right' || column.signs !== undefined || rows.some((row) => row[column.name] instanceof Date)
    const part = Math.max(...[column.name, unitOf(column, units) ?? ''].flatMap(partsOf).map(widthOf))
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
    piecesOf(withUnit(column, row, look), available).map((piece, index) => {
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
