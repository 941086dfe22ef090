import { lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { hasTrustedOwner, realPathOfExisting } from '../file-trust.ts'
import { readRegularFile } from '../regular-file.ts'
import { quotedPath } from '../values.ts'
import { ignored, maxConfigBytes, unlessWritable, type TrustedFile } from './own-file.ts'
import type { PathContext } from './paths.ts'
import { trustedFolders } from './trusted-folders.ts'

export interface FoundPlace extends PathContext {
  readonly path: string
  /** The path in its form for messages. */
  readonly name: string
}

/**
 * Reads a file that dbtool has found by itself, in the working directory or in a folder above. The file and its folder
 * must belong to this user or to root, unless the user trusts the folder. No other user may write to the file. A link
 * must lead to a file in the same folder or below.
 * @throws an error with a reason if a trusted file cannot be read.
 */
export function readFound(place: FoundPlace): TrustedFile {
  const { path, name, env } = place
  const folder = dirname(path)
  const [entry, above] = [lstatSync(path), statSync(folder)]
  const foreign = [entry, above].find((stats) => !hasTrustedOwner(stats))
  const isTrusted = foreign !== undefined && trustedFolders(env).includes(realpathSync(folder))
  if (foreign !== undefined && !isTrusted) return foreignFile(place, foreign)
  if (entry.isSymbolicLink() && !leadsInside(path, folder))
    return ignored(`${name} is a link to a file outside its folder`, 'replace the link by a file')
  if (!statSync(path).isFile()) return ignored(`${name} is not a regular file`, 'remove or rename it')
  const file = readRegularFile(realpathSync(path), { maxBytes: maxConfigBytes, noLink: true })
  if (!hasTrustedOwner(file.stats) && !isTrusted) return foreignFile(place, file.stats)
  return unlessWritable(file, name)
}

function foreignFile({ path, name, cwd }: FoundPlace, { uid }: { uid: number }): TrustedFile {
  const fix = `if you trust that user, run: dbtool config trust ${quotedPath(dirname(path))}`
  const isStray = statSync(cwd, { throwIfNoEntry: false })?.uid !== uid
  return ignored(`${name} or its folder belongs to another user (${uid})`, fix, isStray)
}

/** Whether a file, or the end of a chain of links, lies in a folder or below. A missing file counts as its folder. */
export function leadsInside(path: string, folder: string): boolean {
  const way = relative(realpathSync(folder), realPathOfExisting(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
