import { DbtoolError } from '../errors.ts'
import type { Look } from './table.ts'
import type { Row, View } from './view.ts'

/** How bare texts are written; the other formats have escapes of their own. */
export interface Style extends Look {
  /** For whatever obeys control characters: as it is, or made harmless. */
  readonly escapeControls: (text: string) => string
  /** For a cell of text that a spreadsheet might run: as it is, or guarded. */
  readonly escapeFormula: (text: string) => string
}

/** A list that is written piece by piece: all its texts, one after the other. */
export interface Sheet {
  readonly head: string
  rows(rows: readonly Row[]): string
  foot(): string
}

export type OpenSheet = (view: View, style: Style) => Sheet

/** How a format writes a list and one thing; every text ends with a line break, and may be empty. */
export interface Writer {
  /** What has columns as wide as their widest cell has none. */
  readonly open?: OpenSheet
  list(view: View, rows: readonly Row[], style: Style): string
  item(view: View, row: Row, style: Style): string
}

/** Throws USAGE for a format that needs all rows at once. */
export function openSheet({ open }: Writer): OpenSheet {
  if (open !== undefined) return open
  throw new DbtoolError('USAGE', 'a table needs all its rows at once, and this is made for any number of them', {
    hint: 'leave --format out for CSV, or take any but table and markdown',
  })
}

export const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('')

/** A text for each row, and nothing between them. */
export function rowByRow(textOf: (view: View, row: Row, style: Style) => string): OpenSheet {
  return (view, style) => ({
    head: '',
    rows: (rows) => lines(rows.map((row) => textOf(view, row, style))),
    foot: () => '',
  })
}

export function inSheets(open: OpenSheet): Writer & { open: OpenSheet } {
  const list: Writer['list'] = (view, rows, style) => {
    const sheet = open(view, style)
    return `${sheet.head}${sheet.rows(rows)}${sheet.foot()}`
  }
  return { open, list, item: (view, row, style) => list(view, [row], style) }
}
