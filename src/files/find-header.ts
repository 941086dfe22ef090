import { DbtoolError } from '../errors.ts'
import type { Wanted } from './columns.ts'
import { fromLaterHeader, type HeaderRules, readHeader } from './csv.ts'
import { type CsvHeader, hasColumns, type LocatedColumns, locateColumns } from './header.ts'
import type { Source } from './source.ts'

export interface FoundHeader extends LocatedColumns {
  readonly header: CsvHeader
  readonly above: number
}

/** The error of a header, and the number of its columns with this separator. */
interface Refused {
  readonly error: DbtoolError
  readonly width: number
}

/**
 * Finds the header: the first line, or the first one below it that has all required columns. A file without a comma
 * between its columns may separate them otherwise.
 *
 * Throws BAD_INPUT with the faults of the separator that makes the most columns.
 */
export async function findHeader(source: Source, rules: HeaderRules, wanted: Wanted): Promise<FoundHeader> {
  let refused = await headerOf(source, rules, wanted)
  if ('header' in refused) return refused
  for (const delimiter of rules.delimiter === undefined ? guessedDelimiters(source) : []) {
    const found = await headerOf(source, { ...rules, delimiter }, wanted)
    const width = 'header' in found ? found.header.cells.length : found.width
    if (width <= Math.max(refused.width, 1)) continue
    if ('header' in found) return found
    refused = found
  }
  throw refused.error
}

/**
 * Separators that are tried where commas fail. A tab also separates the cells of TSV, which has other rules and is in
 * UTF-8. In another encoding, it is that of a spreadsheet.
 */
const guessedDelimiters = ({ isConverted }: Source): string[] => [';', '|', ...(isConverted ? ['\t'] : [])]

async function headerOf(source: Source, rules: HeaderRules, wanted: Wanted): Promise<FoundHeader | Refused> {
  let width = 0
  try {
    const header = await readHeader(source, rules)
    width = header.cells.length
    return { header, above: 0, ...locateColumns(source.name, header, wanted) }
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    const found = await fromLaterHeader(source, rules, (header, above): FoundHeader | undefined =>
      hasColumns(header.cells, wanted) ? { header, above, ...locateColumns(source.name, header, wanted) } : undefined,
    )
    return found ?? { error, width }
  }
}
