import { nearest } from '../nearest.ts'
import { quoted } from './wording.ts'

/** The fields that a caller reads. A file without a required one cannot be used. */
export interface Fields {
  required: readonly string[]
  optional: readonly string[]
  /** Of a file that has at least these fields and one more: the hint that names a flag for it. */
  sufficient?: { readonly fields: readonly string[]; readonly hint: string } | undefined
}

/** The hint for a file without a required field, if a flag reads it as it is; `found` are the fields that it has. */
export function hintForFewer({ required, optional, sufficient }: Fields, found: readonly string[]): string | undefined {
  if (sufficient?.fields.every((field) => found.includes(field)) !== true) return undefined
  if (required.every((field) => found.includes(field))) return undefined
  const isMore = (field: string): boolean => !sufficient.fields.includes(field) && found.includes(field)
  return [...required, ...optional].some(isMore) ? sufficient.hint : undefined
}

/** The fields that a caller reads, and the columns of the file that hold them. */
export interface Wanted {
  fields: Fields
  /** The column of a field, as the user named it: the file must have it. */
  map: ReadonlyMap<string, string>
  /** The columns of the fields, preferred first; a field without any has none. Absent: each field has its own name. */
  known?: ReadonlyMap<string, readonly string[]> | undefined
}

/** A field and the names that its column may have in the file, preferred first. */
export interface Column {
  name: string
  candidates: readonly string[]
  required: boolean
  /** Whether a file without this column is refused. */
  demanded: boolean
}

/** A column of the file that no field reads. */
export interface IgnoredColumn {
  column: string
  /** The field that was probably meant. */
  meant: string | undefined
}

export function wantedColumns({ fields, map, known }: Wanted): Column[] {
  const column = (name: string, required: boolean): Column => {
    const mapped = map.get(name)
    const candidates = mapped === undefined ? (known === undefined ? [name] : (known.get(name) ?? [])) : [mapped]
    return { name, candidates, required, demanded: required || mapped !== undefined }
  }
  return [...fields.required.map((name) => column(name, true)), ...fields.optional.map((name) => column(name, false))]
}

/** Two column names are the same if only case, spaces, hyphens and underscores differ. */
export const foldName = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '')

/**
 * The positions of a column in a header: of exactly this name, otherwise of names with the same folded form. `Stock *`
 * is any name that begins so.
 */
export function positionsOf(column: string, cells: readonly string[]): number[] {
  const exact = cells.flatMap((cell, index) => (cell === column ? [index] : []))
  if (exact.length > 0) return exact
  const folded = foldName(column.replace(/ \*$/, ''))
  const isLike: (name: string) => boolean = column.endsWith(' *')
    ? (name) => name.startsWith(folded)
    : (name) => name === folded
  const like = cells.flatMap((cell, index) => (isLike(foldName(cell)) ? [index] : []))
  return like.length > 0 ? like : numbered(column, cells)
}

/** Whether a header has one of these columns. */
export const hasAny = (columns: readonly string[], cells: readonly string[]): boolean =>
  columns.some((column) => positionsOf(column, cells).length > 0)

/** The position of `column 5`, if its name is empty or not the only one: any other column is called by its name. */
function numbered(column: string, cells: readonly string[]): number[] {
  const index = indexOf(column)
  const name = index === undefined ? undefined : cells[index]
  if (index === undefined || name === undefined) return []
  const isUnique = name !== '' && cells.filter((cell) => foldName(cell) === foldName(name)).length === 1
  return isUnique ? [] : [index]
}

/** The index of `column 5`; undefined for a name. */
function indexOf(column: string): number | undefined {
  const [, number] = /^column ([1-9]\d{0,5})$/i.exec(column) ?? []
  return number === undefined ? undefined : Number(number) - 1
}

/** Each name with the field that was probably meant, out of the fields that the file does not have. */
export function ignoredColumns(names: readonly string[], missingFields: readonly string[]): IgnoredColumn[] {
  const folded = new Set(names.map(foldName))
  const fields = new Set(missingFields.filter((field) => folded.has(foldName(field))))
  // A name that is only like a field is not meant where another one is the same.
  return names.map((column) => {
    const meant = nearest(column, missingFields)
    const isOther = meant !== undefined && fields.has(meant) && foldName(column) !== foldName(meant)
    return { column, meant: isOther ? undefined : meant }
  })
}

/**
 * Describes a missing column: its field and the name that may have been meant. A CSV column and an NDJSON key share the
 * wording.
 */
export function missing({ name, candidates }: Column, cells: readonly string[]): string {
  const [column = name] = candidates
  const near = nearest(column, cells)
  const purpose = name === column ? '' : ` for ${name}`
  const known = nameAt(column, cells) ?? near
  return `${quoted(column)}${purpose}${known === undefined ? '' : `; did you mean ${quoted(known)}?`}`
}

/** The name of `column 5`, which has one of its own. */
function nameAt(column: string, cells: readonly string[]): string | undefined {
  const index = indexOf(column)
  return index === undefined ? undefined : cells[index] || undefined
}
