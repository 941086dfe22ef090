import { DbtoolError } from '../errors.ts'
import { freePath, NewFile } from '../new-file.ts'
import { escapeTsv } from '../tsv.ts'
import type { Grammar } from './csv.ts'
import { parseObject } from './json.ts'
import type { RecordFile } from './record-file.ts'
import type { SourceRecord } from './record.ts'

const flushCharacters = 64 * 1024

type Row = (record: Pick<SourceRecord, 'line' | 'raw'>, reason: string) => string

/** Where rejects go: the path as typed, and the permissions of the file if they are not those of its owner alone. */
export interface RejectsPlace {
  readonly path: string
  readonly cwd: string
  /** Whether to replace an existing file. */
  readonly force: boolean
  readonly mode?: number | undefined
}

const flag = '--rejects'

/**
 * The rejected records unchanged, each with its line number and the reason. The file has the import file's format with
 * two more columns, so that it can be corrected and imported again.
 *
 * The file gets its name in `close`. Call `close` after a failure too, so that the records written so far are saved.
 */
export class RejectsFile {
  readonly #file: NewFile
  readonly #row: Row
  #lastLine = -1
  #pending = ''
  #writing: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  private constructor(file: NewFile, row: Row) {
    this.#file = file
    this.#row = row
  }

  /** Throws USAGE when the path is the file being read or, without `force`, another existing file. */
  static async assertFree({ path, cwd, force }: RejectsPlace, source: RecordFile): Promise<void> {
    if (await source.isAt(path))
      throw new DbtoolError('USAGE', `cannot write ${path}: it is the file being read`, {
        hint: `choose another file with ${flag}`,
      })
    await freePath({ path, cwd, force, flag })
  }

  /** Creates the rejects file of `source`. Throws USAGE as `assertFree` does, or when the path cannot be written. */
  static async create(place: RejectsPlace, source: RecordFile): Promise<RejectsFile> {
    await RejectsFile.assertFree(place, source)
    const file = await NewFile.create({ ...place, mode: place.mode ?? 0o600, flag })
    const { header, delimiter, grammar } = source
    const tail = `${delimiter}line${delimiter}reason`
    const again = header?.endsWith(tail) === true
    const rejects = new RejectsFile(file, header === undefined ? jsonRow : delimitedRow({ delimiter, grammar, again }))
    // The mark overrides --encoding, so that the corrected file can be imported by the same command.
    if (source.isConverted) rejects.#pending = '\uFEFF'
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
      await this.#file.handle.close()
      await this.#commit()
    }
  }

  /** The rejects of a long import are not thrown away: without a final path, they stay in the temporary file. */
  async #commit(): Promise<void> {
    try {
      await this.#file.commit()
    } catch (error) {
      const left = this.#file.leave()
      if (left === undefined || !(error instanceof DbtoolError)) throw error
      throw new DbtoolError(error.code, `${error.message}; the rejects are in ${left}`, { cause: error })
    }
    await this.#file.cleanUp()
  }

  #flush(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    this.#writing = this.#writing.then(() => this.#file.handle.appendFile(text))
    return this.#writing
  }
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
  const text = raw
    .trimEnd()
    .split(/[\r\n]+/)
    .map((part) => part.trim())
    .join(' ')
  return `${text.slice(0, -1)}${Object.keys(object).length > 0 ? ',' : ''}${more}`
}

function oneLine(text: string): string {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .join(' ')
}
