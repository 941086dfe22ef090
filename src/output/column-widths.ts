import type { Look } from './look.ts'
import { cellLines, headLines, tableColumns, textOf, widest, type CellLayout } from './table-cell.ts'
import { noUnits, unitOf } from './units.ts'
import type { Row, View } from './view.ts'
import { partsOf, widthOf } from './width.ts'

const legibleText = 12
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
export interface Elastic {
  readonly wanted: number
  /** With a wrapped name. */
  readonly wrapped: number
  /** With texts of which still much is to be seen. */
  readonly cut: number
  readonly least: number
}

export const fixed = (width: number): Elastic => ({ wanted: width, wrapped: width, cut: width, least: width })

export function elasticColumns(view: View, rows: readonly Row[], { glyphs, units = noUnits }: Look): Elastic[] {
  const available: CellLayout = { width: Infinity, glyphs, units }
  return tableColumns(view).map((column) => {
    const most = rows.reduce((width, row) => Math.max(width, widest(cellLines(view, column, row, available))), 0)
    const wanted = Math.max(most, widest(headLines(view, column, rows, available)))
    const isTime = column.unit === 'time' || rows.some((row) => row[column.name] instanceof Date)
    const rigid = column.align === 'right' || column.signs !== undefined || isTime
    const part = Math.max(...[column.name, unitOf(column, units) ?? ''].map(longestPart))
    const wrapped = Math.min(wanted, Math.max(most, part))
    if (column.wraps === 'between words') return { ...fixed(Math.min(wanted, narrowestSentence)), wanted, wrapped }
    if (column.wraps === 'after parts') {
      const longest = rows.reduce((width, row) => Math.max(width, longestPart(textOf(column, row, available))), part)
      return { ...fixed(Math.min(wanted, longest, narrowestSentence)), wanted, wrapped }
    }
    if (rigid) return { wanted, wrapped, cut: wrapped, least: Math.max(most, Math.min(part, narrowestCut)) }
    return {
      wanted,
      wrapped,
      cut: Math.min(wrapped, column.legible ?? legibleText),
      least: Math.min(wrapped, view.leastText ?? narrowestCut),
    }
  })
}

const longestPart = (name: string): number => Math.max(...partsOf(name).map(widthOf))

const sumOf = (columns: readonly Elastic[], width: keyof Elastic): number =>
  columns.reduce((sum, column) => sum + column[width], 0)

export function larger(one: Elastic, other: Elastic): Elastic {
  return {
    wanted: Math.max(one.wanted, other.wanted),
    wrapped: Math.max(one.wrapped, other.wrapped),
    cut: Math.max(one.cut, other.cut),
    least: Math.max(one.least, other.least),
  }
}

/** Shrinks the widest columns first, by one means after the other, until all fit. Undefined if they cannot fit. */
export function fittingWidths(columns: readonly Elastic[], limit = Infinity): number[] | undefined {
  const widths = columns.map(({ wanted }) => wanted)
  let excess = sumOf(columns, 'wanted') + frame(columns.length) - limit
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

/**
 * The width that the other columns leave. For a quarter of the terminal, long texts are cut to a length that can still
 * be read; for the narrowest chart, further.
 */
export function chartWidth(columns: readonly Elastic[], limit: number | undefined): number {
  if (limit === undefined) return chartInPipes
  const available = limit - frame(columns.length + 1)
  const shortest = Math.min(readableText, Math.floor(limit / 6))
  const readable = columns.reduce(
    (sum, { wrapped, cut, least }) => sum + (cut === wrapped ? wrapped : Math.max(least, Math.min(wrapped, shortest))),
    0,
  )
  return Math.max(
    narrowestChart,
    available - sumOf(columns, 'wanted'),
    Math.min(usualChart(limit), available - readable),
  )
}

/** The least part of the terminal that a chart takes while texts stay readable: a quarter. */
const usualChart = (limit: number): number => Math.floor(limit / 4)

/**
 * The view without as many of its spare columns as help: until texts can be read, and a chart has its usual width.
 * With all columns if there is space for them, or if each row must be a block in any case.
 */
export function narrowed(view: View, rows: readonly Row[], look: Look): View {
  const { spare = [], columns, chart } = view
  const { width: limit } = look
  if (limit === undefined || view.nested !== undefined) return view
  let chosen: { readonly fewer: View; readonly omitted: readonly string[] } | undefined
  for (let count = 0; count <= spare.length; count += 1) {
    const omitted = spare.slice(0, count)
    const fewer = { ...view, columns: columns.filter(({ name }) => !omitted.includes(name)) }
    const elastic = elasticColumns(fewer, rows, look)
    const drawing = chart === undefined ? [] : [chartWidth(elastic, limit)]
    if (fittingWidths([...elastic, ...drawing.map(fixed)], limit) === undefined) continue
    chosen = { fewer, omitted }
    const [width] = drawing
    const isReadable = sumOf(elastic, 'cut') + frame(elastic.length) <= limit
    if (width === undefined ? isReadable : width >= usualChart(limit)) break
  }
  // Without space for its chart, a table is as it would be without one.
  if (chosen === undefined)
    return chart === undefined ? view : { ...narrowed({ ...view, chart: undefined }, rows, look), chart }
  if (chosen.omitted.length > 0) view.onNarrowed?.(chosen.omitted)
  return chosen.fewer
}
