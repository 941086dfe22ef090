import { open, realpath, rename, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DbtoolError, isNodeError } from '../errors.ts'
import { escapeTsv } from '../tsv.ts'
import { parseObject } from './json.ts'
import type { Grammar } from './csv.ts'
import type { RecordFile } from './record-file.ts'
import type { SourceRecord } from './record.ts'

const flushCharacters = 64 * 1024

type Row = (record: Pick<SourceRecord, 'line' | 'raw'>, reason: string) => string

/**
 * The rejected records unchanged, each with its line number and the reason. The file has the import file's format with
 * two more columns, so that it can be corrected and imported again.
 *
 * The records go to a temporary file beside the final path, which `close` renames. Call `close` after a failure too, so
 * that the records written so far are saved.
 */
export class RejectsFile {
  readonly #handle: FileHandle
  readonly #places: { temporary: string; final: string } | undefined
  readonly #row: Row
  #lastLine = -1
  #pending = ''
  #writing: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  private constructor(handle: FileHandle, places: { temporary: string; final: string } | undefined, row: Row) {
    this.#handle = handle
    this.#places = places
    this.#row = row
  }

  /** Creates the rejects file of `file`. Throws USAGE when the path is the file being read, or cannot be written. */
  static async create(path: string, file: RecordFile): Promise<RejectsFile> {
    if (await file.isAt(path)) throw refused(path, 'is the file being read')
    const final = await realpath(path).catch(() => path)
    const found = await stat(final).catch(() => undefined)
    // An existing path that is not a regular file, such as /dev/stderr or a pipe, is written directly; a rename would
    // replace it.
    const places = found && !found.isFile() ? undefined : { temporary: temporaryBeside(final), final }
    const handle = await openForWriting(path, places?.temporary ?? final)
    const { header, delimiter, grammar } = file
    const tail = `${delimiter}line${delimiter}reason`
    const again = header?.endsWith(tail) === true
    const row = header === undefined ? jsonRow : delimitedRow({ delimiter, grammar, again })
    const rejects = new RejectsFile(handle, places, row)
    // The mark overrides --encoding, so that the corrected file can be imported by the same command.
    if (file.isConverted) rejects.#pending = '\uFEFF'
    if (header !== undefined) rejects.#pending += `${header}${again ? '' : tail}\n`
    return rejects
  }

  /**
   * Adds one record; the calls determine the order in the file. Several records of one JSON object are added once.
   * Rejects with the first write error.
   */
  async add(record: Pick<SourceRecord, 'line' | 'raw'>, reason: string): Promise<void> {
    if (record.line === this.#lastLine) return
    this.#lastLine = record.line
    this.#pending += this.#row(record, reason)
    if (this.#pending.length >= flushCharacters) await this.#flush()
  }

  /** Writes the remaining records and renames the file to its final path. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    try {
      await this.#flush()
    } finally {
      await this.#handle.close()
      if (this.#places) await rename(this.#places.temporary, this.#places.final)
    }
  }

  #flush(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    this.#writing = this.#writing.then(() => this.#handle.appendFile(text))
    return this.#writing
  }
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
}

const whyNot: Readonly<Record<string, string>> = {
  ENOENT: 'is in a directory that does not exist',
  EISDIR: 'is a directory',
  EACCES: 'may not be written by this user',
}

async function openForWriting(path: string, actual: string): Promise<FileHandle> {
  try {
    return await open(actual, 'w', 0o600)
  } catch (error) {
    if (!isNodeError(error)) throw error
    throw refused(path, whyNot[error.code ?? ''] ?? error.message, error)
  }
}

function refused(path: string, why: string, cause?: unknown): DbtoolError {
  return new DbtoolError('USAGE', `cannot write the rejects to ${path}: it ${why}`, {
    hint: 'give --rejects another path',
    cause,
  })
}

interface RowRules {
  delimiter: string
  grammar: Grammar
  /** The imported file is itself a rejects file: the new line and reason replace the old ones. */
  again: boolean
}

function delimitedRow({ delimiter, grammar, again }: RowRules): Row {
  const mark = delimiter.replace(/[|^$.*+?()[\]{}\\]/, '\\$&')
  const old = new RegExp(`${mark}\\d+${mark}(?:"(?:[^"]|"")*"|[^"${mark}]*)$`)
  const cell: Record<Grammar, (text: string) => string> = {
    quotes: (text) => `"${text.replaceAll('"', '""')}"`,
    none: (text) => text.replaceAll(delimiter, ' '),
    escapes: escapeTsv,
  }
  return ({ line, raw }, reason) =>
    `${again ? raw.replace(old, '') : raw}${delimiter}${line}${delimiter}${cell[grammar](oneLine(reason))}\n`
}

/** Added as text: numbers stay as written, and of two equal keys the last one counts. */
function jsonRow({ line, raw }: Pick<SourceRecord, 'line' | 'raw'>, reason: string): string {
  const object = parseObject(raw)
  const more = `"line":${line},"reason":${JSON.stringify(oneLine(reason))}}\n`
  if (!object) return `{"raw":${JSON.stringify(raw)},${more}`
  // An element of a list may have several lines; in JSON, a line end is never part of a text.
  const text = raw.replace(/\s*[\r\n]+\s*/g, ' ').trimEnd()
  return `${text.slice(0, -1)}${Object.keys(object).length > 0 ? ',' : ''}${more}`
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ')
}
