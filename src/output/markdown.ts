import { readable } from './cell.ts'
import { flatColumns, flatRows } from './flat.ts'
import type { Writer } from './sheet.ts'
import { nestedRows, type Row, type View } from './view.ts'
import { widthOf } from './width.ts'

/** The characters with a meaning in Markdown (https://github.github.com/gfm/). An underscore inside a word has none. */
const special = /[\\`*[\]<>&~|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

function cellText(cell: unknown): string {
  if (typeof cell !== 'string') return escaped(readable(cell))
  return cell
    .split(/\r\n|[\r\n]/)
    .map((line) => escaped(readable(line)))
    .join('<br>')
}

const escaped = (text: string): string => text.replace(special, '\\$&')

type Align = 'left' | 'right'

/** Draws a table of escaped cells. Its columns are padded, so that the source is readable too. */
function table(head: readonly string[], aligns: readonly Align[], body: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) =>
    Math.max(narrowest, widthOf(name), ...body.map((row) => widthOf(row[at] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => padded(cell, widths[at] ?? 0, aligns[at] ?? 'left')).join(' | ')} |\n`
  const rule = widths.map((width, at) => (aligns[at] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [head, rule, ...body].map(line).join('')
}

/** Some parsers do not recognize a delimiter of fewer dashes. */
const narrowest = 3

function padded(text: string, width: number, align: Align): string {
  const padding = ' '.repeat(width - widthOf(text))
  return align === 'right' ? `${padding}${text}` : `${text}${padding}`
}

/** The view with the columns of the table of a list only; the others are omitted for lack of space, as there. */
function forPeople(view: View): View {
  const { columns, nested } = view
  const seen = columns.filter(({ shownIn }) => shownIn !== 'item' && shownIn !== 'data')
  return { ...view, columns: seen, nested: nested && { ...nested, view: forPeople(nested.view) } }
}

function listTable(given: View, rows: readonly Row[]): string {
  const view = forPeople(given)
  const columns = flatColumns(view)
  const body = rows
    .flatMap((row) => flatRows(view, columns, row))
    .map((cells) => columns.map(({ column }, at) => cellText(column.signs?.[String(cells[at])]?.text ?? cells[at])))
  return table(
    columns.map(({ name }) => escaped(name)),
    columns.map(({ column }) => column.align),
    body,
  )
}

function itemTables(view: View, row: Row): string {
  const own = view.columns
    .filter(({ shownIn }) => shownIn !== 'data')
    .map(({ name }) => [escaped(name), cellText(row[name])])
  const { nested } = view
  const lists = [
    ...(nested === undefined ? [] : [{ view: nested.view, rows: nestedRows(nested, row) }]),
    ...(view.sections?.(row) ?? []),
  ].filter(({ rows }) => rows.length > 0)
  return [
    ...(own.length === 0 ? [] : [table(['field', 'value'], ['left', 'left'], own)]),
    ...lists.map((list) => listTable(list.view, list.rows)),
  ].join('\n')
}

/** Writes tables of GitHub Flavored Markdown. Nested lists are flattened into one table, as in CSV. */
export const markdownWriter: Writer = { list: listTable, item: itemTables }
