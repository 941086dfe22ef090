import { accessSync, constants, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'

const memory = '/dev/shm'
const freeBytes = 3 * 2 ** 30

/**
 * Where the tests put the data of their servers: into memory where the machine has enough of it, since no test here is
 * about a disk, and a disk takes a while for each of the many tables. A TMPDIR that somebody chose is used instead.
 */
export function folderForData(): string {
  return process.env['TMPDIR'] === undefined && hasRoom() ? memory : tmpdir()
}

function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= freeBytes && freemem() >= freeBytes
  } catch {
    return false
  }
}
