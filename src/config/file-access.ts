import { statSync, type Stats } from 'node:fs'
import type { ConfigFault } from './fault.ts'

/** Where there are no such bits, nobody else can be kept out, nor let in. */
const hasBits = process.platform !== 'win32'

export function readableByAll({ mode }: Pick<Stats, 'mode'>): boolean {
  return hasBits && (mode & 0o004) !== 0
}

/** A file with a password that everybody can read is refused, as ssh refuses such a key. */
export function exposure(name: string): ConfigFault {
  return {
    sentence: `${name} holds a password and every user of this machine can read it`,
    fix: `run: chmod 600 ${name}`,
  }
}

/** What anybody could have written decides nothing; MariaDB's own programs pass over such a file with a warning. */
export function writableByAll(name: string, { mode }: Stats): ConfigFault | undefined {
  if (!hasBits || (mode & 0o002) === 0) return undefined
  return {
    sentence: `every user of this machine can write ${name}, so nobody knows who says where to connect`,
    fix: `run: chmod o-w ${name}`,
  }
}

/**
 * A file further up may be a stranger's: in /tmp, say. Who owns the folder that somebody works in may say where to
 * connect.
 */
export function ofStranger(name: string, { uid }: Stats, folder: string): ConfigFault | undefined {
  if (!hasBits || [0, process.geteuid?.(), statSync(folder).uid].includes(uid)) return undefined
  return {
    sentence: `${name} belongs to another user (${uid}), who would say where to connect`,
    fix: `copy what you trust of it to a .dbtool.json of your own in ${folder}`,
  }
}
