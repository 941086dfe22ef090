import { readable } from './cell.ts'
import { flatColumns, flatRows } from './flat.ts'
import type { Writer } from './sheet.ts'
import { nestedRows, type Row, type View } from './view.ts'
import { widthOf } from './width.ts'

/**
 * What Markdown would take for more than text (https://github.github.com/gfm/): an underscore inside of a word is none
 * of that.
 */
const meaning = /[\\`*[\]<>&~|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

function cellText(cell: unknown): string {
  if (typeof cell !== 'string') return escaped(readable(cell))
  return cell
    .split(/\r\n|[\r\n]/)
    .map((line) => escaped(readable(line)))
    .join('<br>')
}

const escaped = (text: string): string => text.replace(meaning, '\\$&')

type Align = 'left' | 'right'

/** A table of cells that are escaped already. It is padded: it should be readable as it is. */
function table(head: readonly string[], aligns: readonly Align[], body: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) =>
    Math.max(narrowest, widthOf(name), ...body.map((row) => widthOf(row[at] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => padded(cell, widths[at] ?? 0, aligns[at] ?? 'left')).join(' | ')} |\n`
  const rule = widths.map((width, at) => (aligns[at] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [head, rule, ...body].map(line).join('')
}

/** A rule of fewer is none everywhere. */
const narrowest = 3

function padded(text: string, width: number, align: Align): string {
  const padding = ' '.repeat(width - widthOf(text))
  return align === 'right' ? `${padding}${text}` : `${text}${padding}`
}

/** The columns that a person sees in the table of a list; there is no room for the others here either. */
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
  const { nested, sections = () => [] } = view
  const lists = [
    ...(nested === undefined ? [] : [{ view: nested.view, rows: nestedRows(nested, row) }]),
    ...sections(row),
  ].filter(({ rows }) => rows.length > 0)
  return [
    ...(own.length === 0 ? [] : [table(['field', 'value'], ['left', 'left'], own)]),
    ...lists.map((list) => listTable(list.view, list.rows)),
  ].join('\n')
}

/** Tables of GitHub. A list of lists is one table, as in CSV. */
export const markdownWriter: Writer = { list: listTable, item: itemTables }
