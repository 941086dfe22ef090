import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants, rmSync } from 'node:fs'
import { copyFile, link, open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DbtoolError, isNodeError, messageOf } from '../errors.ts'
import { writeSlowly, type Destination, type Ending } from './destination.ts'

export interface FileRequest {
  /** The path as typed. */
  readonly path: string
  readonly cwd: string
  /** Whether to replace an existing file. */
  readonly force: boolean
  /** The flag with the path, for hints; default `--output`. */
  readonly flag?: string
}

interface Place {
  readonly path: string
  readonly force: boolean
  /**
   * A file in the same folder, which is renamed at the end. Undefined if the path is not a regular file: a pipe, for
   * example, is written directly.
   */
  readonly temporary: string | undefined
  readonly final: string
}

/** A file that is either complete at the end, or does not exist. */
export class OutputFile implements Destination {
  readonly screen = undefined
  readonly isRead = false
  readonly hasLeft = false
  readonly #place: Place
  readonly #stream: NodeJS.WritableStream
  #failure: unknown
  /** Removes the temporary file when the process exits without closing it, as after the second Ctrl-C. */
  readonly #remove = (): void => rmSync(this.#place.temporary ?? '', { force: true })

  private constructor(place: Place, handle: FileHandle) {
    this.#place = place
    this.#stream = handle.createWriteStream().on('error', (error: unknown) => (this.#failure = error))
    if (place.temporary !== undefined) process.once('exit', this.#remove)
  }

  /** Rejects with USAGE if the file exists and `force` is false, or if it cannot be written. */
  static async open({ path, cwd, force, flag = '--output' }: FileRequest): Promise<OutputFile> {
    const typed = resolve(cwd, path)
    const final = await targetOf(typed)
    const found = await stat(final).catch(() => undefined)
    const isFile = (found === undefined || found.isFile()) && !isStream(typed)
    if (found !== undefined && isFile && !force) throw alreadyExists(path)
    const temporary = isFile
      ? join(dirname(final), `.${basename(final)}.${randomBytes(4).toString('hex')}.tmp`)
      : undefined
    try {
      const handle = await (temporary === undefined ? openStream(typed) : open(temporary, 'wx'))
      if (found !== undefined && temporary !== undefined) await handle.chmod(found.mode & 0o7777)
      return new OutputFile({ path, force, temporary, final }, handle)
    } catch (error) {
      throw new DbtoolError('USAGE', `cannot write ${path}: ${reasonOf(error, isFile)}`, {
        cause: error,
        hint: `choose another file with ${flag}`,
      })
    }
  }

  write(text: string): void {
    this.#stream.write(text)
  }

  async put(text: string, signal: AbortSignal): Promise<void> {
    await writeSlowly(this.#stream, text, signal).catch((error: unknown) => {
      throw this.#failure === undefined ? error : this.failed()
    })
  }

  flush(): void {
    // Closing the file writes the rest.
  }

  async close({ isWhole, rows }: Ending): Promise<string | undefined> {
    const { path, temporary } = this.#place
    try {
      this.#stream.end()
      if (this.#failure === undefined)
        await once(this.#stream, 'close').catch((error: unknown) => (this.#failure = error))
      if (this.#failure !== undefined) throw this.failed()
      if (!isWhole) return undefined
      if (temporary !== undefined) await this.commitFile(temporary)
      return rows === undefined ? `written to ${path}` : `${rows} ${rows === 1 ? 'row' : 'rows'} written to ${path}`
    } finally {
      process.off('exit', this.#remove)
      if (temporary !== undefined) await rm(temporary, { force: true })
    }
  }

  /** Moves the temporary file to its path. Without `force`, it never replaces a file created meanwhile. */
  private async commitFile(temporary: string): Promise<void> {
    const { path, force, final } = this.#place
    try {
      if (!force) await link(temporary, final)
      else await rename(temporary, final)
    } catch (error) {
      if (isNodeError(error) && error.code === 'EEXIST') throw alreadyExists(path)
      // A mounted file cannot be replaced, only written to, and some file systems have no hard links.
      await copyFile(temporary, final, force ? 0 : constants.COPYFILE_EXCL).catch((cause: unknown) => {
        throw isNodeError(cause) && cause.code === 'EEXIST' ? alreadyExists(path) : this.failed(cause)
      })
    }
  }

  private failed(cause = this.#failure): DbtoolError {
    return new DbtoolError('UNEXPECTED', `cannot write ${this.#place.path}: ${messageOf(cause)}`, {
      cause,
      hint: 'no data was written there',
    })
  }
}

const alreadyExists = (path: string): DbtoolError =>
  new DbtoolError('USAGE', `${path} already exists`, { hint: 'choose another file, or add --force to replace it' })

/** The target of a path through symbolic links, even if the target does not exist yet. */
async function targetOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined) return real
  const linked = await readlink(path).catch(() => undefined)
  return linked === undefined ? path : targetOf(resolve(dirname(path), linked))
}

/** Whether a path stands for an open stream, such as /dev/stdout: a file behind it must not be replaced. */
const isStream = (path: string): boolean => /^\/(?:dev|proc)\//.test(path)

/** Opens a pipe or device. A non-blocking open comes first, because a pipe without a reader would block. */
async function openStream(path: string): Promise<FileHandle> {
  const probe = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK)
  try {
    return await open(path, 'a')
  } finally {
    await probe.close()
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  ENXIO: 'it is a pipe without a reader',
  ELOOP: 'its symbolic links form a loop',
}

function reasonOf(error: unknown, isFile: boolean): string {
  const code = isNodeError(error) ? (error.code ?? '') : ''
  if (code === 'EACCES') return `this user may not ${isFile ? 'create files in its folder' : 'write to it'}`
  return reasons[code] ?? messageOf(error)
}
