import { createRequire } from 'node:module'
import type Table from 'cli-table3'
import type { Glyphs } from './glyphs.ts'
import { widthOf } from './width.ts'

/** A cell as it is drawn, line by line. */
export interface Cell {
  readonly lines: readonly string[]
  readonly paint: (line: string) => string
  /** Over so many columns; one where it is not said. */
  readonly span?: number
}

type CellRow = readonly Cell[]

/** Loaded with the first table: data formats do not pay for it. */
const library = (): typeof Table => createRequire(import.meta.url)('cli-table3') as typeof Table

export interface Shape {
  readonly aligns: readonly ('left' | 'right')[]
  readonly glyphs: Glyphs
}

/** A table around cells whose lines have been cut to their widths. */
export function framed(head: CellRow, body: readonly CellRow[], { aligns, glyphs }: Shape): string {
  const table = new (library())({
    head: head.map(placeholders),
    colAligns: [...aligns],
    style: { head: [], border: [] },
  })
  table.push(...body.map((row) => row.map((cell) => ({ colSpan: cell.span ?? 1, content: placeholders(cell) }))))
  const texts = [head, ...body].flatMap(inDrawingOrder)
  let next = 0
  return glyphs.frame(withoutInnerLines(table.toString())).replace(/\ue000+/g, () => texts[next++] ?? '')
}

/** What takes as much room as the text: about some characters the library's opinion of their width is not ours. */
function placeholders({ lines }: Cell): string {
  return lines.map((line) => '\ue000'.repeat(widthOf(line))).join('\n')
}

/** The first line of every cell, then the second of those that have one; a text without width has no place. */
function inDrawingOrder(row: CellRow): string[] {
  const most = Math.max(...row.map(({ lines }) => lines.length))
  return Array.from({ length: most }, (_, at) =>
    row.flatMap(({ lines, paint }) => (widthOf(lines[at] ?? '') === 0 ? [] : [paint(lines[at] ?? '')])),
  ).flat()
}

/**
 * A line below the head, one above each heading (where columns end), and none between rows: a list stays as short as
 * its rows.
 */
function withoutInnerLines(table: string): string {
  const lines = table.split('\n')
  const first = lines.findIndex((line) => line.startsWith('├'))
  return lines.filter((line, index) => index === first || !line.startsWith('├') || line.includes('┴')).join('\n')
}
