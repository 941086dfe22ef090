import { allFaults, DbtoolError } from '../errors.ts'
import {
  type Column,
  hintForFewer,
  type IgnoredColumn,
  ignoredColumns,
  missing,
  hasAny,
  positionsOf,
  type Wanted,
  wantedColumns,
} from './columns.ts'
import { inWords } from '../in-words.ts'
import { findQuoteFault, type RecordText } from './quotes.ts'
import { badFile, listed, place, quoted } from './wording.ts'

export interface IndexedColumn extends Column {
  index: number
}

export interface CsvHeader extends RecordText {
  cells: readonly string[]
  delimiter: string
  /** The line `sep=;` above the header, by which Excel names the separator. */
  separatorLine: string | undefined
}

export interface LocatedColumns {
  columns: IndexedColumn[]
  ignored: IgnoredColumn[]
}

const separators: readonly { character: string; flag: string }[] = [
  { character: ',', flag: "','" },
  { character: ';', flag: "';'" },
  { character: '\t', flag: "'\\t'" },
  { character: '|', flag: "'|'" },
]

/**
 * Finds each wanted column in the header, and names the columns that no field reads.
 *
 * Throws BAD_INPUT with all errors of the header at once.
 */
export function locateColumns(name: string, header: CsvHeader, wanted: Wanted): LocatedColumns {
  const cells = header.cells.map((cell) => cell.trim())
  const faults: string[] = []
  const columns: IndexedColumn[] = []
  const absent: string[] = []
  for (const field of wantedColumns(wanted)) {
    const [[index, ...more] = []] = field.candidates
      .map((column) => positionsOf(column, cells))
      .filter(({ length }) => length > 0)
    if (index === undefined) {
      absent.push(field.name)
      if (field.demanded) faults.push(`no column ${missing(field, cells)}`)
    } else if (more.length > 0) faults.push(twice(field, [index, ...more], cells))
    else columns.push({ ...field, index })
  }
  // Without any, the separator is probably another one, even if no field is required.
  if (faults.length === 0 && columns.length === 0) faults.push(`no column is one of ${inWords(absent.map(quoted))}`)
  if (faults.length > 0) {
    const found = wantedColumns(wanted).flatMap((field) => (absent.includes(field.name) ? [] : [field.name]))
    const unread = cells.filter((cell, index) => cell !== '' && !columns.some((column) => column.index === index))
    throw headerFaults(name, header, faults, hintForColumns(unread, hintForFewer(wanted.fields, found)))
  }
  const read = new Set(columns.map(({ index }) => index))
  const rest = cells.flatMap((cell, index) => (read.has(index) ? [] : [cell === '' ? `column ${index + 1}` : cell]))
  return { columns, ignored: ignoredColumns([...new Set(withoutRejectColumns(rest, cells))], absent) }
}

/** Whether a line has every column without which a file is refused; a single one may be chance. */
export function hasColumns(cells: readonly string[], wanted: Wanted): boolean {
  const names = cells.map((cell) => cell.trim())
  const demanded = wantedColumns(wanted).filter((field) => field.demanded)
  return demanded.length > 1 && demanded.every(({ candidates }) => hasAny(candidates, names))
}

/** The last two columns of a rejects file, which dbtool wrote itself. */
function withoutRejectColumns(rest: readonly string[], cells: readonly string[]): readonly string[] {
  const endsWith = (names: readonly string[]): boolean => names.at(-2) === 'line' && names.at(-1) === 'reason'
  return endsWith(cells) && endsWith(rest) ? rest.slice(0, -2) : rest
}

function twice({ name }: Column, indexes: readonly number[], cells: readonly string[]): string {
  const positions = indexes.map((index) => index + 1).join(' and ')
  const names = [...new Set(indexes.map((index) => cells[index] ?? ''))]
  return names.length === 1
    ? `column ${quoted(names[0] ?? '')} appears more than once (columns ${positions}); ` +
        `--map ${name}="column ${(indexes[0] ?? 0) + 1}" takes one of them`
    : `columns ${names.map(quoted).join(' and ')} (${positions}) could both be ${name}`
}

function headerFaults(
  name: string,
  { line, raw, cells, delimiter }: CsvHeader,
  faults: readonly string[],
  hintForFlag: string | undefined,
): Error {
  const separator = cells.length === 1 ? otherSeparator(raw, delimiter) : undefined
  if (separator !== undefined) return wrongSeparator(name, line, separator)
  const names = listed(cells.map((cell) => cell.trim()))
  const hint = hintForFlag ?? `the columns are ${names}; name the right ones with --map ours=theirs,…`
  return allFaults(
    'BAD_INPUT',
    name,
    faults.map((fault) => `${place(name, line)}: ${fault}`),
    hint,
  )
}

/** A column that no field reads may be the missing one, under another name. */
function hintForColumns(unread: readonly string[], hintForFlag: string | undefined): string | undefined {
  if (hintForFlag === undefined || unread.length === 0) return hintForFlag
  return `If it has another name (${listed(unread)}), name it with --map ours=theirs,…. ${hintForFlag}`
}

/** The separator that a header seems to use instead of `delimiter`, as the user would type it. */
export function otherSeparator(raw: string, delimiter: string): string | undefined {
  const fits = ({ character }: { character: string }): boolean =>
    character !== delimiter && raw.includes(character) && !findQuoteFault(raw, character)
  return separators.find(fits)?.flag
}

export function wrongSeparator(name: string, line: number, flag: string): DbtoolError {
  const what = `the header is a single column; the separator seems to be ${flag}`
  const tab = ' For a TSV file of dbtool or of mariadb --batch, use --input-format tsv.'
  return badFile(name, line, what, `Run it again with --delimiter ${flag}.${flag === "'\\t'" ? tab : ''}`)
}

/** The separators that a file may use, in the order in which they are tried. */
export const usualDelimiters = separators.map(({ character }) => character)

/** Reads `--delimiter`: one character, `\t` or `tab`. Throws USAGE for anything that cannot separate cells. */
export function parseDelimiter(text: string): string {
  if (text === '\\t' || text === 'tab') return '\t'
  if (text.length === 1 && !/["\r\n\0]/.test(text)) return text
  const hint = "Usual separators are ',', ';', '|' and '\\t'."
  const message = `--delimiter must be one character other than a quote or a line end, not ${quoted(text)}`
  throw new DbtoolError('USAGE', message, { hint })
}
