import { stat } from 'node:fs/promises'
import { unguarded } from '../formula.ts'
import { csvBatches, readHeader } from './csv.ts'
import { detectFormat, type Format } from './format.ts'
import { locateColumns, wantedColumns, type Column, type Wanted } from './header.ts'
import { parseDelimiter } from './map.ts'
import { ndjsonBatches } from './ndjson.ts'
import type { Batch, SourceRecord } from './record.ts'
import { openSource, type Source, type SourceOptions } from './source.ts'

export interface ReadOptions {
  signal?: AbortSignal | undefined
  /** Bytes of the file whose records have all been handed out; called about every 64 KiB and at the end. */
  onBytes?: ((read: number) => void) | undefined
}

/** An open file of records. Close it; what it holds on disk for standard input goes with it. */
export interface RecordFile {
  /** As the user would say it: the path, or "standard input". */
  readonly name: string
  readonly format: Format
  readonly delimiter: string
  /** The raw header of a CSV file. */
  readonly header: string | undefined
  readonly bytes: number
  /** The wanted names and what the file calls them. */
  readonly columns: readonly Column[]
  /**
   * The records in their order, from the first, at every call; no more than a block of about 64 KiB is read ahead.
   * Throws BAD_INPUT for a fault of the structure, and the signal's reason once it is aborted.
   */
  records(options?: ReadOptions): AsyncIterable<SourceRecord>
  /** Whether a path leads to this very file. */
  isAt(path: string): Promise<boolean>
  close(): Promise<void>
}

export interface OpenOptions extends SourceOptions, Wanted {
  /** Separator of CSV cells; the default is a comma. */
  delimiter?: string | undefined
  /** CSV cells are taken as they are, with the quote that keeps a spreadsheet from running them. */
  raw?: boolean | undefined
}

/**
 * Opens a CSV or NDJSON file and checks its header. `-` is standard input, which is spooled, since it is read twice.
 * Throws USAGE for a path that cannot be read and BAD_INPUT for an empty file or a header without the wanted columns.
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
    read: raw ? (cell: string): string => cell : unguarded,
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
      const there = await stat(path).catch(() => undefined)
      return there?.ino === here.ino && there.dev === here.dev
    },
    close: () => source.handle.close(),
  }
}
