import { createRequire } from 'node:module'
import type Table from 'cli-table3'
import type { Glyphs } from './glyphs.ts'
import { widthOf } from './width.ts'

/** The lines of a cell, and its colour. */
export interface Cell {
  readonly lines: readonly string[]
  readonly paint: (line: string) => string
  /** The number of columns that the cell spans; default 1. */
  readonly span?: number
}

type CellRow = readonly Cell[]

/** Loaded with the first table, so that data formats start faster. */
const library = (): typeof Table => createRequire(import.meta.url)('cli-table3') as typeof Table

export interface Shape {
  readonly aligns: readonly ('left' | 'right')[]
  readonly glyphs: Glyphs
  /** The widths of the columns; undefined: as wide as their cells. */
  readonly widths?: readonly number[] | undefined
}

/** The lines of a table. A long one has further bodies of the same widths before its lower border. */
export interface Frame {
  /** The upper border, the head and the line below it. */
  readonly top: readonly string[]
  readonly body: readonly string[]
  readonly bottom: string
}

/** The space on both sides of a cell. */
const padding = 2

/** The library looks at every earlier row for each cell that it places, so a long table is drawn in parts. */
const mostRows = 32

/** Draws a table around cells whose lines already fit their columns. */
export function framed(head: CellRow, body: readonly CellRow[], shape: Shape): Frame {
  const parts = shape.widths === undefined ? [body] : partsOf(body)
  const frames = parts.map((part) => drawn(head, part, shape))
  const [first, last] = [frames[0], frames.at(-1)]
  return { top: first?.top ?? [], body: frames.flatMap((frame) => frame.body), bottom: last?.bottom ?? '' }
}

/** No part begins with a heading, because the line above a heading belongs to the row before it. */
function partsOf(body: readonly CellRow[]): CellRow[][] {
  const parts: CellRow[][] = [[]]
  for (const row of body) {
    const isHeading = row.some(({ span = 1 }) => span > 1)
    if ((parts.at(-1)?.length ?? 0) >= mostRows && !isHeading) parts.push([])
    parts.at(-1)?.push(row)
  }
  return parts
}

function drawn(head: CellRow, body: readonly CellRow[], { aligns, glyphs, widths }: Shape): Frame {
  const table = new (library())({
    head: head.map(placeholders),
    colAligns: [...aligns],
    style: { head: [], border: [] },
    ...(widths === undefined ? {} : { colWidths: widths.map((width) => width + padding) }),
  })
  table.push(...body.map((row) => row.map((cell) => ({ colSpan: cell.span ?? 1, content: placeholders(cell) }))))
  const texts = [head, ...body].flatMap(inDrawingOrder)
  let next = 0
  const rows = withoutInnerLines(table.toString())
  const headLines = rows.findIndex((line) => line.startsWith('├')) + 1
  const lines = glyphs
    .frame(rows.join('\n'))
    .replace(/\ue000+/g, () => texts[next++] ?? '')
    .split('\n')
  return { top: lines.slice(0, headLines), body: lines.slice(headLines, -1), bottom: lines.at(-1) ?? '' }
}

/** Placeholders as wide as the text, because the library computes other widths for some characters. */
function placeholders({ lines }: Cell): string {
  return lines.map((line) => '\ue000'.repeat(widthOf(line))).join('\n')
}

/** The texts in the order of their placeholders: all first lines, then all second lines. Empty lines have none. */
function inDrawingOrder(row: CellRow): string[] {
  const most = Math.max(...row.map(({ lines }) => lines.length))
  return Array.from({ length: most }, (_, at) =>
    row.flatMap(({ lines, paint }) => (widthOf(lines[at] ?? '') === 0 ? [] : [paint(lines[at] ?? '')])),
  ).flat()
}

/**
 * Removes the lines between rows, so that a list is as short as its rows. The line below the head stays, and so does
 * the one above each heading, which spans all columns.
 */
function withoutInnerLines(table: string): string[] {
  const lines = table.split('\n')
  const first = lines.findIndex((line) => line.startsWith('├'))
  return lines.filter((line, index) => index === first || !line.startsWith('├') || line.includes('┴'))
}
