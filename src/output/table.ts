import Table from 'cli-table3'
import type { ChalkInstance } from 'chalk'
import { readable } from './cell.ts'
import { cellsOf, type Row, type View } from './view.ts'

export interface Look {
  readonly colour: ChalkInstance
  /** Characters in a line of the terminal; undefined: no limit. */
  readonly width: number | undefined
}

/** One thing has no lines at all. */
const noLines = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'].map((part) => [part, '']),
) as Record<'mid', string>
const narrowest = 8
const borderWidth = 3

const inTable = (view: View): View => ({ ...view, columns: view.columns.filter(({ dataOnly }) => dataOnly !== true) })

/** A list as a table with its column names; wider columns give way so that it fits. */
export function listTable(whole: View, rows: readonly Row[], look: Look): string {
  const view = inTable(whole)
  const cells = rows.map((row) => cellsOf(view, row).map(readable))
  const names = view.columns.map(({ name }) => name)
  const table = new Table({
    head: names.map((name) => look.colour.bold(name)),
    colAligns: view.columns.map(({ align }) => align),
    style: { head: [], border: [] },
    ...widths([names, ...cells], look.width),
  })
  table.push(...cells.map((row) => row.map((cell) => dimNull(cell, look))))
  return withoutInnerLines(table.toString())
}

/** A line below the head and none between rows: a list stays as short as its rows. */
function withoutInnerLines(table: string): string {
  const lines = table.split('\n')
  const first = lines.findIndex((line) => line.startsWith('├'))
  return lines.filter((line, index) => index === first || !line.startsWith('├')).join('\n')
}

/** One thing: a name and a value a line; its nested list below. */
export function itemTable(whole: View, row: Row, look: Look): string {
  const view = inTable(whole)
  const table = new Table({ chars: noLines, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 } })
  const cells = cellsOf(view, row).map(readable)
  view.columns.forEach(({ name }, index) => table.push([look.colour.bold(name), dimNull(cells[index] ?? '', look)]))
  const { nested, sections = () => [] } = view
  const lists = nested === undefined ? sections(row) : [{ view: nested.view, rows: row[nested.name] as readonly Row[] }, ...sections(row)]
  const below = lists.filter(({ rows }) => rows.length > 0).map((list) => listTable(list.view, list.rows, look))
  return [table.toString(), ...below].join('\n')
}

function dimNull(cell: string, { colour }: Look): string {
  return cell === 'NULL' ? colour.dim(cell) : cell
}

function widest(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0)
}

function widths(rows: readonly (readonly string[])[], limit: number | undefined): { colWidths?: number[] } {
  if (limit === undefined) return {}
  const wanted = (rows[0] ?? []).map((_name, column) => widest(rows, column) + borderWidth - 1)
  let excess = wanted.reduce((sum, width) => sum + width + 1, 1) - limit
  if (excess <= 0) return {}
  while (excess > 0) {
    const most = Math.max(...wanted)
    if (most <= narrowest) break
    wanted[wanted.indexOf(most)] = most - 1
    excess -= 1
  }
  return { colWidths: wanted }
}
