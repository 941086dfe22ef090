import Table from 'cli-table3'
import type { ChalkInstance } from 'chalk'
import { readable } from './cell.ts'
import { cellsOf, type Column, type Row, type View } from './view.ts'
import { piecesOf, shorten, widthOf } from './width.ts'

export interface Look {
  readonly colour: ChalkInstance
  /** Columns of the terminal; undefined: no limit. */
  readonly width: number | undefined
}

/** A list as a table with its column names. Where it is too wide, texts give way; where that is not enough, every row stands on its own. */
export function listTable(whole: View, rows: readonly Row[], look: Look): string {
  const view = { ...whole, columns: whole.columns.filter(({ shownIn }) => shownIn === 'everywhere') }
  const raw = rows.map((row) => cellsOf(view, row))
  const cells = raw.map((row) => row.map(readable))
  const rigid = view.columns.map(({ align }, index) => align === 'right' || raw.some((row) => row[index] instanceof Date))
  const widths = fittingWidths(columnsOf(view.columns, cells, rigid), look.width)
  return widths === undefined ? rows.map((row) => itemTable(whole, row, look)).join('\n\n') : drawn(view, cells, { ...look, widths })
}

function drawn({ columns }: View, cells: readonly string[][], { colour, widths }: Look & { widths: readonly number[] }): string {
  const fit = (texts: readonly string[]): string[] => texts.map((text, index) => shorten(text, widths[index] ?? 0))
  const head = fit(columns.map(({ name }) => name))
  const rows = cells.map(fit)
  const table = new Table({ head: head.map(placeholder), colAligns: columns.map(({ align }) => align), style: { head: [], border: [] } })
  table.push(...rows.map((row) => row.map(placeholder)))
  const texts = [...head.map((name) => colour.bold(name)), ...rows.flat().map((cell) => dimNull(cell, colour))].filter((text) => widthOf(text) > 0)
  let next = 0
  return withoutInnerLines(table.toString()).replace(/\ue000+/g, () => texts[next++] ?? '')
}

/** What takes as much room as a text: about some characters the library's opinion of their width is not ours. */
function placeholder(text: string): string {
  return '\ue000'.repeat(widthOf(text))
}

/** A line below the head and none between rows: a list stays as short as its rows. */
function withoutInnerLines(table: string): string {
  const lines = table.split('\n')
  const first = lines.findIndex((line) => line.startsWith('├'))
  return lines.filter((line, index) => index === first || !line.startsWith('├')).join('\n')
}

const narrowestText = 8
const narrowestName = 4
/** A border and a space on both sides of each cell. */
const frame = (columns: number): number => columns * 3 + 1

/** How wide a column would be, and how narrow it may become: a number or a time that is cut would be another one. */
interface Elastic {
  readonly wanted: number
  readonly least: number
}

function columnsOf(columns: readonly Column[], cells: readonly string[][], rigid: readonly boolean[]): Elastic[] {
  return columns.map(({ name }, index) => {
    const widest = Math.max(0, ...cells.map((row) => widthOf(row[index] ?? '')))
    const wanted = Math.max(widest, widthOf(name))
    return { wanted, least: Math.min(wanted, rigid[index] === true ? Math.max(widest, narrowestName) : narrowestText) }
  })
}

/** The widest columns give way first. Undefined: they cannot all fit. */
function fittingWidths(columns: readonly Elastic[], limit = Infinity): number[] | undefined {
  const widths = columns.map(({ wanted }) => wanted)
  for (let excess = widths.reduce((sum, width) => sum + width, frame(columns.length)) - limit; excess > 0; excess -= 1) {
    const elastic = widths.map((width, index) => (width > (columns[index]?.least ?? 0) ? width : 0))
    const most = Math.max(...elastic)
    if (most === 0) return undefined
    widths[elastic.indexOf(most)] = most - 1
  }
  return widths
}

/** One thing: a name and a value a line, long values continued below themselves; then its lists. */
export function itemTable(view: View, row: Row, look: Look): string {
  const columns = view.columns.filter(({ shownIn }) => shownIn !== 'data')
  const names = Math.max(...columns.map(({ name }) => widthOf(name)))
  const room = Math.max((look.width ?? Infinity) - names - 2, narrowestText)
  const lines = columns.flatMap(({ name }) =>
    piecesOf(readable(row[name]), room).map((piece, index) => {
      const label = index === 0 ? `${look.colour.bold(name)}${' '.repeat(names - widthOf(name))}` : ' '.repeat(names)
      return `${label}  ${dimNull(piece, look.colour)}`.trimEnd()
    }),
  )
  const { nested, sections = () => [] } = view
  const lists = nested === undefined ? sections(row) : [{ view: nested.view, rows: row[nested.name] as readonly Row[] }, ...sections(row)]
  const below = lists.filter(({ rows }) => rows.length > 0).map((list) => listTable(list.view, list.rows, look))
  return [...lines, ...below].join('\n')
}

function dimNull(cell: string, colour: ChalkInstance): string {
  return cell === 'NULL' ? colour.dim(cell) : cell
}
