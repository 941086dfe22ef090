import { link, open, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DbtoolError, isNodeError } from '../errors.ts'
import { parseObject } from './ndjson.ts'
import type { RecordFile } from './record-file.ts'
import type { SourceRecord } from './record.ts'

const flushCharacters = 64 * 1024

interface Places {
  readonly temporary: string
  readonly final: string
  /** As typed. */
  readonly path: string
  readonly force: boolean
}

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
  readonly #places: Places | undefined
  readonly #row: Row
  #pending = ''
  #writing: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  private constructor(handle: FileHandle, places: Places | undefined, row: Row) {
    this.#handle = handle
    this.#places = places
    this.#row = row
  }

  /**
   * Throws USAGE when the path is the file being read or, without `force`, another existing file. A path that is no
   * regular file, such as /dev/stderr or a pipe, is written directly.
   */
  static async assertFree(path: string, file: RecordFile, force: boolean): Promise<void> {
    if (await file.isAt(path)) throw refused(path, 'is the file being read')
    if (!force && (await stat(path).catch(() => undefined))?.isFile() === true) throw alreadyExists(path)
  }

  /** Creates the rejects file of `file`. Throws USAGE as `assertFree` does, or when the path cannot be written. */
  static async create(path: string, file: RecordFile, force = false): Promise<RejectsFile> {
    await RejectsFile.assertFree(path, file, force)
    const final = await realpath(path).catch(() => path)
    const found = await stat(final).catch(() => undefined)
    const places = found && !found.isFile() ? undefined : { temporary: temporaryBeside(final), final, path, force }
    const handle = await openForWriting(path, places?.temporary ?? final)
    const { header, delimiter } = file
    const tail = `${delimiter}line${delimiter}reason`
    const again = header?.endsWith(tail) === true
    const rejects = new RejectsFile(handle, places, header === undefined ? ndjsonRow : csvRow(delimiter, again))
    if (header !== undefined) rejects.#pending = `${header}${again ? '' : tail}\n`
    return rejects
  }

  /** Adds one record; the calls determine the order in the file. Rejects with the first write error. */
  async add(record: Pick<SourceRecord, 'line' | 'raw'>, reason: string): Promise<void> {
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
      if (this.#places) await commitFile(this.#places)
    }
  }

  #flush(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    this.#writing = this.#writing.then(() => this.#handle.appendFile(text))
    return this.#writing
  }
}

/** Without `force`, never replaces a file that was created meanwhile; the rejects then stay in the temporary file. */
async function commitFile({ temporary, final, path, force }: Places): Promise<void> {
  if (force) return rename(temporary, final)
  try {
    await link(temporary, final)
  } catch (error) {
    if (!isNodeError(error) || error.code === 'EEXIST')
      throw new DbtoolError('USAGE', `${path} was created meanwhile; the rejects are in ${temporary}`, { cause: error })
    // Some file systems have no hard links.
    return rename(temporary, final)
  }
  await unlink(temporary)
}

const alreadyExists = (path: string): DbtoolError =>
  new DbtoolError('USAGE', `${path} already exists`, {
    hint: 'give --rejects another path, or add --force to replace it',
  })

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

/** When the imported file is itself a rejects file, the new line and reason replace the old ones. */
function csvRow(delimiter: string, again: boolean): Row {
  const mark = delimiter.replace(/[|^$.*+?()[\]{}\\]/, '\\$&')
  const old = new RegExp(`${mark}\\d+${mark}(?:"(?:[^"]|"")*"|[^"${mark}]*)$`)
  return ({ line, raw }, reason) =>
    `${again ? raw.replace(old, '') : raw}${delimiter}${line}${delimiter}"${oneLine(reason).replaceAll('"', '""')}"\n`
}

/** Added as text: numbers stay as written, and of two equal keys the last one counts. */
function ndjsonRow({ line, raw }: Pick<SourceRecord, 'line' | 'raw'>, reason: string): string {
  const object = parseObject(raw)
  const more = `"line":${line},"reason":${JSON.stringify(oneLine(reason))}}\n`
  if (!object) return `{"raw":${JSON.stringify(raw)},${more}`
  return `${raw.trimEnd().slice(0, -1)}${Object.keys(object).length > 0 ? ',' : ''}${more}`
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ')
}
