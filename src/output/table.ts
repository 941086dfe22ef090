import Table from 'cli-table3'
import type { ChalkInstance } from 'chalk'
import { readable } from './cell.ts'
import { cellsOf, type Row, type View } from './view.ts'

export interface Look {
  readonly colour: ChalkInstance
  /** Characters in a line of the terminal; undefined: no limit. */
  readonly width: number | undefined
}

const narrowest = 8
const borderWidth = 3

/** A list as a table with its column names; wider columns give way so that it fits. */
export function listTable(view: View, rows: readonly Row[], look: Look): string {
  const cells = rows.map((row) => cellsOf(view, row).map(readable))
  const names = view.columns.map(({ name }) => name)
  const table = new Table({
    head: names.map((name) => look.colour.bold(name)),
    colAligns: view.columns.map(({ align }) => align),
    style: { head: [], border: [] },
    ...widths([names, ...cells], look.width),
  })
  table.push(...cells.map((row) => row.map((cell) => dimNull(cell, look))))
  return table.toString()
}

/** One thing: a name and a value a line; its nested list below. */
export function itemTable(view: View, row: Row, look: Look): string {
  const table = new Table({ style: { head: [], border: [] } })
  const cells = cellsOf(view, row).map(readable)
  view.columns.forEach(({ name }, index) => table.push([look.colour.bold(name), dimNull(cells[index] ?? '', look)]))
  const { nested } = view
  if (nested === undefined) return table.toString()
  return `${table.toString()}\n${listTable(nested.view, row[nested.name] as readonly Row[], look)}`
}

function dimNull(cell: string, { colour }: Look): string {
  return cell === 'NULL' ? colour.dim(cell) : cell
}

/** The width of text on a terminal, as the table library counts it. */
function widest(rows: readonly (readonly string[])[], column: number): number {
  return Math.max(...rows.map((row) => [...(row[column] ?? '')].length))
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
