import { escapeMarkdown } from '../markdown-escape.ts'
import { readable } from './cell.ts'
import { flatColumns, flatRows } from './flat.ts'
import { inSheets, inWindows, type OpenSheet, type Style, windowRows, type Writer } from './sheet.ts'
import { noUnits, unitOf } from './units.ts'
import { type Column, nestedRows, type Row, type Section, type View } from './view.ts'
import { widthOf } from './width.ts'

function signOrText(column: Column, cell: unknown): string {
  const sign = column.signs?.[String(cell)]
  return sign === undefined ? cellText(column, cell) : escapeMarkdown(sign.text)
}

function cellText(column: Column, cell: unknown): string {
  if (isMissing(cell)) return escapeMarkdown(column.none ?? (column.shownIn === 'below' ? '' : readable(cell)))
  if (typeof cell !== 'string') return escapeMarkdown(readable(cell))
  return cell
    .split(/\r\n|[\r\n]/)
    .map((line) => escapeMarkdown(readable(line)))
    .join('<br>')
}

const isMissing = (cell: unknown): boolean => cell === null || cell === undefined

type Align = 'left' | 'right'

interface Table {
  readonly head: readonly string[]
  readonly aligns: readonly Align[]
  readonly widths: readonly number[]
}

/** Some parsers do not recognize a delimiter of fewer dashes. */
const narrowest = 3

/** The table that these rows of escaped cells need. Its columns are padded, so that the source is readable too. */
function tableFor(head: readonly string[], aligns: readonly Align[], body: readonly (readonly string[])[]): Table {
  const widest = (name: string, at: number): number =>
    body.reduce((width, row) => Math.max(width, widthOf(row[at] ?? '')), Math.max(narrowest, widthOf(name)))
  return { head, aligns, widths: head.map(widest) }
}

/** The head and the rule below it. */
function topOf({ head, aligns, widths }: Table): readonly (readonly string[])[] {
  const rule = widths.map((width, at) => (aligns[at] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [head, rule]
}

function linesOf({ aligns, widths }: Table, rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells) => cells.map((cell, at) => padded(cell, widths[at] ?? 0, aligns[at] ?? 'left')).join(' | '))
    .map((line) => `| ${line} |\n`)
    .join('')
}

function padded(text: string, width: number, align: Align): string {
  const padding = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'right' ? `${padding}${text}` : `${text}${padding}`
}

/** The view with the columns of the table of a list only; the others are omitted for lack of space, as there. */
function forPeople(view: View): View {
  const { columns, nested } = view
  const seen = columns.filter(({ shownIn }) => shownIn !== 'item' && shownIn !== 'data')
  return { ...view, columns: seen, nested: nested && { ...nested, view: forPeople(nested.view) } }
}

/** A table whose widths come from its first rows; a wider cell further down makes its own line longer. */
const sheet: OpenSheet = (given, { units = noUnits }) => {
  const view = forPeople(given)
  const columns = flatColumns(view)
  const head = (): string[] =>
    columns.map(({ name, column }) => [name, ...inBrackets(unitOf(column, units))].map(escapeMarkdown).join(' '))
  const aligns = columns.map(({ column }) => column.align)
  let table: Table | undefined
  const rows = (batch: readonly Row[]): string => {
    const body = batch
      .flatMap((row) => flatRows(view, columns, row))
      .map((cells) => columns.map(({ column }, at) => signOrText(column, cells[at])))
    const top = table === undefined ? topOf((table = tableFor(head(), aligns, body))) : []
    return linesOf(table, [...top, ...body])
  }
  return inWindows(windowRows, { head: '', rows, foot: () => (table === undefined ? rows([]) : '') })
}

const inBrackets = (unit: string | undefined): string[] => (unit === undefined ? [] : [`(${unit})`])

const { open, list } = inSheets(sheet)

function valueText(column: Column, row: Row, { units = noUnits }: Style): string {
  const [value, unit] = [row[column.name], unitOf(column, units)]
  const text = cellText(column, value)
  return unit === undefined || isMissing(value) ? text : `${text} ${unit}`
}

function itemTables(view: View, row: Row, style: Style): string {
  const fields = view.columns
    .filter(({ shownIn }) => shownIn !== 'data')
    .map((column) => [escapeMarkdown(column.name), valueText(column, row, style)])
  const { nested } = view
  const sections = view.sections?.(row) ?? []
  const own: Section[] = nested === undefined ? [] : [{ view: nested.view, rows: nestedRows(nested, row) }]
  const tables = (lists: readonly Section[]): string[] =>
    lists.filter(({ rows }) => rows.length > 0).map((section) => list(section.view, section.rows, style))
  const table = tableFor(['field', 'value'], ['left', 'left'], fields)
  return [
    ...tables(sections.filter(({ first }) => first === true)),
    ...(fields.length === 0 ? [] : [linesOf(table, [...topOf(table), ...fields])]),
    ...tables([...own, ...sections.filter(({ first }) => first !== true)]),
  ].join('\n')
}

/** Writes tables of GitHub Flavored Markdown. Nested lists are flattened into one table, as in CSV. */
export const markdownWriter: Writer = { open, list, item: itemTables }
