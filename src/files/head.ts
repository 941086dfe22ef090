import { fromLaterHeader, readHeader } from './csv.ts'
import { type CsvHeader, usualDelimiters } from './header.ts'
import { jsonBatches, JsonReader, ndjsonBatches, parseObject } from './json.ts'
import type { JsonList } from './json-list.ts'
import { pathsIn } from './paths.ts'
import { detectFormat, type Format, type FormatOptions } from './record-file.ts'
import type { Source } from './source.ts'

/** The names of the columns of a file, found without knowing any of them. */
export interface Head {
  readonly format: Format
  /** The separator that cuts the header into the most columns; undefined for JSON. */
  readonly delimiter: string | undefined
  readonly names: readonly string[]
}

/**
 * Reads the names of the columns of a file: its header, or the keys of its first object with their paths. A header
 * whose names are known may have lines above it.
 */
export async function readHead(
  source: Source,
  options: Pick<FormatOptions, 'delimiter' | 'quote'> = {},
  isKnown: (names: readonly string[]) => boolean = () => true,
): Promise<Head> {
  const isInner = ({ inner, outer }: JsonList): boolean => isKnown(inner) || !isKnown(outer)
  const { format, list } = await detectFormat(source, options, isInner)
  if (format === 'ndjson' || format === 'json')
    return { format, delimiter: undefined, names: await keysOf(source, format, list) }
  const grammar = format === 'tsv' ? 'escapes' : 'quotes'
  const delimiters = options.delimiter === undefined ? usualDelimiters : [options.delimiter]
  const headers = await Promise.all(
    delimiters.map((delimiter) => readHeader(source, { delimiter, grammar }).catch(() => undefined)),
  )
  const [widest] = headers.flatMap((header) => header ?? []).sort((one, other) => other.cells.length - one.cells.length)
  if (widest !== undefined && isKnown(namesOf(widest)))
    return { format, delimiter: widest.delimiter, names: namesOf(widest) }
  const known = (header: CsvHeader): string[] | undefined => {
    const names = namesOf(header)
    return isKnown(names) ? names : undefined
  }
  for (const delimiter of delimiters) {
    const names = await fromLaterHeader(source, { delimiter, grammar }, known)
    if (names !== undefined) return { format, delimiter, names }
  }
  // No separator reads the first line: it has a fault of its own.
  const first = widest ?? (await readHeader(source, { delimiter: options.delimiter, grammar }))
  return { format, delimiter: first.delimiter, names: namesOf(first) }
}

const namesOf = ({ cells }: CsvHeader): string[] => cells.map((cell) => cell.trim())

async function keysOf(source: Source, format: 'ndjson' | 'json', list: JsonList | undefined): Promise<string[]> {
  const reader = new JsonReader([])
  for await (const { records } of format === 'json'
    ? jsonBatches(source, reader, list)
    : ndjsonBatches(source, reader)) {
    const [first] = records
    if (first !== undefined) return pathsIn(parseObject(first.raw) ?? {})
  }
  return []
}
