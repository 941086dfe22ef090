import { fromLaterHeader, readHeader } from './csv.ts'
import { type CsvHeader, usualDelimiters } from './header.ts'
import { jsonBatches, JsonReader, ndjsonBatches, parseObject } from './json.ts'
import { isObject } from '../kind-of.ts'
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
  const format = await detectFormat(source, options)
  if (format === 'ndjson' || format === 'json')
    return { format, delimiter: undefined, names: await keysOf(source, format) }
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

async function keysOf(source: Source, format: 'ndjson' | 'json'): Promise<string[]> {
  const batches = format === 'json' ? jsonBatches : ndjsonBatches
  for await (const { records } of batches(source, new JsonReader([]))) {
    const [first] = records
    if (first !== undefined) return pathsIn(parseObject(first.raw) ?? {}, '')
  }
  return []
}

const deepest = 3

/** The keys of an object, also below others: `billing.email`, `line_items[].sku`. */
function pathsIn(object: Record<string, unknown>, before: string, depth = 1): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const path = `${before}${key}`
    if (depth === deepest) return [path]
    const [element] = Array.isArray(value) ? (value as unknown[]) : []
    if (isObject(element)) return [path, ...pathsIn(element, `${path}[].`, depth + 1)]
    return isObject(value) ? [path, ...pathsIn(value, `${path}.`, depth + 1)] : [path]
  })
}
