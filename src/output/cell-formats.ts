import type { CellKind, CellKinds } from '../cells.ts'
import { type CellColumn, type CellFormat, CellSheet, type CellWay } from './cell-sheet.ts'
import type { Format } from './choices.ts'
import { cellText, csvDialect, type CsvStyle, type Dialect, headOf, tsvDialect } from './delimited.ts'
import { json } from './formats.ts'
import type { Style } from './sheet.ts'
import type { Column, View } from './view.ts'

/** Opens a list that is written from bytes; `kinds` names the columns of the SELECT in their order. */
export type OpenCellSheet = (kinds: CellKinds) => CellSheet

export interface CellOutput {
  readonly format: Format
  readonly csv?: CsvStyle | undefined
  readonly style: Style
}

/** The writer from bytes. Undefined for a format that needs values, and for rows with a list inside. */
export function cellSheetFor(view: View, { format, csv = {}, style }: CellOutput): OpenCellSheet | undefined {
  if (view.nested !== undefined) return undefined
  switch (format) {
    case 'csv':
      return (kinds) => new CellSheet(delimited(csvDialect(csv), csvBytes(csv), { view, kinds, style }))
    case 'tsv':
      return (kinds) => new CellSheet(delimited(tsvDialect, bytesExcept('\\\t\n\r\0;|'), { view, kinds, style }))
    case 'ndjson':
      return (kinds) => new CellSheet(jsonObjects(jsonLine, view, kinds))
    case 'json':
      return (kinds) => new CellSheet(jsonObjects(jsonArray, view, kinds))
    default:
      return undefined
  }
}

const nothing = Buffer.alloc(0)
const everyByte = new Uint8Array(256).fill(1)

function bytesExcept(characters: string): Uint8Array {
  const bytes = Uint8Array.from(everyByte)
  for (const byte of Buffer.from(characters, 'latin1')) bytes[byte] = 0
  return bytes
}

/** Quotes are needed for some bytes, and a formula can begin after others. See ../csv-injection.ts. */
const csvBytes = ({ delimiter = ',' }: CsvStyle): Uint8Array => bytesExcept(`"\r\n;|\t${delimiter}`)

/** A formula begins with one of these, or with a wide form of it, whose first byte is 0xEF in UTF-8. */
const noFormula = bytesExcept("=+-@\t\r\n'\xef")

interface Selected {
  readonly view: View
  readonly kinds: CellKinds
  readonly style: Style
}

function delimited(dialect: Dialect, copies: Uint8Array, { view, kinds, style }: Selected): CellFormat {
  const { columns } = view
  return {
    head: headOf(dialect, columns),
    columns: columns.map((column, index): CellColumn => {
      const { at, kind } = placeOf(column, kinds)
      return {
        at,
        kind,
        way: delimitedWay(kind, column, dialect),
        before: Buffer.from(index === 0 ? '' : dialect.separator),
        quote: nothing,
        write: (value) => cellText(value, column, dialect, style),
      }
    }),
    end: Buffer.from(dialect.lineEnd),
    gap: nothing,
    nullText: Buffer.from(dialect.nullText),
    copies,
    copiesFirst: noFormula,
    foot: () => '',
  }
}

/** An amount in a column of texts is a text, which a formula could begin: -4.50. */
function delimitedWay(kind: CellKind, { align }: Column, dialect: Dialect): CellWay {
  if (kind === 'text') return align === 'left' ? 'checked' : 'general'
  if (kind !== 'decimal') return exactWays[kind]
  if (align === 'left') return 'checked'
  return dialect.number('0.5') === '0.5' ? 'copied' : 'general'
}

const exactWays = { integer: 'copied', flag: 'flag', instant: 'instant' } as const

/** The texts of a list of objects. */
interface JsonLayout {
  readonly head: string
  readonly start: string
  readonly colon: string
  readonly comma: string
  readonly end: string
  readonly gap: string
  readonly foot: (hasRows: boolean) => string
}

const jsonLine: JsonLayout = { head: '', start: '{', colon: ':', comma: ',', end: '}\n', gap: '', foot: () => '' }
const jsonArray: JsonLayout = {
  head: '[',
  start: '\n  {\n    ',
  colon: ': ',
  comma: ',\n    ',
  end: '\n  }',
  gap: ',',
  foot: (hasRows) => (hasRows ? '\n]\n' : ']\n'),
}

function jsonObjects(
  { head, start, colon, comma, end, gap, foot }: JsonLayout,
  view: View,
  kinds: CellKinds,
): CellFormat {
  const { columns } = view
  return {
    head,
    columns: columns.map((column, index): CellColumn => {
      const { at, kind } = placeOf(column, kinds)
      return {
        at,
        kind,
        way: kind === 'text' ? 'checked' : kind === 'decimal' ? 'copied' : exactWays[kind],
        before: Buffer.from(`${index === 0 ? start : comma}${json(column.name)}${colon}`),
        quote: kind === 'integer' || kind === 'flag' ? nothing : Buffer.from('"'),
        write: json,
      }
    }),
    end: Buffer.from(end),
    gap: Buffer.from(gap),
    nullText: Buffer.from('null'),
    copies: jsonBytes(),
    copiesFirst: everyByte,
    foot,
  }
}

/**
 * The bytes that JSON writes as they are. A first byte of UTF-8 is exempt if a character with it could be escaped by
 * `asciiControls`. Such bytes are C2 (C1, soft hyphen), CD (a joiner), D8 (a mark of Arabic), E0 to E3, EE and
 * later ones.
 */
function jsonBytes(): Uint8Array {
  const bytes = bytesExcept('"\\\x7f\xc2\xcd\xd8')
  bytes.fill(0, 0, 0x20).fill(0, 0xe0, 0xe4).fill(0, 0xee)
  return bytes
}

const placeOf = ({ name }: Column, kinds: CellKinds): { at: number; kind: CellKind } => ({
  at: Object.keys(kinds).indexOf(name),
  kind: kinds[name] ?? 'text',
})
