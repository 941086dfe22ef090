import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DbtoolError, isNodeError, messageOf } from '../errors.ts'
import { writeSlowly, type Destination, type Ending } from './destination.ts'

export interface FileWish {
  /** As it was typed. */
  readonly path: string
  readonly cwd: string
  /** Takes the place of a file that is there. */
  readonly force: boolean
  /** What named it; default: `--output`. */
  readonly flag?: string
}

interface Places {
  /** Beside its place, so that it can take it at once. Undefined: what is there is no file, such as a pipe, and is written to. */
  readonly temporary: string | undefined
  readonly final: string
}

/** A file that is there as a whole at the end, or not at all. */
export class OutputFile implements Destination {
  readonly screen = undefined
  readonly isRead = false
  readonly hasLeft = false
  readonly #name: string
  readonly #places: Places
  readonly #stream: NodeJS.WritableStream
  #failure: unknown
  /** For an end that nothing else is told of: the second Ctrl-C. */
  readonly #remove = (): void => rmSync(this.#places.temporary ?? '', { force: true })

  private constructor(name: string, places: Places, handle: FileHandle) {
    this.#name = name
    this.#places = places
    this.#stream = handle.createWriteStream().on('error', (error: unknown) => (this.#failure = error))
    if (places.temporary !== undefined) process.once('exit', this.#remove)
  }

  /** Throws USAGE when there is a file already and nobody said `force`, or none can be written there. */
  static async open({ path, cwd, force, flag = '--output' }: FileWish): Promise<OutputFile> {
    const typed = resolve(cwd, path)
    const final = await realpath(typed).catch(() => typed)
    const there = await stat(final).catch(() => undefined)
    if (there?.isFile() === true && !force) throw new DbtoolError('USAGE', `${path} is there already`, { hint: 'name another file, or add --force to replace it' })
    const isFile = there === undefined || there.isFile()
    const temporary = isFile ? join(dirname(final), `.${basename(final)}.${randomBytes(4).toString('hex')}.tmp`) : undefined
    try {
      const handle = await open(temporary ?? final, temporary === undefined ? 'w' : 'wx')
      if (there !== undefined && temporary !== undefined) await handle.chmod(there.mode & 0o7777)
      return new OutputFile(path, { temporary, final }, handle)
    } catch (error) {
      throw new DbtoolError('USAGE', `${path} cannot be written; it ${whyNot(error)}`, { cause: error, hint: `name another place with ${flag}` })
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
    const { temporary, final } = this.#places
    try {
      this.#stream.end()
      if (this.#failure === undefined) await once(this.#stream, 'close').catch((error: unknown) => (this.#failure = error))
      if (this.#failure !== undefined) throw this.failed()
      if (!isWhole) return undefined
      if (temporary !== undefined) await rename(temporary, final)
      return `${rows} ${rows === 1 ? 'row' : 'rows'} written to ${this.#name}`
    } finally {
      process.off('exit', this.#remove)
      if (temporary !== undefined) await rm(temporary, { force: true })
    }
  }

  private failed(): DbtoolError {
    return new DbtoolError('UNEXPECTED', `cannot write ${this.#name}: ${messageOf(this.#failure)}`, { cause: this.#failure, hint: 'no file was left there' })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is in a folder that does not exist',
  ENOTDIR: 'is in something that is no folder',
  EISDIR: 'is a folder',
  EACCES: 'may not be written by this user',
}

function whyNot(error: unknown): string {
  return (isNodeError(error) ? reasons[error.code ?? ''] : undefined) ?? messageOf(error)
}
