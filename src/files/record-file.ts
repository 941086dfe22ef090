import { allFaults, DbtoolError } from '../errors.ts'
import { readCell, unescapeFormula } from '../csv-injection.ts'
import { type Column, type IgnoredColumn, missing, type Wanted, wantedColumns } from './columns.ts'
import { csvBatches, type Grammar } from './csv.ts'
import { findHeader } from './find-header.ts'
import { parseDelimiter } from './header.ts'
import { jsonBatches, JsonReader, ndjsonBatches, parseObject } from './json.ts'
import { isListOfRecords, type JsonList, listIn } from './json-list.ts'
import { firstLine } from './lines.ts'
import { NullTexts } from './null-texts.ts'
import type { Batch, Reshape, SourceRecord } from './record.ts'
import { openSource, type Source, type SourceOptions } from './source.ts'
import { badFile, listed } from './wording.ts'

interface ReadOptions {
  signal?: AbortSignal | undefined
  /** Receives the number of bytes whose records have all been yielded, about every 64 KiB and at the end. */
  onBytes?: ((read: number) => void) | undefined
  /** The only fields that the caller looks at; a file with columns then reads no others. */
  fields?: readonly string[] | undefined
}

/** An open file of records. `close` also frees the disk space that spooled standard input occupies. */
export interface RecordFile {
  /** As the user would say it: the path, or "standard input". */
  readonly name: string
  readonly format: Format
  readonly delimiter: string
  readonly grammar: Grammar
  /** Whether its text was converted from another encoding: a copy of it must say that it is UTF-8. */
  readonly isConverted: boolean
  /** The raw header of a file with columns, below the line that names its separator. */
  readonly header: string | undefined
  /** The number of lines above the header, which say something about the file. */
  readonly above: number
  readonly bytes: number
  /** The wanted fields and their columns in the file. */
  readonly columns: readonly Column[]
  /** The columns that no field reads; in JSON, those of all objects so far. */
  ignored(): readonly IgnoredColumn[]
  /** In JSON, the keys that the user named, and that have no value in any object so far. */
  unseen(): readonly string[]
  /** The cells without a value in the last reading, which other programs write as texts. */
  readonly nullTexts: NullTexts
  /**
   * Yields the records in file order, those of a block of about 64 KiB together, starting again from the first at every
   * call. It reads at most one block ahead.
   *
   * Throws BAD_INPUT for a structural error, and the reason of the signal once it is aborted.
   */
  batches(options?: ReadOptions): AsyncIterable<readonly SourceRecord[]>
  /** Yields the same records one by one, which costs several times as much. */
  records(options?: ReadOptions): AsyncIterable<SourceRecord>
  /** Whether a path leads to this file. */
  readonly isAt: (path: string) => Promise<boolean>
  close(): Promise<void>
}

export const formats = ['csv', 'tsv', 'ndjson', 'json'] as const
export type Format = (typeof formats)[number]

export interface FormatOptions extends Wanted {
  /** Undefined: by the name of the file and its first character. */
  inputFormat?: Format | undefined
  /** Separator of CSV cells; the default is a comma. */
  delimiter?: string | undefined
  /** `none`: in CSV, a quote is text. */
  quote?: 'none' | undefined
  /** CSV cells are read literally, with the leading quote that prevents a spreadsheet from running them as formulas. */
  raw?: boolean | undefined
  /** Returns the function that changes the records of one pass. */
  reshape?: (() => Reshape) | undefined
}

export type OpenOptions = SourceOptions & FormatOptions

/**
 * Opens a file of records and checks its header. `-` is standard input, which is spooled because it is read twice.
 *
 * Throws USAGE for a path that cannot be read, and BAD_INPUT for an empty file or a header without the wanted columns.
 */
export async function openRecordFile(path: string, options: OpenOptions): Promise<RecordFile> {
  const source = await openSource(path, options)
  return recordFileOf(source, options).catch(async (error: unknown) => {
    await source.handle.close()
    throw error
  })
}

/** The same for an open source, which stays open if the file cannot be used. */
export async function recordFileOf(source: Source, options: FormatOptions & SourceOptions): Promise<RecordFile> {
  const delimiter = options.delimiter === undefined ? undefined : parseDelimiter(options.delimiter)
  const columns = wantedColumns(options)
  const { format, list } = await detectFormat(source, options, (found) => isListOfRecords(found, columns))
  const contents =
    format === 'csv' || format === 'tsv'
      ? await delimitedFile(source, { ...options, delimiter, format })
      : jsonFile(source, options, { format, list })
  const { name, bytes, isConverted, isAt } = source
  const records = (read?: ReadOptions): AsyncIterable<SourceRecord> => oneByOne(contents.batches(read), read?.signal)
  return { name, format, bytes, isConverted, isAt, close: () => source.handle.close(), ...contents, records }
}

type Contents = Pick<
  RecordFile,
  'header' | 'above' | 'delimiter' | 'grammar' | 'columns' | 'ignored' | 'unseen' | 'nullTexts' | 'batches'
>

async function delimitedFile(
  source: Source,
  { format, quote, raw = false, delimiter: given, reshape, ...wanted }: FormatOptions & { format: 'csv' | 'tsv' },
): Promise<Contents> {
  const grammar = quote === 'none' ? 'none' : format === 'tsv' ? 'escapes' : 'quotes'
  const rules = { delimiter: given ?? (format === 'tsv' ? '\t' : undefined), grammar } as const
  const { header, above, columns, ignored } = await findHeader(source, rules, wanted)
  const nullTexts = new NullTexts()
  const read = raw ? (cell: string): string => cell : grammar === 'escapes' ? unescapeFormula : readCell
  return {
    header: header.separatorLine === undefined ? header.raw : `${header.separatorLine}\n${header.raw}`,
    above,
    delimiter: header.delimiter,
    grammar,
    columns,
    ignored: () => ignored,
    unseen: () => [],
    nullTexts,
    batches: (options) => {
      const fields = reshape === undefined ? options?.fields : undefined
      const used = fields === undefined ? columns : columns.filter(({ name }) => fields.includes(name))
      return eachBatch(csvBatches(source, { header, grammar, columns: used, read, nullTexts }), reshape, options)
    },
  }
}

function jsonFile(source: Source, { reshape, ...wanted }: FormatOptions, { format, list }: Detected): Contents {
  const columns = wantedColumns(wanted)
  const reader = new JsonReader(columns)
  const batches = (): AsyncGenerator<Batch> =>
    format === 'json' ? jsonBatches(source, reader, list) : ndjsonBatches(source, reader)
  return {
    header: undefined,
    above: 0,
    delimiter: ',',
    grammar: 'none',
    columns,
    ignored: () => reader.ignored(),
    unseen: () => reader.unseen(),
    nullTexts: new NullTexts(),
    batches: (options) => eachBatch(batches(), reshape, options),
  }
}

async function* eachBatch(
  batches: AsyncIterable<Batch>,
  open: (() => Reshape) | undefined,
  { signal, onBytes }: ReadOptions = {},
): AsyncGenerator<readonly SourceRecord[]> {
  const reshape = open?.()
  for await (const { records, end } of batches) {
    signal?.throwIfAborted()
    const wanted = reshape === undefined ? records : records.flatMap((record) => reshape(record) ?? [])
    if (wanted.length > 0) yield wanted
    onBytes?.(end)
  }
}

async function* oneByOne(
  batches: AsyncIterable<readonly SourceRecord[]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<SourceRecord> {
  for await (const records of batches)
    for (const record of records) {
      signal?.throwIfAborted()
      yield record
    }
}

export interface Check {
  records: number
  /** Records with an error in their structure. */
  faulty: number
}

/**
 * Reads the file once from end to end, so that every structural error is known before anything is changed.
 *
 * Throws BAD_INPUT for the first of them, and for JSON in which no object has a required key.
 */
export async function checkRecordFile(file: RecordFile, options?: ReadOptions): Promise<Check> {
  const batches = checkedBatches(file, options)
  for (;;) {
    const next = await batches.next()
    if (next.done === true) return next.value
  }
}

/**
 * The same check for callers that inspect the records themselves: it yields them, and throws errors of the whole file
 * after the last record.
 */
export async function* checkedBatches(
  file: RecordFile,
  options?: ReadOptions,
): AsyncGenerator<readonly SourceRecord[], Check, undefined> {
  const check: Check = { records: 0, faulty: 0 }
  const unseen = new Set(file.header === undefined ? file.columns.filter(({ required }) => required) : [])
  let keys: string[] = []
  for await (const records of file.batches(options)) {
    check.records += records.length
    for (const { fault, raw, values } of records) {
      if (fault !== undefined) check.faulty += 1
      if (unseen.size > 0 && keys.length === 0) keys = Object.keys(parseObject(raw) ?? {})
      for (const column of unseen) if (values[column.name] !== undefined) unseen.delete(column)
    }
    yield records
  }
  // Without a single object, each line already has its own fault.
  if (unseen.size > 0 && check.faulty < check.records) throw neverSet(file, unseen, keys)
  return check
}

function neverSet(file: RecordFile, unseen: ReadonlySet<Column>, keys: readonly string[]): Error {
  const faults = [...unseen].map((column) => `${file.name}: no object has ${missing(column, keys)}`)
  const hint = `The keys of the first object are ${listed(keys)}; name the right ones with --map ours=theirs,….`
  return allFaults('BAD_INPUT', file.name, faults, hint)
}

interface Detected {
  readonly format: Format
  /** The list of the records, if it is within an object. */
  readonly list?: JsonList
}

/**
 * By the first character: JSON for `{` and `[`. Otherwise by the name: `.ndjson` and `.jsonl`, or `.tsv` unless a flag
 * says how its cells are separated or quoted. Otherwise CSV.
 *
 * `isOfRecords` decides whether the records are in a list of a JSON document, or one per line.
 *
 * Throws BAD_INPUT for a file without any text, and for JSON that is neither a list nor one object per line.
 */
export async function detectFormat(
  source: Source,
  { inputFormat, delimiter, quote }: Pick<FormatOptions, 'inputFormat' | 'delimiter' | 'quote'>,
  isOfRecords: (list: JsonList) => boolean,
): Promise<Detected> {
  const format = inputFormat ?? (await formatBySight(source, { delimiter, quote }))
  const list = format === 'json' || format === 'ndjson' ? await listIn(source) : undefined
  const isInList = list !== undefined && inputFormat !== 'ndjson' && isOfRecords(list)
  if (isInList) return { format: 'json', list }
  if (inputFormat === undefined && (await firstLine(source)) === '{') throw severalLines(source.name)
  return { format }
}

async function formatBySight(
  source: Source,
  { delimiter, quote }: Pick<FormatOptions, 'delimiter' | 'quote'>,
): Promise<Format> {
  const first = await firstLine(source)
  if (first === undefined) throw emptyFile(source.name)
  if (/^<(?:[?!]|html|table)/i.test(first)) throw markup(source.name)
  const name = source.name.replace(/\.gz$/i, '')
  if (/^\[\s*(?:\{.*)?$/s.test(first)) return 'json'
  if (first.startsWith('{') || /\.(?:ndjson|jsonl)$/i.test(name)) return 'ndjson'
  return /\.tsv$/i.test(name) && delimiter === undefined && quote === undefined ? 'tsv' : 'csv'
}

function emptyFile(name: string): DbtoolError {
  return badFile(name, undefined, 'is empty', 'A CSV file begins with a header; NDJSON has one object per line.')
}

function markup(name: string): DbtoolError {
  const hint = 'Choose CSV or JSON for the export. A page may also be that of a login, or of an error.'
  return badFile(name, undefined, 'is a page of HTML, or XML', hint)
}

function severalLines(name: string): DbtoolError {
  const hint = 'Convert it: jq -c . FILE > FILE.ndjson'
  return badFile(name, undefined, 'is JSON, but neither a list of objects nor one object per line', hint)
}
