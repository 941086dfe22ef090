import { realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DbtoolError } from '../errors.ts'
import { writableByAll } from '../file-trust.ts'
import { quoteValue } from '../values.ts'
import { createFolder, replaceFile } from '../write-file.ts'
import { readOwn } from './own-file.ts'
import { homeOf, userFolder } from '../user-folders.ts'
import { exists, shortPath, type PathContext } from './paths.ts'
import { reasonOf } from './reason.ts'

/** The list in this user's configuration: one absolute path per line, without links. */
const listOf = (env: NodeJS.ProcessEnv): string => join(userFolder('config', env), 'trusted')

/**
 * The folders of other users in which files may be found. Only the folder itself is trusted, not what lies below it. A
 * list that other users could have written counts as empty.
 */
export function trustedFolders(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    return readList(env)
  } catch {
    return []
  }
}

function readList(env: NodeJS.ProcessEnv): readonly string[] {
  const path = listOf(env)
  if (!exists(path)) return []
  const list = readOwn(path, path)
  if ('ignored' in list) throw new DbtoolError('BAD_CONFIG', list.ignored.sentence, { hint: list.ignored.fix })
  return list.file.text.split('\n').filter((line) => line !== '')
}

/** All trusted folders, in alphabetical order. @throws DbtoolError BAD_CONFIG if the list cannot be read or trusted. */
export function listTrusted(context: PathContext): readonly string[] {
  const path = listOf(context.env)
  try {
    return readList(context.env)
  } catch (cause) {
    if (cause instanceof DbtoolError) throw cause
    throw new DbtoolError('BAD_CONFIG', `cannot read ${path}: ${reasonOf(cause)}`, { cause, hint: 'check the file' })
  }
}

/**
 * Adds a folder to the list.
 * @returns its real path, and whether it was on the list already.
 * @throws DbtoolError USAGE for a missing folder, or one that every user can write to.
 */
export function trustFolder(context: PathContext, typed: string): { folder: string; isNew: boolean } {
  const folder = realFolder(context, typed)
  const list = listTrusted(context)
  const isNew = !list.includes(folder)
  if (isNew) writeList(context, [...list, folder].sort())
  return { folder, isNew }
}

/**
 * Removes a folder from the list, even one that no longer exists.
 * @throws DbtoolError NOT_FOUND if it is not on the list.
 */
export function untrustFolder(context: PathContext, typed: string): string {
  const list = listTrusted(context)
  const path = resolve(context.cwd, typed)
  const folder = [path, exists(path) ? realpathSync(path) : path].find((one) => list.includes(one))
  if (folder === undefined)
    throw new DbtoolError('NOT_FOUND', `${quoteValue(typed)} is not a trusted folder`, {
      hint: 'see: dbtool config trust --list',
    })
  writeList(
    context,
    list.filter((one) => one !== folder),
  )
  return folder
}

function realFolder({ cwd }: PathContext, typed: string): string {
  const folder = folderAt(resolve(cwd, typed))
  if (folder === undefined)
    throw new DbtoolError('USAGE', `${quoteValue(typed)} is not a folder`, { hint: 'name the folder of the file' })
  if (writableByAll(statSync(folder)))
    throw new DbtoolError('USAGE', `every user of this machine can write to ${folder}, so it cannot be trusted`, {
      hint: 'name a folder to which only its owner can write',
    })
  return folder
}

function folderAt(path: string): string | undefined {
  try {
    const folder = realpathSync(path)
    return statSync(folder).isDirectory() && !folder.includes('\n') ? folder : undefined
  } catch {
    return undefined
  }
}

function writeList({ env, cwd }: PathContext, folders: readonly string[]): void {
  const path = listOf(env)
  try {
    createFolder(dirname(path), 0o700)
    replaceFile(path, folders.map((folder) => `${folder}\n`).join(''), { mode: 0o600 })
  } catch (cause) {
    const name = shortPath(path, cwd, homeOf(env))
    throw new DbtoolError('BAD_CONFIG', `cannot write ${name}: ${reasonOf(cause)}`, {
      cause,
      hint: 'check the permissions of its folder',
    })
  }
}
