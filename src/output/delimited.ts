import { escapeTsv, tsvNull } from '../tsv.ts'
import { plain } from './cell.ts'
import type { Style } from './sheet.ts'
import type { Column } from './view.ts'

/** How a format separates and writes cells. */
export interface Dialect {
  readonly separator: string
  readonly lineEnd: string
  /** The text before the first line. */
  readonly start: string
  /** The text for NULL. */
  readonly nullText: string
  /** Writes an amount. */
  readonly number: (text: string) => string
  readonly escaped: (text: string) => string
}

/** The variants of CSV that spreadsheets expect. */
export interface CsvStyle {
  readonly delimiter?: string | undefined
  /** Begin with a byte order mark, by which Excel recognizes UTF-8. */
  readonly bom?: boolean | undefined
  readonly crlf?: boolean | undefined
  readonly decimalComma?: boolean | undefined
}

const asItIs = (text: string): string => text

export function csvDialect({ delimiter = ',', bom = false, crlf = false, decimalComma = false }: CsvStyle): Dialect {
  const separating = new RegExp(`["\\r\\n\\u${delimiter.charCodeAt(0).toString(16).padStart(4, '0')}]`)
  return {
    separator: delimiter,
    lineEnd: crlf ? '\r\n' : '\n',
    start: bom ? '\uFEFF' : '',
    nullText: '',
    number: decimalComma ? (text) => (/^-?\d+\.\d+$/.test(text) ? text.replace('.', ',') : text) : asItIs,
    escaped: (text) => (separating.test(text) ? `"${text.replaceAll('"', '""')}"` : text),
  }
}

/** The default format of LOAD DATA: one line per row whatever the text contains, and NULL differs from any text. */
export const tsvDialect: Dialect = {
  separator: '\t',
  lineEnd: '\n',
  start: '',
  nullText: tsvNull,
  number: asItIs,
  escaped: escapeTsv,
}

/** The text before the rows: the names of the columns. */
export const headOf = ({ start, separator, lineEnd }: Dialect, columns: readonly { readonly name: string }[]): string =>
  `${start}${columns.map(({ name }) => name).join(separator)}${lineEnd}`

/** The text of a cell. A spreadsheet could run only texts as formulas, not numbers, money or instants. */
export function cellText(
  cell: unknown,
  { align }: Column,
  dialect: Dialect,
  { escapeControls, escapeFormula }: Style,
): string {
  if (typeof cell === 'number') return String(cell)
  if (cell === null || cell === undefined) return dialect.nullText
  const isText = typeof cell === 'string' && align === 'left'
  return escapeControls(dialect.escaped(isText ? escapeFormula(cell) : dialect.number(plain(cell))))
}
