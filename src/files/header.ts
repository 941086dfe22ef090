import { allFaults, DbtoolError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { findQuoteFault, type RecordText } from './quotes.ts'
import { badFile, listed, place, quoted } from './wording.ts'

/** The fields that a caller reads. A file without a required one cannot be used. */
export interface Fields {
  required: readonly string[]
  optional: readonly string[]
}

/** A field and the name of its column in the file. */
export interface Column {
  name: string
  column: string
  required: boolean
}

export interface IndexedColumn extends Column {
  index: number
}

/** The fields that a caller reads, and the map from each field to its column in the file. */
export interface Wanted {
  fields: Fields
  map: ReadonlyMap<string, string>
}

export interface CsvHeader extends RecordText {
  cells: readonly string[]
}

const separators: readonly { character: string; flag: string }[] = [
  { character: ',', flag: "','" },
  { character: ';', flag: "';'" },
  { character: '\t', flag: "'\\t'" },
  { character: '|', flag: "'|'" },
]

/** The column of each field: the one in the map, otherwise the one with the same name. */
export function wantedColumns({ fields, map }: Wanted): Column[] {
  const column = (name: string, required: boolean): Column => ({ name, column: map.get(name) ?? name, required })
  return [...fields.required.map((name) => column(name, true)), ...fields.optional.map((name) => column(name, false))]
}

/**
 * Finds each wanted column in the header. An optional column may be absent unless the map names it.
 *
 * Throws BAD_INPUT with all errors of the header at once.
 */
export function locateColumns(name: string, header: CsvHeader, delimiter: string, wanted: Wanted): IndexedColumn[] {
  const cells = header.cells.map((cell) => cell.trim())
  const faults: string[] = []
  const found: IndexedColumn[] = []
  for (const field of wantedColumns(wanted)) {
    const { column } = field
    const index = cells.indexOf(column)
    const again = cells.indexOf(column, index + 1)
    if (index < 0) {
      if (field.required || wanted.map.has(field.name)) faults.push(`no column ${missing(field, cells)}`)
    } else if (again >= 0) {
      faults.push(`column ${quoted(column)} appears more than once (columns ${index + 1} and ${again + 1})`)
    } else found.push({ ...field, index })
  }
  if (faults.length === 0) return found
  const separator = cells.length === 1 ? otherSeparator(header.raw, delimiter) : undefined
  if (separator !== undefined) throw wrongSeparator(name, header.line, separator)
  const hint = `The columns are ${listed(cells)}; name the right ones with --map ours=theirs,….`
  throw allFaults(
    'BAD_INPUT',
    name,
    faults.map((fault) => `${place(name, header.line)}: ${fault}`),
    hint,
  )
}

/** The separator that a header seems to use instead of `delimiter`, as the user would type it. */
export function otherSeparator(raw: string, delimiter: string): string | undefined {
  const fits = ({ character }: { character: string }): boolean =>
    character !== delimiter && raw.includes(character) && !findQuoteFault(raw, character)
  return separators.find(fits)?.flag
}

export function wrongSeparator(name: string, line: number, flag: string): DbtoolError {
  const what = `the header is a single column; the separator seems to be ${flag}`
  return badFile(name, line, what, `Run it again with --delimiter ${flag}.`)
}

/**
 * Describes a missing column: its field and the name that may have been meant. A CSV column and an NDJSON key share the
 * wording.
 */
export function missing({ name, column }: Column, cells: readonly string[]): string {
  const near = nearest(column, cells)
  const purpose = name === column ? '' : ` for ${name}`
  return `${quoted(column)}${purpose}${near === undefined ? '' : `; did you mean ${quoted(near)}?`}`
}

/**
 * Reads `order_ref=InvoiceNo,user="Customer, ID"`: field → column of the file. A column with a comma in its name is
 * quoted.
 *
 * Throws USAGE with all errors at once: an unknown field, a field given twice, a missing '=', a missing column.
 */
export function parseMap(text: string, fields: Fields): ReadonlyMap<string, string> {
  const known = [...fields.required, ...fields.optional]
  const map = new Map<string, string>()
  const faults: string[] = []
  for (const pair of text.match(/(?:"[^"]*"|[^,])+/g) ?? ['']) {
    const [, name = '', column = ''] = /^([^=]*)=(.*)$/s.exec(pair)?.map((part) => part.trim()) ?? []
    const fault = pairFault(pair.trim(), name, known, map)
    if (fault !== undefined) faults.push(`--map: ${fault}`)
    const bare = column.replace(/^"([^"]*)"$/, '$1')
    if (fault === undefined && bare === '') faults.push(`--map: no column is given for ${name}`)
    else if (fault === undefined) map.set(name, bare)
  }
  if (faults.length > 0)
    throw allFaults('USAGE', '--map', faults, `Write ours=theirs,…; the fields are ${known.join(', ')}.`)
  return map
}

function pairFault(
  pair: string,
  name: string,
  known: readonly string[],
  map: ReadonlyMap<string, string>,
): string | undefined {
  if (!pair.includes('=')) return `${quoted(pair)} has no '='`
  if (map.has(name)) return `${name} is given twice`
  if (known.includes(name)) return undefined
  const near = nearest(name, known)
  return `unknown field ${quoted(name)}${near === undefined ? '' : `; did you mean ${near}?`}`
}

/** Reads `--delimiter`: one character, `\t` or `tab`. Throws USAGE for anything that cannot separate cells. */
export function parseDelimiter(text: string): string {
  if (text === '\\t' || text === 'tab') return '\t'
  if (text.length === 1 && !/["\r\n\0]/.test(text)) return text
  const hint = "Usual separators are ',', ';', '|' and '\\t'."
  const message = `--delimiter must be one character other than a quote or a line end, not ${quoted(text)}`
  throw new DbtoolError('USAGE', message, { hint })
}
