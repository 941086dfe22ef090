import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DbtoolError, isNodeError } from '../errors.ts'
import { namelessFile } from '../new-file.ts'
import { conversionOf, type Conversion } from './decode.ts'

/** UTF-8 text that can be read any number of times. */
export interface Source {
  /** As the user would say it: the path, or "standard input". */
  readonly name: string
  readonly handle: FileHandle
  /** The size at the time of opening. If the file grows afterwards, reading stops where the check stopped. */
  readonly bytes: number
  /** Whether the text was converted from another encoding. */
  readonly isConverted: boolean
  /** Whether a path leads to the file that was opened, even if its text was converted first. */
  readonly isAt: (path: string) => Promise<boolean>
}

export interface SourceOptions {
  stdin: Readable
  signal?: AbortSignal | undefined
  /** The encoding of a file without a byte order mark; the default is UTF-8. */
  encoding?: string | undefined
}

/**
 * Opens a file so that it can be read any number of times. Input that can be read only once (`-`, a pipe, `<(zcat …)`)
 * is first copied to a temporary file without a name. It disappears with the process, however the process ends. The
 * text of a compressed file, or of a file in another encoding, is copied too.
 *
 * Throws USAGE when the path cannot be read, and BAD_INPUT when its bytes are not the text of a file.
 */
export async function openSource(path: string, options: SourceOptions): Promise<Source> {
  const source =
    path === '-' ? await spool('standard input', options.stdin, options.signal) : await openPath(path, options)
  return converted(source, options)
}

async function openPath(path: string, { signal }: SourceOptions): Promise<Source> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw unreadable(path, 'is a directory, not a file')
    if (!found.isFile()) return await spool(path, createReadStream(path), signal)
    return await sourceOf(path, await open(path, 'r'))
  } catch (error) {
    if (!isNodeError(error)) throw error
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw unreadable(path, 'there is no such file', error)
    if (error.code === 'EACCES' || error.code === 'EPERM')
      throw unreadable(path, 'cannot be read: permission denied', error)
    throw error
  }
}

async function sourceOf(name: string, handle: FileHandle): Promise<Source> {
  const { size, ino, dev } = await handle.stat()
  const isAt = async (path: string): Promise<boolean> => {
    const found = await stat(path).catch(() => undefined)
    return found?.ino === ino && found.dev === dev
  }
  return { name, handle, bytes: size, isConverted: false, isAt }
}

/** Unpacks and decodes a file by its first bytes: each step is a copy, and closes the file before it. */
async function converted(source: Source, options: SourceOptions): Promise<Source> {
  try {
    const conversion = await conversionOf(source, options.encoding)
    if (conversion === undefined) return source
    const { isText } = conversion
    const copy = await spoolConverted(source, conversion, options.signal)
    await source.handle.close()
    const next = { ...copy, isAt: source.isAt, isConverted: isText }
    return isText ? next : await converted(next, options)
  } catch (error) {
    await source.handle.close()
    throw error
  }
}

function spoolConverted(
  { name, handle, bytes }: Source,
  { convert }: Conversion,
  signal?: AbortSignal,
): Promise<Source> {
  const chunks =
    bytes === 0 ? Readable.from([]) : handle.createReadStream({ start: 0, end: bytes - 1, autoClose: false })
  return spool(name, Readable.from(convert(chunks)), signal)
}

function unreadable(path: string, what: string, cause?: unknown): DbtoolError {
  const hint = "give the path of a CSV or NDJSON file, or '-' for standard input"
  return new DbtoolError('USAGE', `${path}: ${what}`, { hint, cause })
}

async function spool(name: string, from: Readable, signal: AbortSignal | undefined): Promise<Source> {
  const handle = await namelessFile(join(tmpdir(), 'dbtool'))
  try {
    const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) await handle.appendFile(chunk)
    }
    await pipeline(from, write, signal ? { signal } : {})
    return await sourceOf(name, handle)
  } catch (error) {
    await handle.close()
    signal?.throwIfAborted()
    if (!isNodeError(error) || error.code !== 'ENOSPC') throw error
    const hint = 'Point TMPDIR at a directory with more space, or give the file by its path.'
    throw new DbtoolError('UNEXPECTED', `${name} does not fit into ${tmpdir()}`, { hint, cause: error })
  }
}
