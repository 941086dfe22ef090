import type { Look } from './look.ts'
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
  /** Opens a list of any length. */
  readonly open: OpenSheet
  readonly list: (view: View, rows: readonly Row[], style: Style) => string
  readonly item: (view: View, row: Row, style: Style) => string
}

/** The rows that decide about the widths of columns together. */
export const windowRows = 1_000

/** A sheet that gets its rows in windows of a fixed number, whatever the sizes of the batches are. */
export function inWindows(size: number, sheet: Sheet): Sheet {
  let waiting: Row[] = []
  return {
    head: sheet.head,
    rows(batch) {
      waiting = waiting.concat(batch)
      let text = ''
      while (waiting.length >= size) text += sheet.rows(waiting.splice(0, size))
      return text
    },
    foot: () => `${waiting.length === 0 ? '' : sheet.rows(waiting)}${sheet.foot()}`,
  }
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
export function inSheets(open: OpenSheet): Writer {
  const list: Writer['list'] = (view, rows, style) => {
    const sheet = open(view, style)
    return `${sheet.head}${sheet.rows(rows)}${sheet.foot()}`
  }
  return { open, list, item: (view, row, style) => list(view, [row], style) }
}
