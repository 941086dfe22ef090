import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DbtoolError, isNodeError } from '../errors.ts'
import { namelessFile } from '../new-file.ts'

/** Input that can be read any number of times. */
export interface Source {
  /** As the user would say it: the path, or "standard input". */
  readonly name: string
  readonly handle: FileHandle
  /** The size at the time of opening. If the file grows afterwards, reading stops where the check stopped. */
  readonly bytes: number
}

export interface SourceOptions {
  stdin: Readable
  signal?: AbortSignal | undefined
}

/**
 * Opens a file so that it can be read any number of times. Input that can be read only once (`-`, a pipe, `<(zcat …)`)
 * is first copied to a temporary file without a name. It disappears with the process, however the process ends.
 *
 * Throws USAGE when the path cannot be read.
 */
export async function openSource(path: string, options: SourceOptions): Promise<Source> {
  if (path === '-') return spool('standard input', options.stdin, options.signal)
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw unreadable(path, 'is a directory, not a file')
    if (!found.isFile()) return await spool(path, createReadStream(path), options.signal)
    return { name: path, handle: await open(path, 'r'), bytes: found.size }
  } catch (error) {
    if (!isNodeError(error)) throw error
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw unreadable(path, 'there is no such file', error)
    if (error.code === 'EACCES' || error.code === 'EPERM')
      throw unreadable(path, 'cannot be read: permission denied', error)
    throw error
  }
}

function unreadable(path: string, what: string, cause?: unknown): DbtoolError {
  const hint = "Give the path of a CSV or NDJSON file, or '-' for standard input."
  return new DbtoolError('USAGE', `${path}: ${what}`, { hint, cause })
}

async function spool(name: string, from: Readable, signal: AbortSignal | undefined): Promise<Source> {
  const handle = await namelessFile(join(tmpdir(), 'dbtool'))
  try {
    const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) await handle.appendFile(chunk)
    }
    await pipeline(from, write, signal ? { signal } : {})
    return { name, handle, bytes: (await handle.stat()).size }
  } catch (error) {
    await handle.close()
    signal?.throwIfAborted()
    if (!isNodeError(error) || error.code !== 'ENOSPC') throw error
    const hint = 'Point TMPDIR at a directory with more space, or give the file by its path.'
    throw new DbtoolError('UNEXPECTED', `${name} does not fit into ${tmpdir()}`, { hint, cause: error })
  }
}
