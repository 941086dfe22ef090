import { readable } from './cell.ts'
import { chartWidth, elasticColumns, fittingWidths, fixed, larger, narrowed, type Elastic } from './column-widths.ts'
import { framed, type Cell, type Frame } from './frame.ts'
import type { Look } from './look.ts'
import { dimIfNull, drawnCell, headLines, tableColumns, textOf, withUnit, type CellLayout } from './table-cell.ts'
import { nestedRows, type Row, type Section, type View } from './view.ts'
import { shorten, widthOf, wrapped, wrappedList } from './width.ts'

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
    if (isFirst) this.#view = narrowed(this.#view, rows, look)
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

/** The width of a value beside the names, at least. */
const narrowestValue = 8

/** A single row: one line per column with name and value, where long values continue below; then its lists. */
export function itemTable(view: View, row: Row, look: Look): string {
  const columns = view.columns.filter(({ shownIn }) => shownIn !== 'data')
  const names = Math.max(...columns.map(({ name }) => widthOf(name)))
  const available = Math.max((look.width ?? Infinity) - names - 2, narrowestValue)
  const lines = columns.flatMap((column) =>
    wrapped(withUnit(column, row, look), available, (word) => wrappedList(word, available)).map((piece, index) => {
      const label =
        index === 0 ? `${look.colour.bold(column.name)}${' '.repeat(names - widthOf(column.name))}` : ' '.repeat(names)
      return `${label}  ${dimIfNull(piece, { column, row, colour: look.colour })}`.trimEnd()
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
