import { randomBytes } from 'node:crypto'
import { closeSync, constants, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * Every file of dbtool is created here or in new-file.ts; test/written-files.test.ts finds any other. A new file has a
 * random name and is created exclusively, so that nobody can place a link or another file there first.
 */

/** A random name for a file that is to become `final`. */
export function temporaryBeside(final: string): string {
  return join(dirname(final), `.${basename(final)}.${randomBytes(6).toString('hex')}.tmp`)
}

export interface SmallFile {
  readonly mode: number
  /** Wait until the data is on the disk. */
  readonly flush?: boolean
}

/** Writes a small file completely or not at all. A link at `path` is replaced and never followed. */
export function replaceFile(path: string, data: string | Buffer, { mode, flush = false }: SmallFile): void {
  const temporary = temporaryBeside(path)
  createFile(temporary, data, { mode, flush })
  try {
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Writes a small file that must not exist. A link at `path` is an error, wherever it leads. */
export function createFile(path: string, data: string | Buffer, { mode, flush = false }: SmallFile): void {
  const descriptor = openSync(path, 'wx', mode)
  try {
    writeFileSync(descriptor, data, { flush })
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}

/** Opens a log for appending. Throws if `path` is a link. */
export function openForAppending(path: string, mode: number): number {
  const noLink = (constants.O_NOFOLLOW as number | undefined) ?? 0
  return openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noLink, mode)
}

/**
 * Creates a folder and all missing ones above it. The `recursive` option of Node never returns for /proc, where no
 * folder can be created.
 */
export function createFolder(path: string, mode: number): void {
  if (existsSync(path)) return
  createFolder(dirname(path), mode)
  mkdirSync(path, { mode })
}
