import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants, rmSync } from 'node:fs'
import { copyFile, link, open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DbtoolError, isNodeError, messageOf } from '../errors.ts'
import { writeSlowly, type Destination, type Ending } from './destination.ts'

export interface FileRequest {
  /** As it was typed. */
  readonly path: string
  readonly cwd: string
  /** Takes the place of a file that is there. */
  readonly force: boolean
  /** What named it; default: `--output`. */
  readonly flag?: string
}

interface Place {
  readonly path: string
  readonly force: boolean
  /**
   * Beside its place, so that it can take it at once. Undefined: what is there is no file, such as a pipe, and is
   * written to.
   */
  readonly temporary: string | undefined
  readonly final: string
}

/** A file that is there as a whole at the end, or not at all. */
export class OutputFile implements Destination {
  readonly screen = undefined
  readonly isRead = false
  readonly hasLeft = false
  readonly #place: Place
  readonly #stream: NodeJS.WritableStream
  #failure: unknown
  /** For an end that nothing else is told of: the second Ctrl-C. */
  readonly #remove = (): void => rmSync(this.#place.temporary ?? '', { force: true })

  private constructor(place: Place, handle: FileHandle) {
    this.#place = place
    this.#stream = handle.createWriteStream().on('error', (error: unknown) => (this.#failure = error))
    if (place.temporary !== undefined) process.once('exit', this.#remove)
  }

  /** Rejects with USAGE when there is a file already and nobody said `force`, or none can be written there. */
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
      throw new DbtoolError('USAGE', `${path} cannot be written; it ${whyNot(error, isFile)}`, {
        cause: error,
        hint: `name another place with ${flag}`,
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
    // It is complete when it is closed.
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

  /** What came there since it was opened is not replaced without `force`. */
  private async commitFile(temporary: string): Promise<void> {
    const { path, force, final } = this.#place
    try {
      if (!force) await link(temporary, final)
      else await rename(temporary, final)
    } catch (error) {
      if (isNodeError(error) && error.code === 'EEXIST') throw alreadyExists(path)
      // A file that is mounted cannot be replaced, only written to; not every file system has hard links.
      await copyFile(temporary, final, force ? 0 : constants.COPYFILE_EXCL).catch((cause: unknown) => {
        throw isNodeError(cause) && cause.code === 'EEXIST' ? alreadyExists(path) : this.failed(cause)
      })
    }
  }

  private failed(cause = this.#failure): DbtoolError {
    return new DbtoolError('UNEXPECTED', `cannot write ${this.#place.path}: ${messageOf(cause)}`, {
      cause,
      hint: 'nothing was put there',
    })
  }
}

const alreadyExists = (path: string): DbtoolError =>
  new DbtoolError('USAGE', `${path} is there already`, { hint: 'name another file, or add --force to replace it' })

/** Where a path leads to, also by a link whose target is still to be made. */
async function targetOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined) return real
  const linked = await readlink(path).catch(() => undefined)
  return linked === undefined ? path : targetOf(resolve(dirname(path), linked))
}

/**
 * What stands for an open stream, such as /dev/stdout: there may be a file behind it, but it is not ours to replace.
 */
const isStream = (path: string): boolean => /^\/(?:dev|proc)\//.test(path)

/** Opening a pipe that nobody reads would wait where no signal is heard; so it is tried before, without waiting. */
async function openStream(path: string): Promise<FileHandle> {
  const probe = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK)
  try {
    return await open(path, 'a')
  } finally {
    await probe.close()
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is in a folder that does not exist',
  ENOTDIR: 'is in something that is no folder',
  EISDIR: 'is a folder',
  ENXIO: 'is a pipe that nobody reads',
  ELOOP: 'is a link that leads to itself',
}

function whyNot(error: unknown, isFile: boolean): string {
  const code = isNodeError(error) ? (error.code ?? '') : ''
  if (code === 'EACCES')
    return isFile ? 'is in a folder where this user may make no file' : 'may not be written by this user'
  return reasons[code] ?? messageOf(error)
}
