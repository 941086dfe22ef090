import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DbtoolError, isNodeError, messageOf } from '../../errors.ts'
import { temporaryBeside } from '../../write-file.ts'
import { parts, unpack, type Unpacking } from './unpack.ts'

export interface UnpackingInto extends Omit<Unpacking, 'folder' | 'as'> {
  /** The folder as typed, and its absolute path. */
  readonly typed: string
  readonly path: string
}

/**
 * Makes a data directory of a backup, at a path that is empty or absent. It is complete or absent. Resolves to
 * the version of its server.
 */
export async function unpackInto({ typed, path, ...unpacking }: UnpackingInto): Promise<string> {
  const folder = emptyBeside(path, typed)
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  // The second Ctrl-C exits at once.
  process.once('exit', remove)
  try {
    const version = await unpack({ ...unpacking, folder, as: {} })
    renameSync(join(folder, parts.data), path)
    return version
  } catch (cause) {
    throw cause instanceof DbtoolError ? cause : unusable(typed, cause)
  } finally {
    remove()
    process.off('exit', remove)
  }
}

function emptyBeside(path: string, typed: string): string {
  const folder = temporaryBeside(path)
  try {
    if (existsSync(path) && readdirSync(path).length > 0)
      throw new DbtoolError('USAGE', `${typed} is not empty`, { hint: 'choose another folder with --into' })
    mkdirSync(folder, { mode: 0o700 })
    for (const name of Object.values(parts)) mkdirSync(join(folder, name), { mode: 0o700 })
    return folder
  } catch (cause) {
    throw cause instanceof DbtoolError ? cause : unusable(typed, cause)
  }
}

function unusable(typed: string, cause: unknown): DbtoolError {
  const code = isNodeError(cause) ? cause.code : undefined
  const reason =
    code === 'ENOENT'
      ? 'the folder above it does not exist'
      : code === 'EACCES'
        ? 'this user may not create folders beside it'
        : code === 'ENOTDIR'
          ? 'it is a file'
          : messageOf(cause)
  return new DbtoolError('USAGE', `cannot create ${typed}: ${reason}`, {
    cause,
    hint: 'choose another folder with --into',
  })
}
