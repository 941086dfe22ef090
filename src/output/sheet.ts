import { DbtoolError } from '../errors.ts'
import type { Look } from './table.ts'
import type { Row, View } from './view.ts'

/** The style of bare texts; the other formats have their own escapes. */
export interface Style extends Look {
  /** Escapes control characters for a terminal; elsewhere the identity. */
  readonly escapeControls: (text: string) => string
  /** Escapes a text that a spreadsheet would run as a formula; the identity with `--raw`. */
  readonly escapeFormula: (text: string) => string
}

/** A list that is written in parts: head, rows, foot. */
export interface Sheet {
  readonly head: string
  rows(rows: readonly Row[]): string
  foot(): string
}

export type OpenSheet = (view: View, style: Style) => Sheet

/** Writes lists and items in one format. Every text is empty or ends with a line break. */
export interface Writer {
  /** Opens a list for streaming. Undefined for formats whose column widths depend on all rows. */
  readonly open?: OpenSheet
  list(view: View, rows: readonly Row[], style: Style): string
  item(view: View, row: Row, style: Style): string
}

/** Throws USAGE for a format that needs all rows at once. */
export function openSheet({ open }: Writer): OpenSheet {
  if (open !== undefined) return open
  throw new DbtoolError('USAGE', 'a table needs all rows at once, but this command streams its rows', {
    hint: 'omit --format for CSV, or choose any format except table and markdown',
  })
}

export const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('')

/** A list with one text per row, without head and foot. */
export function rowByRow(textOf: (view: View, row: Row, style: Style) => string): OpenSheet {
  return (view, style) => ({
    head: '',
    rows: (rows) => lines(rows.map((row) => textOf(view, row, style))),
    foot: () => '',
  })
}

/** A writer that writes lists and items through the same sheet. */
export function inSheets(open: OpenSheet): Writer & { open: OpenSheet } {
  const list: Writer['list'] = (view, rows, style) => {
    const sheet = open(view, style)
    return `${sheet.head}${sheet.rows(rows)}${sheet.foot()}`
  }
  return { open, list, item: (view, row, style) => list(view, [row], style) }
}
