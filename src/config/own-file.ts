import { lstatSync } from 'node:fs'
import { hasTrustedOwner, writableByAll } from '../file-trust.ts'
import { readRegularFile, type RegularFile } from '../regular-file.ts'
import { quotedPath } from '../values.ts'
import type { ConfigFault } from './fault.ts'

/** Enough for any configuration. */
export const maxConfigBytes = 262_144

/** The reason why a file is ignored. */
export interface Ignored extends ConfigFault {
  /**
   * The file belongs to somebody else, and the working directory does not: such as /tmp/.dbtool.json for a user in
   * /tmp/mine. Otherwise the user may expect that the file applies.
   */
  readonly isStray: boolean
}

/** An ignored file, and its effect. */
export interface IgnoredPlace extends Ignored {
  /** Whether it is a fault: no other place names a server, so that a command might work on an unexpected one. */
  readonly stops: boolean
}

export type TrustedFile = { readonly file: RegularFile } | { readonly ignored: Ignored }

/**
 * Reads a file of this user's own configuration, where links may lead anywhere.
 * @throws an error with a reason if the file cannot be read.
 */
export function readOwn(path: string, name: string): TrustedFile {
  const file = readRegularFile(path, { maxBytes: maxConfigBytes })
  if ([lstatSync(path), file.stats].every(hasTrustedOwner)) return unlessWritable(file, name)
  return ignored(`${name} belongs to another user`, 'set HOME or XDG_CONFIG_HOME to a folder of your own')
}

/** The file, unless every user can write to it. MariaDB's own programs ignore such a file with a warning. */
export function unlessWritable(file: RegularFile, name: string): TrustedFile {
  if (!writableByAll(file.stats)) return { file }
  return ignored(`every user of this machine can write to ${name}`, `run: chmod o-w ${quotedPath(name)}`)
}

export function ignored(sentence: string, fix: string, isStray = false): TrustedFile {
  return { ignored: { sentence: `${sentence}, so it is ignored`, fix, isStray } }
}
