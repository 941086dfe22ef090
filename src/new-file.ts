import { constants, lstatSync, readlinkSync, rmSync, type Stats, statSync } from 'node:fs'
import { copyFile, link, open, readlink, realpath, rename, rm, stat, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { DbtoolError, isNodeError, messageOf } from './errors.ts'
import { writableByAll } from './file-trust.ts'
import { temporaryBeside } from './write-file.ts'

export interface NewFileRequest {
  /** The path as typed. */
  readonly path: string
  readonly cwd: string
  /** Whether to replace an existing file. */
  readonly force: boolean
  /** The flag with the path, for hints. */
  readonly flag: string
  /** The permissions. Undefined: the same as those of the replaced file, or the usual ones. */
  readonly mode?: number | undefined
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

/** A file for data of any length. It has its name only when it is complete. */
export class NewFile {
  readonly #place: Place
  /** Removes the temporary file when the process exits without closing it, as after the second Ctrl-C. */
  readonly #remove = (): void => rmSync(this.#place.temporary ?? '', { force: true })

  private constructor(
    place: Place,
    readonly handle: FileHandle,
  ) {
    this.#place = place
    if (place.temporary !== undefined) process.once('exit', this.#remove)
  }

  /** Rejects with USAGE if the file exists and `force` is false, or if it cannot be written. */
  static async create(request: NewFileRequest): Promise<NewFile> {
    const { path, force, mode } = request
    const { typed, final, found, isFile } = await freePath(request)
    const temporary = isFile ? temporaryBeside(final) : undefined
    try {
      const handle = await (temporary === undefined ? openStream(typed) : open(temporary, 'wx', mode ?? 0o666))
      const exactMode = mode ?? (found === undefined ? undefined : found.mode & 0o7777)
      if (temporary !== undefined && exactMode !== undefined) await handle.chmod(exactMode)
      return new NewFile({ path, force, temporary, final }, handle)
    } catch (cause) {
      throw new DbtoolError('USAGE', `cannot write ${path}: ${reasonOf(cause, isFile)}`, {
        cause,
        hint: otherFile(request),
      })
    }
  }

  /** Moves the closed file to its path. Without `force`, it never replaces a file created meanwhile. */
  async commit(): Promise<void> {
    const { path, force, temporary, final } = this.#place
    if (temporary === undefined) return
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

  /** Removes what {@link commit} has not moved. */
  async cleanUp(): Promise<void> {
    // Until it is gone, a second Ctrl-C may still end the process.
    if (this.#place.temporary !== undefined) await rm(this.#place.temporary, { force: true })
    process.off('exit', this.#remove)
  }

  /** Leaves what {@link commit} has not moved, and returns its path. */
  leave(): string | undefined {
    process.off('exit', this.#remove)
    return this.#place.temporary
  }

  /** The error of a failed write. */
  failed(cause: unknown): DbtoolError {
    return new DbtoolError('UNEXPECTED', `cannot write ${this.#place.path}: ${messageOf(cause)}`, {
      cause,
      hint: 'no data was written there',
    })
  }
}

interface FreePath {
  /** The absolute path. */
  readonly typed: string
  /** Where its links lead. */
  readonly final: string
  readonly found: Stats | undefined
  readonly isFile: boolean
}

/** Resolves to a path for a new file. Rejects with USAGE if the file exists and `force` is false. */
export async function freePath(request: Omit<NewFileRequest, 'mode'>): Promise<FreePath> {
  const { path, cwd, force } = request
  const typed = resolve(cwd, path)
  const foreign = linkInOpenFolder(typed)
  if (foreign !== undefined)
    throw new DbtoolError(
      'USAGE',
      `cannot write ${path}: ${foreign} is a link in a folder that everybody can write to`,
      { hint: otherFile(request) },
    )
  const final = await targetOf(typed)
  const found = await stat(final).catch(() => undefined)
  const isFile = (found === undefined || found.isFile()) && !isStream(typed)
  if (found !== undefined && isFile && !force) throw alreadyExists(path)
  return { typed, final, found, isFile }
}

const otherFile = ({ flag }: Pick<NewFileRequest, 'flag'>): string => `choose another file with ${flag}`

/** Opens a temporary file that has no name any more: it is private, and disappears with the process. */
export async function namelessFile(beside: string): Promise<FileHandle> {
  const path = temporaryBeside(beside)
  const handle = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    return handle
  } catch (error) {
    await handle.close()
    throw error
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

const mostLinks = 40

/** The first link on the way to `path` in a folder such as /tmp, where anybody may have placed it. */
function linkInOpenFolder(path: string, followed = 0): string | undefined {
  const { root } = parse(path)
  const parts = path.slice(root.length).split(sep)
  let folder = root
  for (const [index, part] of parts.entries()) {
    const entry = join(folder, part)
    if (isLink(entry)) {
      if (writableByAll(statSync(folder))) return entry
      if (followed === mostLinks) return undefined
      return linkInOpenFolder(resolve(folder, readlinkSync(entry), ...parts.slice(index + 1)), followed + 1)
    }
    folder = entry
  }
  return undefined
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    // A missing or closed folder is reported when the file is opened.
    return false
  }
}

/**
 * Whether a path stands for an open stream, such as /dev/stdout: a file behind it must not be replaced. /dev/shm is a
 * file system in memory.
 */
const isStream = (path: string): boolean => /^\/(?:dev(?!\/shm\/)|proc)\//.test(path)

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
