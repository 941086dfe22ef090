import { statSync, type Stats } from 'node:fs'
import type { ConfigFault } from './fault.ts'

/** Windows has no such permission bits, so nothing can be checked there. */
const hasBits = process.platform !== 'win32'

export function readableByAll({ mode }: Pick<Stats, 'mode'>): boolean {
  return hasBits && (mode & 0o004) !== 0
}

/** The fault of a file with a password that every user can read; ssh rejects private keys for the same reason. */
export function exposure(name: string): ConfigFault {
  return {
    sentence: `${name} contains a password, and every user of this machine can read it`,
    fix: `run: chmod 600 ${name}`,
  }
}

/** The fault of a file that every user can write to. MariaDB's own programs ignore such a file with a warning. */
export function writableByAll(name: string, { mode }: Stats): ConfigFault | undefined {
  if (!hasBits || (mode & 0o002) === 0) return undefined
  return {
    sentence: `every user of this machine can write to ${name}, so its settings cannot be trusted`,
    fix: `run: chmod o-w ${name}`,
  }
}

/**
 * The fault of a file of another user. Files are also read from the folders above the working directory, for
 * instance in /tmp. Trusted owners are root, this user, and the owner of the working directory (`folder`).
 */
export function ownedByOther(name: string, { uid }: Stats, folder: string): ConfigFault | undefined {
  if (!hasBits || [0, process.geteuid?.(), statSync(folder).uid].includes(uid)) return undefined
  return {
    sentence: `${name} belongs to another user (${uid}), so its settings cannot be trusted`,
    fix: `copy the settings that you trust to your own .dbtool.json in ${folder}`,
  }
}
