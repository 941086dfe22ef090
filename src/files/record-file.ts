import { stat } from 'node:fs/promises'
import { allFaults } from '../errors.ts'
import { unescapeFormula } from '../csv-injection.ts'
import { csvBatches, readHeader } from './csv.ts'
import { type Column, locateColumns, missing, parseDelimiter, type Wanted, wantedColumns } from './header.ts'
import { ndjsonBatches, parseObject } from './ndjson.ts'
import type { Batch, SourceRecord } from './record.ts'
import { readLines } from './lines.ts'
import { openSource, type Source, type SourceOptions } from './source.ts'
import { badFile, listed } from './wording.ts'

interface ReadOptions {
  signal?: AbortSignal | undefined
  /** Receives the number of bytes whose records have all been yielded, about every 64 KiB and at the end. */
  onBytes?: ((read: number) => void) | undefined
}

/** An open file of records. `close` also frees the disk space that spooled standard input occupies. */
export interface RecordFile {
  /** As the user would say it: the path, or "standard input". */
  readonly name: string
  readonly format: Format
  readonly delimiter: string
  /** The raw header of a CSV file. */
  readonly header: string | undefined
  readonly bytes: number
  /** The wanted fields and their columns in the file. */
  readonly columns: readonly Column[]
  /**
   * Yields the records in file order, starting again from the first at every call. It reads at most one block of about
   * 64 KiB ahead.
   *
   * Throws BAD_INPUT for a structural error, and the reason of the signal once it is aborted.
   */
  records(options?: ReadOptions): AsyncIterable<SourceRecord>
  /** Whether a path leads to this file. */
  isAt(path: string): Promise<boolean>
  close(): Promise<void>
}

export interface OpenOptions extends SourceOptions, Wanted {
  /** Separator of CSV cells; the default is a comma. */
  delimiter?: string | undefined
  /** CSV cells are read literally, with the leading quote that prevents a spreadsheet from running them as formulas. */
  raw?: boolean | undefined
}

/**
 * Opens a CSV or NDJSON file and checks its header. `-` is standard input, which is spooled because it is read twice.
 *
 * Throws USAGE for a path that cannot be read, and BAD_INPUT for an empty file or a header without the wanted columns.
 */
export async function openRecordFile(path: string, options: OpenOptions): Promise<RecordFile> {
  const delimiter = parseDelimiter(options.delimiter ?? ',')
  const source = await openSource(path, options)
  try {
    const format = await detectFormat(source)
    const file = format === 'csv' ? await csvFile(source, delimiter, options) : ndjsonFile(source, options)
    return { name: source.name, format, delimiter, bytes: source.bytes, ...file, ...lifeOf(source) }
  } catch (error) {
    await source.handle.close()
    throw error
  }
}

type Contents = Pick<RecordFile, 'header' | 'columns' | 'records'>

async function csvFile(source: Source, delimiter: string, { raw = false, ...wanted }: OpenOptions): Promise<Contents> {
  const header = await readHeader(source, delimiter)
  const columns = locateColumns(source.name, header, delimiter, wanted)
  const shape = {
    delimiter,
    columns,
    width: header.cells.length,
    read: raw ? (cell: string): string => cell : unescapeFormula,
  }
  return { header: header.raw, columns, records: (options) => eachRecord(csvBatches(source, shape), options) }
}

function ndjsonFile(source: Source, wanted: Wanted): Contents {
  const columns = wantedColumns(wanted)
  return { header: undefined, columns, records: (options) => eachRecord(ndjsonBatches(source, columns), options) }
}

async function* eachRecord(batches: AsyncIterable<Batch>, options: ReadOptions = {}): AsyncGenerator<SourceRecord> {
  for await (const { records, end } of batches) {
    for (const record of records) {
      options.signal?.throwIfAborted()
      yield record
    }
    options.onBytes?.(end)
  }
}

function lifeOf(source: Source): Pick<RecordFile, 'isAt' | 'close'> {
  return {
    async isAt(path) {
      const here = await source.handle.stat()
      const found = await stat(path).catch(() => undefined)
      return found?.ino === here.ino && found.dev === here.dev
    },
    close: () => source.handle.close(),
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
 * Throws BAD_INPUT for the first of them, and for NDJSON in which no object has a required key.
 */
export async function checkRecordFile(file: RecordFile, options?: ReadOptions): Promise<Check> {
  const records = checkedRecords(file, options)
  for (;;) {
    const next = await records.next()
    if (next.done === true) return next.value
  }
}

/**
 * The same check for callers that inspect the records themselves: it yields them, and throws errors of the whole file
 * after the last record.
 */
export async function* checkedRecords(
  file: RecordFile,
  options?: ReadOptions,
): AsyncGenerator<SourceRecord, Check, undefined> {
  const check: Check = { records: 0, faulty: 0 }
  const unseen = new Set(file.format === 'ndjson' ? file.columns.filter(({ required }) => required) : [])
  let keys: string[] = []
  for await (const record of file.records(options)) {
    check.records++
    if (record.fault !== undefined) check.faulty++
    if (unseen.size > 0 && keys.length === 0) keys = Object.keys(parseObject(record.raw) ?? {})
    for (const column of unseen) if (record.values[column.name] !== undefined) unseen.delete(column)
    yield record
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

export type Format = 'csv' | 'ndjson'

/**
 * NDJSON when the name says so or the first character is `{`, otherwise CSV.
 *
 * Throws BAD_INPUT for a file without any text, and for JSON that is not one object per line.
 */
async function detectFormat(source: Source): Promise<Format> {
  const first = await firstLine(source)
  if (first === undefined) {
    throw badFile(
      source.name,
      undefined,
      'is empty',
      'A CSV file begins with a header; NDJSON has one object per line.',
    )
  }
  const named = /\.(ndjson|jsonl)$/i.test(source.name)
  if (/^(\{|\[|\[\s*\{.*)$/s.test(first)) {
    const filter = first.startsWith('[') ? "jq -c '.[]'" : 'jq -c .'
    throw badFile(
      source.name,
      undefined,
      'is JSON, but not one object per line',
      `Convert it: ${filter} FILE > FILE.ndjson.`,
    )
  }
  return named || first.startsWith('{') ? 'ndjson' : 'csv'
}

async function firstLine(source: Source): Promise<string | undefined> {
  for await (const { lines } of readLines(source)) {
    const text = lines.find((line) => line.trim() !== '')
    if (text !== undefined) return text.trim()
  }
  return undefined
}
